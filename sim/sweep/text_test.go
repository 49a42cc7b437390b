package sweep

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology"
)

func TestFoldKeepsApartWhatIsNotAlike(t *testing.T) {
	host := func(id string) *Fate { return &Fate{Elements: []Element{{Kind: Link, ID: id}}} }
	core := &Fate{Elements: []Element{{Kind: Node, ID: "hv1"}}} // a switch of that name: only the link's node is folded
	rows, ends := fold([]Cut{
		{Fates: []*Fate{host("hv1:e0"), host("hv1:e1")}},
		{Fates: []*Fate{host("hv2:e0"), host("hv2:e1")}},
		{Fates: []*Fate{host("hv3:e0"), host("hv3:e1")}},
		{Fates: []*Fate{host("hv10:e0"), host("hv10:e1")}},
		{Fates: []*Fate{host("hv1:e0"), host("hv2:e1")}},
		{Fates: []*Fate{core, host("hv10:e1")}},
		{Fates: []*Fate{core}, End: true},
	})
	var got []string
	for _, r := range rows {
		got = append(got, r.what)
	}
	assert.Equal(t, []string{
		"link hv[1-3]:e0 + link hv[1-3]:e1", "link hv10:e0 + link hv10:e1", "link hv1:e0 + link hv2:e1", "hv1 + link hv10:e1",
	}, got)
	assert.Equal(t, []string{"hv1"}, ends)
}

func TestNumbersAreGrouped(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 14352780896: "14,352,780,896"} {
		assert.Equal(t, want, grouped(big.NewInt(n)))
	}
}

func TestLongTablesSayWhatTheyLeaveOut(t *testing.T) {
	p, err := topology.Load("leaf-spine:leaves=30,hosts=2")
	require.NoError(t, err)
	var pairs [][2]string
	hosts := hostsOf(p)
	for i, h := range hosts[1:] {
		pairs = append(pairs, [2]string{hosts[i].ID, h.ID})
	}
	r := sweepPairs(t, p, 1, pairs...)
	for _, w := range r.Workloads {
		w.Use.Inferred = true
	}
	var b bytes.Buffer
	require.NoError(t, WriteText(&b, r))
	rows := strings.Count(b.String(), "\n  alone")
	assert.Equal(t, mostRows, rows)
	assert.Regexp(t, `… and \d+ more rows: --format json lists everything`, b.String())
}

// TestJSONHoldsEverything: what text leaves out for brevity is there, the transceivers that do the same as a link included.
func TestJSONHoldsEverything(t *testing.T) {
	p, err := topology.Load("two-core")
	require.NoError(t, err)
	r := sweepPairs(t, p, 2, [2]string{"hv1", "hv2"}, [2]string{"pbx1", "array1"})
	var b bytes.Buffer
	require.NoError(t, WriteJSON(&b, r))
	var got resultJSON
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	assert.Equal(t, Schema, got.Schema)
	assert.Len(t, got.Workloads[0].Cuts, len(r.Workloads[0].Cuts))
	assert.Contains(t, got.Workloads[0].Cuts, cutJSON{
		Fails: []fateJSON{
			{Element{Kind: Node, ID: "core1"}, nil},
			{Element{Kind: Link, ID: "hv1:vmnic1"}, []Element{
				{Kind: Transceiver, ID: "hv1:vmnic1"}, {Kind: Transceiver, ID: p.Link("hv1:vmnic1").B.String()}}},
		},
		Members: []string{"hv1-hv2"},
	})
	assert.Equal(t, []string{"pbx1-array1"}, got.Workloads[1].NoPath)
}
