package sim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

// script is a fault that a test writes itself.
type script func(*sim.Scope)

func (script) Resolve(*topology.Plant) error { return nil }
func (f script) Inject(s *sim.Scope) error   { f(s); return nil }

// step is a script that begins at a moment and, unless lasts is 0, ends after a while.
type step struct {
	id        string
	at, lasts time.Duration
	do        script
}

// play plays scripts in a world that only remembers, and tells what happened to the subjects, all when there are none.
func play(t *testing.T, p *topology.Plant, steps []step, subjects ...string) (string, *simtest.World) {
	t.Helper()
	sc := &sim.Scenario{Plant: p}
	for _, s := range steps {
		e := simtest.Entry(t, p, s.id, s.at, s.do)
		e.For = s.lasts
		sc.Timeline = append(sc.Timeline, e)
	}
	log, world := simtest.Play(t, sc, sim.Options{})
	return only(simtest.Transcript(log), subjects), world
}

// only keeps the lines about the subjects.
func only(transcript string, subjects []string) string {
	var kept []string
	for _, line := range strings.SplitAfter(transcript, "\n") {
		fields := strings.Fields(line)
		if len(fields) > 1 && (len(subjects) == 0 || slices.Contains(subjects, fields[1])) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// paired is the plant with a pair; its boot takes a minute a stage, up to peering.
func paired(delayRestore, autoRecovery time.Duration) *topology.Plant {
	p := simtest.TwoCore()
	p.Group("core").Pair = &topology.Pair{PeerLink: p.Link("peer-link"), DelayRestore: delayRestore, AutoRecovery: autoRecovery}
	for _, n := range p.Group("core").Nodes {
		n.Boot = topology.Boot{SelfTest: time.Minute, OS: time.Minute, PortsUp: time.Minute, ControlPlane: time.Minute, Peering: time.Minute}
	}
	return p
}

func off(nodes ...string) script {
	return func(s *sim.Scope) {
		for _, n := range nodes {
			s.PowerOff(s.Plant.Node(n))
		}
	}
}

func unplug(link string) script { return func(s *sim.Scope) { s.Unplug(s.Plant.Link(link)) } }

func TestBootIsStaged(t *testing.T) {
	p := simtest.TwoCore()
	got, world := play(t, p, []step{{"cut", 0, time.Minute, off("core1")}}, "core1", "hv1:vmnic0", "core1:e1")
	assert.Equal(t, `0s     core1 off
0s     hv1:vmnic0 carrier off
0s     core1:e1 carrier off
1m0s   core1 self-test
2m0s   core1 os
4m0s   core1 ports-up
4m0s   hv1:vmnic0 carrier on
4m0s   core1:e1 carrier on
5m0s   core1 control-plane
7m0s   core1 forwarding
`, got)
	assert.Empty(t, world.Wrong())
}

func TestPowerLostWhileBooting(t *testing.T) {
	steps := []step{{"first", 0, time.Minute, off("core1")}, {"second", 150 * time.Second, 30 * time.Second, off("core1")}}
	got, world := play(t, simtest.TwoCore(), steps, "core1")
	assert.Equal(t, `0s     core1 off
1m0s   core1 self-test
2m0s   core1 os
2m30s  core1 off
3m0s   core1 self-test
4m0s   core1 os
6m0s   core1 ports-up
7m0s   core1 control-plane
9m0s   core1 forwarding
`, got)
	assert.Empty(t, world.Wrong())
}

func TestOneOfAPairReturnsToItsPeer(t *testing.T) {
	got, world := play(t, paired(30*time.Second, 0), []step{{"cut", 0, time.Minute, off("core1")}}, "core1", "hv1:vmnic0", "core1:e31")
	assert.Equal(t, `0s     core1 off
0s     hv1:vmnic0 carrier off
0s     core1:e31 carrier off
1m0s   core1 self-test
2m0s   core1 os
3m0s   core1 ports-up
3m0s   core1:e31 carrier on
4m0s   core1 control-plane
5m0s   core1 peering
6m0s   core1 forwarding
6m30s  hv1:vmnic0 carrier on
`, got, "host-facing ports follow the delay, the peer link comes with the ports")
	assert.Empty(t, world.Wrong())
}

func TestOneOfAPairReturnsAlone(t *testing.T) {
	steps := []step{{"both", 0, time.Minute, off("core1")}, {"for good", 0, 0, off("core2")}}

	got, _ := play(t, paired(30*time.Second, 4*time.Minute), steps, "core1", "hv1:vmnic0")
	assert.Contains(t, got, "5m0s   core1 peering\n10m0s  core1 forwarding\n10m0s  hv1:vmnic0 carrier on\n", "auto-recovery counts from the end of peering")

	got, world := play(t, paired(30*time.Second, 0), steps, "core1", "hv1:vmnic0")
	assert.True(t, strings.HasSuffix(got, "5m0s   core1 peering\n"), "without auto-recovery it waits for ever:\n%s", got)
	assert.Contains(t, world.Wrong(), "sim.Carrier hv1:vmnic0")
}

func TestAPairThatReturnsTogether(t *testing.T) {
	got, world := play(t, paired(0, 0), []step{{"both", 0, time.Minute, off("core1", "core2")}}, "core1", "core2", "hv1:vmnic1")
	assert.Contains(t, got, "5m0s   core1 peering\n5m0s   core2 peering\n6m0s   core1 forwarding\n6m0s   core2 forwarding\n6m0s   hv1:vmnic1 carrier on\n")
	assert.Empty(t, world.Wrong())
}

func TestThePeerLinkIsRepairedWhileBothWait(t *testing.T) {
	for name, broken := range map[string]script{
		"unplugged": unplug("peer-link"),
		"dead":      func(s *sim.Scope) { s.KillOptic(false, false, s.Plant.Port("core1:e31")) },
		"dark":      func(s *sim.Scope) { s.Darken(s.Plant.Port("core2:e31")) },
		"shut":      func(s *sim.Scope) { s.ShutPorts(s.Plant.Port("core2:e31")) },
	} {
		t.Run(name, func(t *testing.T) {
			steps := []step{{"both", 0, time.Minute, off("core1", "core2")}, {"peer", 0, 20 * time.Minute, broken}}
			got, world := play(t, paired(30*time.Second, 0), steps, "core1", "core2", "hv1:vmnic0", "hv1:vmnic1")
			assert.True(t, strings.HasSuffix(got, `5m0s   core1 peering
5m0s   core2 peering
20m0s  core1 forwarding
20m0s  core2 forwarding
20m30s hv1:vmnic0 carrier on
20m30s hv1:vmnic1 carrier on
`), got)
			assert.Empty(t, world.Wrong())
		})
	}
}

func TestTheSecondOfAPairFindsTheOneThatRecoveredAlone(t *testing.T) {
	steps := []step{{"first", 0, time.Minute, off("core1")}, {"second", 0, 30 * time.Minute, off("core2")}}
	got, world := play(t, paired(30*time.Second, 4*time.Minute), steps, "core1", "core2")
	assert.Contains(t, got, "10m0s  core1 forwarding\n")
	assert.Contains(t, got, "35m0s  core2 forwarding\n", "at the end of its peering")
	assert.Empty(t, world.Wrong())
}

func TestFeeds(t *testing.T) {
	feedOff := func(feed string) script { return func(s *sim.Scope) { s.FeedOff(feed) } }
	got, _ := play(t, simtest.TwoCore(), []step{{"lost", 0, time.Minute, feedOff("a")}}, "a", "core1", "hv1", "hv2")
	assert.Equal(t, "0s     a power off\n0s     hv1 off\n0s     hv2 off\n1m0s   a power on\n1m0s   hv1 forwarding\n1m0s   hv2 forwarding\n", got,
		"core1 lives on by its other feed, hosts have but one")

	steps := []step{{"one", 0, 2 * time.Minute, feedOff("a")}, {"other", time.Minute, 2 * time.Minute, feedOff("b")}}
	got, world := play(t, simtest.TwoCore(), steps, "core1")
	assert.True(t, strings.HasPrefix(got, "1m0s   core1 off\n2m0s   core1 self-test\n"), got)
	assert.Empty(t, world.Wrong())
}

func TestOverlappingFaultsEndInAnyOrder(t *testing.T) {
	faults := map[string]script{
		"power":  off("core1"),
		"cable":  unplug(simtest.TwoCore().Port("hv1:vmnic0").Link.ID),
		"optic":  func(s *sim.Scope) { s.KillOptic(false, false, s.Plant.Port("hv1:vmnic0")) },
		"dark":   func(s *sim.Scope) { s.Darken(s.Plant.Port("hv1:vmnic0")) },
		"refuse": func(s *sim.Scope) { s.Refuse(s.Plant.Family("hv"), s.Plant.Family("hv")) },
	}
	ends := []time.Duration{time.Minute, 2 * time.Minute, 3 * time.Minute}
	for _, a := range sortedNames(faults) {
		for _, b := range sortedNames(faults) {
			for i := range ends {
				steps := []step{
					{"1" + a, 0, ends[i], faults[a]},
					{"2" + b, time.Second, ends[(i+1)%3], faults[b]},
					{"3" + a, 2 * time.Second, ends[(i+2)%3], faults[a]},
				}
				_, world := play(t, simtest.TwoCore(), steps)
				assert.Empty(t, world.Wrong(), "%s, %s, %s, ends %d", a, b, a, i)
			}
		}
	}
}

func sortedNames(m map[string]script) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestAFaultOutlastedByAnotherChangesNothing(t *testing.T) {
	p := simtest.TwoCore()
	link := p.Port("hv1:vmnic0").Link.ID
	steps := []step{{"long", 0, time.Hour, unplug(link)}, {"short", time.Minute, time.Minute, unplug(link)}}
	got, _ := play(t, p, steps, "hv1:vmnic0")
	assert.Equal(t, "0s     hv1:vmnic0 carrier off\n1h0m0s hv1:vmnic0 carrier on\n", got)
}

func TestALatentOpticDiesWithThePower(t *testing.T) {
	steps := []step{
		{"latent", 0, time.Hour, func(s *sim.Scope) { s.KillOptic(true, false, s.Plant.Port("core1:e1")) }},
		{"cut", time.Minute, time.Minute, off("core1")},
	}
	got, world := play(t, simtest.TwoCore(), steps, "hv1:vmnic0", "core1:e1", "core1", "hv2:vmnic0")
	assert.Contains(t, got, "0s     core1:e1 optic latent\n1m0s   core1 off\n1m0s   core1:e1 optic dead\n1m0s   hv1:vmnic0 carrier off\n",
		"it works until the power goes")
	assert.Contains(t, got, "5m0s   hv2:vmnic0 carrier on\n")
	assert.NotContains(t, got, "5m0s   hv1:vmnic0", "its link does not come back with the others")
	assert.Contains(t, got, "1h0m0s hv1:vmnic0 carrier on\n1h0m0s core1:e1 carrier on\n")
	assert.Empty(t, world.Wrong())
}

func TestADeadLaser(t *testing.T) {
	dead := []step{{"laser", 0, time.Minute, func(s *sim.Scope) { s.KillOptic(false, false, s.Plant.Port("core1:e1")) }}}
	p := simtest.TwoCore()
	got, _ := play(t, p, dead, "hv1:vmnic0", "core1:e1")
	require.Contains(t, got, "0s     hv1:vmnic0 carrier off\n0s     core1:e1 carrier off\n", "both ends know")
	assert.NotContains(t, got, "dark")

	p = simtest.TwoCore()
	p.Port("core1:e1").Link.FaultSignalling = false
	got, world := play(t, p, dead, "hv1:vmnic0", "core1:e1")
	assert.Equal(t, `0s     core1:e1 optic dead
0s     hv1:vmnic0 carrier off
0s     core1:e1 dark on
1m0s   hv1:vmnic0 carrier on
1m0s   core1:e1 dark off
`, got, "without fault signalling its own end sends into the dark and does not know")
	assert.Empty(t, world.Wrong())
}
