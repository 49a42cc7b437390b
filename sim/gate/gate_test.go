package gate

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
	_ "github.com/dcdrill/dcdrill/sim/workload"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// read builds a plant and its workloads, as package scenarios does for those who may import it.
func read(t *testing.T, text string) Candidate {
	t.Helper()
	p, err := topology.Parse("plant.yaml", []byte(text))
	require.NoError(t, err)
	x := Candidate{Plant: p}
	for _, e := range p.Workloads {
		kind, ok := sim.Workloads.Lookup(e.Kind)
		require.True(t, ok, e.Kind)
		u := &sim.Use{ID: e.ID, Kind: e.Kind, Workload: kind.New(), Pos: e.Pos}
		var ps yamlfile.Problems
		yamlfile.Decode(e.Node.Without("kind"), u.Workload, &ps)
		require.NoError(t, ps.Err())
		talks, err := u.Workload.Talks(p)
		require.NoError(t, err)
		for i, talk := range talks {
			u.Members = append(u.Members, &sim.Member{Workload: u, Index: i, Talk: talk})
		}
		x.Uses = append(x.Uses, u)
	}
	return x
}

// today is the day on which tests are.
var today = time.Date(2030, 6, 1, 12, 0, 0, 0, time.UTC)

func check(t *testing.T, plant, policy string) *finding.Report {
	t.Helper()
	o := Options{Today: today}
	if policy != "" {
		p, err := ParsePolicy("policy.yaml", []byte(policy))
		require.NoError(t, err)
		o.Policy = p
	}
	r, err := Check(context.Background(), read(t, plant), o)
	require.NoError(t, err)
	return r
}

// told writes findings of some rules a line each: severity, place, fingerprint.
func told(r *finding.Report, rules ...string) []string {
	var all []string
	for _, f := range r.Findings {
		for _, rule := range rules {
			if f.Rule == rule {
				all = append(all, string(f.Severity)+" "+f.Pos.String()+" "+f.Subject)
			}
		}
	}
	return all
}

// healthy is a plant in which only the pair's power is to be complained of.
const healthy = `
networks: {lan: {subnet: 10.0.0.0/24}}
topology:
  nodes:
    sw1: {kind: switch, feeds: [a]}
    sw2: {kind: switch, feeds: [b]}
    h:
      kind: host
      count: 3
      ports:
        nic0: {to: sw1, conduit: north}
        nic1: {to: sw2, conduit: south}
      bonds:
        team: {members: [nic0, nic1]}
  links:
    peer: {endpoints: [sw1, sw2], mtu: 1500}
groups:
  pair: {redundant: [sw1, sw2]}
workloads:
  calls: {kind: udp, from: h1, to: h2, network: lan}
`

// with changes words of the healthy plant, each of which must be there.
func with(t *testing.T, changes ...string) string {
	t.Helper()
	text := healthy
	for i := 0; i < len(changes); i += 2 {
		require.Contains(t, text, changes[i])
		text = strings.ReplaceAll(text, changes[i], changes[i+1])
	}
	return text
}

func TestRulesFindMistakes(t *testing.T) {
	const slow = "kind: switch, boot: core-6m, feeds: [a]"
	oneHost := []string{"count: 3", "count: 1", "to: h2", "to: o", "  links:", "    o: {kind: host, ports: {e0: sw2}}\n  links:"}
	for name, c := range map[string]struct {
		rule    string
		changes []string
		want    string // severity, place, subject; empty: nothing
		says    string
	}{
		"one switch":  {"bond-one-switch", []string{"nic1: {to: sw2", "nic1: {to: sw1"}, "warning plant.yaml:14:9 h:team", "h[1-3]:team has both members on sw1"},
		"two":         {"bond-one-switch", nil, "", ""},
		"one conduit": {"bond-one-conduit", []string{"south", "north"}, "warning plant.yaml:12:34 h:team", "h[1-3]:team has both members in conduit north"},
		"no conduit":  {"bond-one-conduit", []string{", conduit: south", "", ", conduit: north", ""}, "", ""},
		"two ducts":   {"bond-one-conduit", nil, "", ""},
		"one feed":    {"bond-one-feed", []string{"[b]", "[a]"}, "warning plant.yaml:6:5 h:team", "h[1-3]:team has both members on devices with no feed but a"},
		"two feeds":   {"bond-one-feed", []string{"[b]", "[b, a]"}, "", ""},
		"no feeds":    {"bond-one-feed", []string{", feeds: [a]", "", ", feeds: [b]", ""}, "", ""},
		"one card": {"bond-one-card", append([]string{"to: sw1", `to: "sw1:1/1"`, "to: sw2", `to: "sw1:1/2"`, "  links:", "    p: {kind: host, ports: {e0: \"sw1:2/1\"}}\n  links:"}, oneHost...),
			"warning plant.yaml:14:9 h:team", "h1:team has both members on card 1 of sw1"},
		"fixed switch": {"bond-one-card", []string{"to: sw2", "to: sw1"}, "", ""},
		"lacp to two":  {"bond-mode", []string{"nic1]}", "nic1], mode: 802.3ad}"}, "error plant.yaml:14:9 h:team", "h[1-3]:team is 802.3ad to sw1 and sw2, which are no pair"},
		"lacp to pair": {"bond-mode", []string{"nic1]}", "nic1], mode: 802.3ad}", "sw2]}", "sw2], pair: {}}"}, "", ""},
		"two modes": {"bond-mode", append([]string{"to: sw1", `to: "sw1:1"`, "to: sw2", `to: "sw1:2"`,
			"kind: switch, feeds: [a]", `kind: switch, bonds: {up: {members: ["1", "2"], mode: lacp}}`}, oneHost...),
			"error plant.yaml:5:33 sw1:up", "sw1:up is 802.3ad, and at the other end h1:team is active-backup"},
		"too soon": {"bond-updelay", []string{"kind: switch, feeds: [a]", slow, "nic1]}", "nic1], primary: nic0, updelay: 2m}"}, "warning plant.yaml:14:9 h:team",
			"h[1-3]:team waits 2m before it returns to nic0, yet a rebooting sw1 has carrier 2m24s before it forwards"},
		"late enough": {"bond-updelay", []string{"kind: switch, feeds: [a]", slow, "nic1]}", "nic1], primary: nic0, updelay: 144s}"}, "", ""},
		"no primary":  {"bond-updelay", []string{"kind: switch, feeds: [a]", slow}, "", ""},
		"stays":       {"bond-updelay", []string{"kind: switch, feeds: [a]", slow, "nic1]}", "nic1], primary: nic0, primary_reselect: failure}"}, "", ""},
		"held":        {"bond-updelay", []string{"kind: switch, feeds: [a]", slow, "nic1]}", "nic1], primary: nic0}", "sw2]}", "sw2], pair: {delay_restore: 3m}}"}, "", ""},
		"narrow":      {"mtu", []string{"mtu: 1500", "mtu: 1400"}, "error plant.yaml:16:5 peer", "peer takes packets of 1400 bytes, and lan has up to 1500"},
		"wide":        {"mtu", nil, "", ""},
		"single-fed":  {"single-fed", []string{"[b]", "[a, b]"}, "warning plant.yaml:5:5 sw1", "sw1 is to stand in for others of pair, and has no feed but a"},
		"dual-fed":    {"single-fed", []string{"[b]", "[a, b]", "[a]", "[b, a]"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := check(t, with(t, c.changes...), "")
			if c.want == "" {
				assert.Empty(t, told(r, c.rule))
				return
			}
			require.Equal(t, []string{c.want}, told(r, c.rule))
			for _, f := range r.Findings {
				if f.Rule == c.rule {
					assert.Equal(t, c.says, f.Message)
					assert.NotEmpty(t, f.Remedy)
				}
			}
		})
	}
}
