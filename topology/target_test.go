package topology

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// namesOf lists things by their names.
func namesOf[T any](list []T) string {
	var names []string
	for _, x := range list {
		switch x := any(x).(type) {
		case *Node:
			names = append(names, x.ID)
		case *Link:
			names = append(names, x.ID)
		case fmt.Stringer:
			names = append(names, x.String())
		}
	}
	return strings.Join(names, " ")
}

func TestTargets(t *testing.T) {
	p, err := Load("two-core")
	require.NoError(t, err)
	for _, tt := range []struct {
		target Target
		find   func(Target) (string, error)
		want   string
	}{
		{Target{"core1"}, nodes(p), "core1"},
		{Target{"core"}, nodes(p), "core1 core2"},
		{Target{"hv"}, nodes(p), "hv1 hv2 hv3 hv4"},
		{Target{"hv[1-2,4]"}, nodes(p), "hv1 hv2 hv4"},
		{Target{"hv[3]", "core", "core1"}, nodes(p), "hv3 core1 core2"},
		{Target{"stor-a"}, links(p), "stor-a"},
		{Target{"san"}, links(p), "stor-a stor-b"},
		{Target{"hv1:vmnic0"}, links(p), "hv1:vmnic0"},
		{Target{"hv[1-2]:team0"}, links(p), "hv1:vmnic0 hv1:vmnic1 hv2:vmnic0 hv2:vmnic1"},
		{Target{"voice-sw"}, links(p), "edge2:in pbx1:eth0 pbx2:eth0"},
		{Target{"stor-a"}, ports(p), "core1:Ethernet1/1"},
		{Target{"array1:a/e0"}, ports(p), "array1:a/e0"},
		{Target{"hv:vmnic2"}, ports(p), "hv1:vmnic2 hv2:vmnic2 hv3:vmnic2 hv4:vmnic2"},
		{Target{"array1"}, ports(p), "array1:a/e0 array1:b/e0"},
		{Target{"hv1:team0"}, bonds(p), "hv1:team0"},
		{Target{"edge1", "hv[1-2]"}, bonds(p), "edge1:in hv1:team0 hv2:team0"},
	} {
		got, err := tt.find(tt.target)
		require.NoError(t, err, tt.target)
		assert.Equal(t, tt.want, got, "%v", tt.target)
	}
}

func nodes(p *Plant) func(Target) (string, error) {
	return func(t Target) (string, error) { x, err := t.Nodes(p); return namesOf(x), err }
}

func links(p *Plant) func(Target) (string, error) {
	return func(t Target) (string, error) { x, err := t.Links(p); return namesOf(x), err }
}

func ports(p *Plant) func(Target) (string, error) {
	return func(t Target) (string, error) { x, err := t.Ports(p); return namesOf(x), err }
}

func bonds(p *Plant) func(Target) (string, error) {
	return func(t Target) (string, error) { x, err := t.Bonds(p); return namesOf(x), err }
}

func TestWrongTargetsNameEveryBadWord(t *testing.T) {
	p, err := Load("two-core")
	require.NoError(t, err)
	for _, tt := range []struct {
		target Target
		find   func(Target) (string, error)
		want   []string
	}{
		{Target{"cor1", "hv1", "arary1"}, nodes(p), []string{`"cor1", did you mean "core1"?`, `"arary1", did you mean "array1"?`}},
		{Target{"hv[1-9]"}, nodes(p), []string{`there is no "hv5"`}},
		{Target{"hv[1-"}, nodes(p), []string{`"hv[1-"`}},
		{Target{"hv[2-1]"}, nodes(p), []string{`"hv[2-1]"`}},
		{Target{"hv[2-1,3]"}, nodes(p), []string{`"hv[2-1,3]"`}},
		{Target{"hv1:vmnic9"}, ports(p), []string{`did you mean "hv1:vmnic0"?`}},
		{Target{"core1:Etherne1/2"}, links(p), []string{`did you mean "core1:Ethernet1/2"?`}},
		{Target{"hv1:backup"}, links(p), []string{"hv1 has vmnic0, vmnic1, vmnic2, vmnic3, team0"}},
		{Target{"stor-a"}, nodes(p), []string{`"stor-a" is no node`}},
		{Target{"isp"}, bonds(p), []string{`"isp" is no bond`}},
		{Target{}, nodes(p), []string{"no target is given"}},
	} {
		_, err := tt.find(tt.target)
		require.Error(t, err, tt.target)
		for _, want := range tt.want {
			assert.ErrorContains(t, err, want)
		}
	}
}
