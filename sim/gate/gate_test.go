package gate

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	_ "github.com/dcdrill/dcdrill/sim/check"
	_ "github.com/dcdrill/dcdrill/sim/fault"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/sim/sweep"
	_ "github.com/dcdrill/dcdrill/sim/workload"
)

// read builds a plant with its workloads, and a model to play it in.
func read(t *testing.T, text string) Candidate {
	t.Helper()
	sc, err := scenarios.Try("plant.yaml", nil, scenarios.Options{Topology: "plant.yaml", TopologyText: text})
	require.NoError(t, err)
	rates, err := sweep.ParseRates("", nil, sc.Plant)
	require.NoError(t, err)
	return Candidate{Rates: rates, Name: "plant.yaml", Plant: sc.Plant, Uses: sc.Uses, Trials: sweep.Trials{
		Fault:  func(text string) (*sim.Entry, error) { return scenarios.ParseFault(text, sc.Plant) },
		Replay: model.Replay,
	}}
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

// told writes findings of some rules, notes apart, a line each: severity, place, fingerprint.
func told(r *finding.Report, rules ...string) []string {
	var all []string
	for _, f := range r.Findings {
		for _, rule := range rules {
			if f.Rule == rule && f.Severity != finding.Note {
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

// tagged changes the healthy plant so that two networks are on each link by VLAN tags, and then other words of it.
func tagged(changes ...string) []string {
	return append([]string{
		"{lan: {subnet: 10.0.0.0/24}}", "{lan: {vlan: 10, subnet: 10.0.0.0/24}, san: {vlan: 20, subnet: 10.0.1.0/24}}",
		"to: sw1,", "to: sw1, networks: [lan, san],", "to: sw2,", "to: sw2, networks: [lan, san],",
	}, changes...)
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
		"one switch":  {"bond-one-switch", []string{"nic1: {to: sw2", "nic1: {to: sw1"}, "warning plant.yaml:14:9 h:team", "h[1-3]:team: both members end at sw1"},
		"two":         {"bond-one-switch", nil, "", ""},
		"one conduit": {"bond-one-conduit", []string{"south", "north"}, "warning plant.yaml:12:34 h:team", "h[1-3]:team: both members lie in conduit north"},
		"no conduit":  {"bond-one-conduit", []string{", conduit: south", "", ", conduit: north", ""}, "", ""},
		"two ducts":   {"bond-one-conduit", nil, "", ""},
		"one feed":    {"bond-one-feed", []string{"[b]", "[a]"}, "warning plant.yaml:6:5 h:team", "h[1-3]:team: both members end at devices with no feed but a"},
		"two feeds":   {"bond-one-feed", []string{"[b]", "[b, a]"}, "", ""},
		"no feeds":    {"bond-one-feed", []string{", feeds: [a]", "", ", feeds: [b]", ""}, "", ""},
		"one card": {"bond-one-card", append([]string{"to: sw1", `to: "sw1:1/1"`, "to: sw2", `to: "sw1:1/2"`, "  links:", "    p: {kind: host, ports: {e0: \"sw1:2/1\"}}\n  links:"}, oneHost...),
			"warning plant.yaml:14:9 h:team", "h1:team: both members are on card 1 of sw1"},
		"fixed switch": {"bond-one-card", []string{"to: sw2", "to: sw1"}, "", ""},
		"lacp to two":  {"bond-mode", []string{"nic1]}", "nic1], mode: 802.3ad}"}, "error plant.yaml:14:9 h:team", "h[1-3]:team: 802.3ad to sw1 and sw2, which are no pair"},
		"lacp to pair": {"bond-mode", []string{"nic1]}", "nic1], mode: 802.3ad}", "sw2]}", "sw2], pair: {}}"}, "", ""},
		"two modes": {"bond-mode", append([]string{"to: sw1", `to: "sw1:1"`, "to: sw2", `to: "sw1:2"`,
			"kind: switch, feeds: [a]", `kind: switch, bonds: {up: {members: ["1", "2"], mode: lacp}}`}, oneHost...),
			"error plant.yaml:5:33 sw1:up", "sw1:up: 802.3ad, and at the other end h1:team is active-backup"},
		"too soon": {"bond-updelay", []string{"kind: switch, feeds: [a]", slow, "nic1]}", "nic1], primary: nic0, updelay: 2m}"}, "warning plant.yaml:14:9 h:team",
			"h[1-3]:team: returns to nic0 after 2m, yet a rebooting sw1 has carrier 2m24s before it forwards"},
		"late enough": {"bond-updelay", []string{"kind: switch, feeds: [a]", slow, "nic1]}", "nic1], primary: nic0, updelay: 144s}"}, "", ""},
		"no primary":  {"bond-updelay", []string{"kind: switch, feeds: [a]", slow}, "", ""},
		"stays":       {"bond-updelay", []string{"kind: switch, feeds: [a]", slow, "nic1]}", "nic1], primary: nic0, primary_reselect: failure}"}, "", ""},
		"held":        {"bond-updelay", []string{"kind: switch, feeds: [a]", slow, "nic1]}", "nic1], primary: nic0}", "sw2]}", "sw2], pair: {delay_restore: 3m}}"}, "", ""},
		"narrow":      {"mtu", []string{"mtu: 1500", "mtu: 1400"}, "error plant.yaml:16:5 peer", "peer: takes packets of up to 1400 bytes, and lan has up to 1500"},
		"wide":        {"mtu", nil, "", ""},
		"trunk": {"vlan-missing", tagged("mtu: 1500", "allowed: {sw2: [lan]}"), "error plant.yaml:16:5 peer",
			"peer: sw2:Ethernet1/4 does not let san (VLAN 20) through, which the link is to carry"},
		"survivor": {"bond-vlan", tagged("[lan, san], conduit: south", "[lan, san], allowed: {sw2: [lan]}"), "error plant.yaml:12:9 h:team",
			"h[1-3]:team: nic0 carries san (VLAN 20), and nic1 does not"},
		"one alone is told of bonds": {"vlan-missing", tagged("[lan, san], conduit: south", "[lan, san], allowed: {sw2: [lan]}"), "", ""},
		"all of it":                  {"bond-vlan", tagged(), "", ""},
		"natives": {"native-mismatch", tagged("mtu: 1500", "native: {sw1: lan, sw2: san}"), "error plant.yaml:16:5 peer",
			"peer: sw1 sends lan without a tag, and sw2 san"},
		"half": {"native-mismatch", tagged("[lan, san], conduit: south", "[lan, san], native: {h: lan}"), "error plant.yaml:12:9 h:nic1",
			"h[1-3]:nic1: any of h sends lan without a tag, and sw2 nothing"},
		"one native": {"native-mismatch", tagged("mtu: 1500", "native: lan"), "", ""},
		"single-fed": {"single-fed", []string{"[b]", "[a, b]"}, "warning plant.yaml:5:5 sw1", "sw1: no feed but a, to stand in for others of pair"},
		"dual-fed":   {"single-fed", []string{"[b]", "[a, b]", "[a]", "[b, a]"}, "", ""},
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

// san is a plant with virtual machines, of which the host, or its guests, may lack patience.
const san = `
networks: {a: {subnet: 10.0.1.0/24}, b: {subnet: 10.0.2.0/24}, lan: {subnet: 10.0.3.0/24}}
topology:
  defaults: {boot: core-6m}
  nodes:
    sw1: {kind: switch}
    sw2: {kind: switch}
    h:
      kind: host
      count: 2
      ports: {e0: {to: sw1, networks: [a, lan]}, e1: {to: sw2, networks: [b]}}
      datastores:
        ds: {volume: array/vol, paths: [a, b], no_path_retry: queue, path_timeout: 10s}
    array: {kind: storage, controllers: {a: {ports: [e0]}, b: {ports: [e0]}}, volumes: {vol: {size: 1TiB}}}
  links:
    sa: {endpoints: [sw1, "array:a/e0"], networks: [a]}
    sb: {endpoints: [sw2, "array:b/e0"], networks: [b]}
workloads:
  mail: {kind: vm, on: h, disk: ds, network: lan, guest: {disk: virtio-blk}}
`

func TestStorageHasPatience(t *testing.T) {
	for name, c := range map[string]struct {
		rule, from, to string
		want           []string
	}{
		"queues":      {"storage-patience", "queue", "queue", nil},
		"enough":      {"storage-patience", "queue", "70", nil},
		"too few":     {"storage-patience", "queue", "69", []string{"h1/ds and h2/ds: requests are given up after 5m55s without a path (no_path_retry: 69), yet sw1 takes 6m to boot"}},
		"none":        {"storage-patience", "queue", "fail", []string{"h1/ds and h2/ds: requests are given up after 10s without a path (no_path_retry: fail), yet sw1 takes 6m to boot"}},
		"quick boot":  {"storage-patience", "boot: core-6m}", "boot: instant}", nil},
		"guest":       {"storage-patience", "{disk: virtio-blk}", "{os: windows}", []string{"mail: guests take their disk for broken after 1m, yet sw1 takes 6m to boot"}},
		"told":        {"storage-patience", "{disk: virtio-blk}", "{timeout: 6m}", nil},
		"host's":      {"replacement-timeout", "queue", "queue", nil},
		"guest's":     {"replacement-timeout", "queue", "queue, attach: guest", []string{"h1/ds and h2/ds: sessions in guests wait 2m for a lost one before another path is used"}},
		"guest's set": {"replacement-timeout", "queue", "queue, attach: guest, replacement_timeout: 5s", nil},
	} {
		require.Contains(t, san, c.from)
		var got []string
		for _, f := range check(t, strings.Replace(san, c.from, c.to, 1), "").Findings {
			if f.Rule == c.rule {
				got = append(got, f.Message)
			}
		}
		assert.Equal(t, c.want, got, name)
	}
}
