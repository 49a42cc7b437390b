package model_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/topology"
)

// twoCore is a small two-core plant; the bond's line is left to the test.
const twoCore = `
name: two-core
networks:
  lan: {subnet: 10.0.10.0/24, gateway: core}
  san: {subnet: 10.0.21.0/24}
  voip: {subnet: 10.0.50.0/24, gateway: edge2}
topology:
  defaults: {speed: 40G, optic: QSFP-40G-SR4, boot: {off: 0s, self-test: 1m, os: 2m, ports-up: 1m, control-plane: 1m, peering: 0s}}
  nodes:
    core1: {kind: switch}
    core2: {kind: switch}
    edge1: {kind: router, ports: {wan: isp, in1: core1, in2: core2}, bonds: {in: {members: [in1, in2]}}}
    edge2: {kind: router, ports: {wan: isp, in1: voice-sw}}
    isp:   {kind: external}
    hv:
      kind: host
      count: 4
      ports:
        vmnic0: {to: core1, networks: [lan, san]}
        vmnic1: {to: core2, networks: [lan, san]}
      bonds: {team0: {members: [vmnic0, vmnic1], mode: active-backup, miimon: 100ms %s}}
    voice-sw: {kind: switch}
    pbx: {kind: host, count: 2, ports: {eth0: {to: voice-sw, networks: [voip]}}}
  links:
    peer-link: {endpoints: ["core1:Ethernet1/31", "core2:Ethernet1/31"], networks: [lan, san]}
groups:
  core: {redundant: [core1, core2]}
`

func plant(t testing.TB, text string) *topology.Plant {
	t.Helper()
	p, err := topology.Parse("plant.yaml", []byte(text))
	require.NoError(t, err)
	return p
}

// flow is a workload whose users see the way itself.
type flow sim.Flow

func (f flow) Talks(*topology.Plant) ([]sim.Talk, error)                      { return []sim.Talk{f}, nil }
func (f flow) Tolerates() time.Duration                                       { return time.Minute }
func (f flow) Flow() sim.Flow                                                 { return sim.Flow(f) }
func (f flow) Predict(v sim.Viewer) sim.Machine                               { return mirror{v} }
func (f flow) Measure(context.Context, sim.Place, sim.Place, sim.Meter) error { return nil }

type mirror struct{ sim.Viewer }

func (m mirror) Path(usable bool) { m.Served(usable) }

// use makes a workload of one member.
func use(p *topology.Plant, from, to string, networks ...string) *sim.Use {
	f := flow{From: p.Node(from), To: p.Node(to)}
	for _, n := range networks {
		f.Networks = append(f.Networks, p.Network(n))
	}
	u := &sim.Use{ID: from + ">" + to, Kind: "flow", Workload: f}
	u.Members = []*sim.Member{{Workload: u, Talk: f}}
	return u
}

// faultFunc is a fault of a test's own.
type faultFunc func(*sim.Scope)

func (faultFunc) Resolve(*topology.Plant) error { return nil }
func (f faultFunc) Inject(s *sim.Scope) error   { f(s); return nil }

func entry(id string, at, lasts time.Duration, f faultFunc) *sim.Entry {
	return &sim.Entry{ID: id, Kind: "test", Text: id, At: at, For: lasts, Fault: f}
}

// play plays a scenario and gives the log as lines.
func play(t testing.TB, sc *sim.Scenario, phase float64) (*sim.Log, string) {
	t.Helper()
	log, err := sim.Play(context.Background(), model.Engine{}, sc, sim.Options{Phase: phase})
	require.NoError(t, err)
	var b bytes.Buffer
	for _, e := range log.Events() {
		require.NoError(t, sim.WriteEvent(&b, e))
	}
	return log, b.String()
}

// outages lists a member's outages as "from-to".
func outages(log *sim.Log, subject string) []string {
	var all []string
	for _, e := range log.Events() {
		if d, up := e.Data.(sim.UpData); up && e.Subject == subject && d.From != d.To {
			all = append(all, fmt.Sprintf("%s-%s", d.From, d.To))
		}
	}
	return all
}

func TestBothCoresReboot(t *testing.T) {
	p := plant(t, fmt.Sprintf(twoCore, ", primary: vmnic0, updelay: 2m"))
	uses := []*sim.Use{use(p, "hv1", "hv2"), use(p, "hv1", "isp"), use(p, "isp", "hv3"), use(p, "isp", "pbx1"), use(p, "hv1", "pbx2")}
	boom := entry("boom", 10*time.Second, 0, func(s *sim.Scope) {
		reboot := s.Sub()
		reboot.PowerOff(p.Node("core1"), p.Node("core2"))
		s.After(time.Second, reboot.Release)
	})
	log, text := play(t, &sim.Scenario{Plant: p, Uses: uses, Timeline: []*sim.Entry{boom}}, 0.5)

	// Off at 10 s, power at 11 s, 300 s of boot: forwarding at 311 s. Then half a second to resolve the neighbour; the
	// gateway waits 3.6 s first.
	assert.Equal(t, []string{"10s-5m11.5s"}, outages(log, "hv1>hv2"), text)
	for _, subject := range []string{"hv1>isp", "isp>hv3", "hv1>pbx2"} {
		assert.Equal(t, []string{"10s-5m15.1s"}, outages(log, subject), subject)
	}
	assert.Empty(t, outages(log, "isp>pbx1"))
}
