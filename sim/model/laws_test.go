package model

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// until lets time pass.
func (l *lab) until(t testing.TB, at time.Duration) {
	t.Helper()
	l.loop.At(at, func() {})
	require.NoError(t, l.loop.Run(context.Background(), at, func() bool { return l.loop.Now() >= at && l.loop.Next() > at }))
}

// set tells levels at a moment.
func (l *lab) set(t testing.TB, at time.Duration, levels ...sim.Level) {
	t.Helper()
	l.until(t, at)
	require.NoError(t, l.Set(0, levels...))
}

// link is the levels of a link's both carriers.
func (l *lab) link(port string, up bool) []sim.Level {
	p := l.env.Plant.Port(port)
	return []sim.Level{sim.Carrier{Port: p, Up: up}, sim.Carrier{Port: p.Peer(), Up: up}}
}

func (l *lab) stage(node string, s topology.Stage) sim.Level {
	return sim.Stage{Node: l.env.Plant.Node(node), Stage: s}
}

// latest makes a world at phase 1 and records when the member is served and when not.
func latest(t testing.TB, from, to string) (*lab, *[]string) {
	t.Helper()
	var heard []string
	var l *lab
	l = newLab(t, "two-core", 2, Options{OnServed: func(_ *sim.Member, on bool) {
		heard = append(heard, fmt.Sprintf("%s %t", l.loop.Now(), on))
	}})
	m := &sim.Member{Workload: &sim.Use{ID: "m"}, Talk: quiet{sim.Flow{From: l.env.Plant.Node(from), To: l.env.Plant.Node(to)}}}
	m.Workload.Members = []*sim.Member{m}
	require.NoError(t, l.Start(m))
	return l, &heard
}

func TestAfterALongDarknessNeighboursAreResolvedAnew(t *testing.T) {
	l, heard := latest(t, "hv1", "hv2")
	l.set(t, 10*time.Second, l.stage("core1", topology.OS))
	l.set(t, 12*time.Second, l.stage("core1", topology.Forwarding))
	l.set(t, 20*time.Second, l.stage("core1", topology.OS))
	l.set(t, 40*time.Second, l.stage("core1", topology.Forwarding))
	assert.True(t, l.Pending())
	l.rest(t)
	assert.Equal(t, []string{"0s true", "10s false", "12s true", "20s false", "41s true"}, *heard, "a short one leaves the entries as they were")
}

func TestAResolutionThatIsOvertaken(t *testing.T) {
	l, heard := latest(t, "hv1", "hv2")
	l.set(t, 10*time.Second, l.stage("core1", topology.OS))
	l.set(t, 20*time.Second, l.stage("core1", topology.Forwarding))
	l.set(t, 20500*time.Millisecond, l.stage("core1", topology.OS))
	l.set(t, 22*time.Second, l.stage("core1", topology.Forwarding))
	assert.Equal(t, []string{"0s true", "10s false"}, *heard)
	l.rest(t)
	assert.Equal(t, []string{"0s true", "10s false", "23s true"}, *heard, "the darkness counts from its beginning")
}

func TestACarrierThatReturnsIsAskedThroughAnew(t *testing.T) {
	l, heard := latest(t, "pbx1", "pbx2")
	l.set(t, 10*time.Second, l.link("pbx1:eth0", false)...)
	l.set(t, 20*time.Second, l.link("pbx1:eth0", true)...)
	l.set(t, 30*time.Second, l.link("pbx2:eth0", false)...)
	l.set(t, 40*time.Second, l.link("pbx2:eth0", true)...)
	l.rest(t)
	assert.Equal(t, []string{"0s true", "10s false", "21s true", "30s false", "41s true"}, *heard, "whoever's carrier it was")
}

func TestABondThatFindsAMemberIsAskedThroughAnew(t *testing.T) {
	l, heard := latest(t, "hv1", "hv2")
	l.set(t, 10*time.Second, append(l.link("hv1:vmnic0", false), l.link("hv1:vmnic1", false)...)...)
	l.set(t, 20*time.Second, l.link("hv1:vmnic1", true)...)
	l.rest(t)
	assert.Equal(t, []string{"0s true", "10s false", "21.1s true"}, *heard, "one miimon, and the next question")
}

// failback is a two-core plant whose bonds fail back without an updelay.
const failback = `
networks: {lan: {subnet: 10.0.10.0/24, gateway: core}}
topology:
  nodes:
    core1: {kind: switch}
    core2: {kind: switch}
    hv:
      kind: host
      count: 2
      ports: {vmnic0: core1, vmnic1: core2}
      bonds: {team0: {members: [vmnic0, vmnic1], primary: vmnic0}}
  links: {peer-link: {endpoints: [core1, core2]}}
groups: {core: {redundant: [core1, core2]}}
`

func TestABondFailsBackIntoTheDark(t *testing.T) {
	p, err := topology.Parse("failback.yaml", []byte(failback))
	require.NoError(t, err)
	l := &lab{loop: sim.NewLoop(&sim.VirtualClock{})}
	log := sim.NewLog(l.loop.Now, nil)
	l.World, err = New(sim.Env{Plant: p, Loop: l.loop, Phase: 0}, Options{Log: log})
	require.NoError(t, err)
	l.watch(t)

	off := append(l.link("hv1:vmnic0", false), l.link("hv2:vmnic0", false)...)
	l.set(t, time.Minute, append(off, l.stage("core1", topology.Off))...)
	on := append(l.link("hv1:vmnic0", true), l.link("hv2:vmnic0", true)...)
	l.set(t, 3*time.Minute, append(on, l.stage("core1", topology.PortsUp))...)
	l.set(t, 5*time.Minute, l.stage("core1", topology.Forwarding))
	l.rest(t)
	var downs []string
	for _, e := range log.Events() {
		if e.Subject == "hv1>hv2" {
			downs = append(downs, fmt.Sprint(e.At, " ", e.Data.Kind()))
		}
	}
	assert.Equal(t, []string{"0s up", "3m0s down", "5m0s up"}, downs, "dark for as long as ports are up and nothing is forwarded")
}

func TestAGatewayWithoutACarrierIsOutOfService(t *testing.T) {
	l, _ := latest(t, "hv1", "isp")
	var levels []sim.Level
	for _, p := range l.env.Plant.Node("core1").Ports {
		levels = append(levels, l.link(p.String(), false)...)
	}
	holders := func() string {
		var held []string
		for _, level := range l.Controls() {
			if h, ok := level.(sim.Holder); ok && h.On {
				held = append(held, h.Subject())
			}
		}
		return strings.Join(held, " ")
	}
	require.Equal(t, "lan@core1 mgmt@core1 edge1-in@core1", holders())
	l.set(t, time.Minute, levels...)
	assert.Empty(t, holders(), "core2 has not missed it yet")
	l.rest(t)
	assert.Equal(t, "lan@core2 mgmt@core2 edge1-in@core2", holders())
}

func TestAPeerLinkLostSplitsTheGateway(t *testing.T) {
	l, heard := latest(t, "hv1", "isp")
	l.set(t, 10*time.Second, l.link("core1:Ethernet1/31", false)...)
	l.rest(t)
	on := 0
	for _, level := range l.Controls() {
		if h, ok := level.(sim.Holder); ok && h.On {
			on++
		}
	}
	assert.Equal(t, 6, on, "both hold all three")
	assert.Equal(t, []string{"0s true"}, *heard, "and nobody who uses one of them notices")
}

func TestWhoIsTold(t *testing.T) {
	var told []string
	l := newLab(t, "two-core", 0, Options{OnControl: func(cause int, levels ...sim.Level) {
		for _, level := range levels {
			told = append(told, fmt.Sprintf("%T %s <- %d", level, level.Subject(), cause))
		}
	}})
	require.NoError(t, l.Set(7, l.stage("core1", topology.OS)))
	assert.Contains(t, told, "sim.Holder lan@core1 <- 7", "without a log causes are handed on")
	l.rest(t)
	assert.Contains(t, told, "sim.Holder lan@core2 <- 7")
	assert.Contains(t, told, "sim.Routes core1 <- 7")
}

func TestAHolderThatStaysAnnouncesItselfAgain(t *testing.T) {
	var told []string
	l := newLab(t, "two-core", 0, Options{OnControl: func(_ int, levels ...sim.Level) {
		for _, level := range levels {
			if h, ok := level.(sim.Holder); ok && h.Network.ID == "lan" {
				told = append(told, fmt.Sprint(h.Node.ID, " ", h.On))
			}
		}
	}})
	l.set(t, 0, l.link("core1:Ethernet1/31", false)...)
	l.rest(t)
	assert.Equal(t, []string{"core1 true", "core2 true"}, told, "a split: each announces itself")
	told = nil
	l.set(t, time.Hour, l.link("core1:Ethernet1/31", true)...)
	l.rest(t)
	assert.Equal(t, []string{"core2 false", "core1 true"}, told, "who listened to core2 hears core1")
}

func TestWhatTheModelHasNoLawFor(t *testing.T) {
	l := newLab(t, "two-core", 0, Options{})
	core := l.env.Plant.Node("core1")
	assert.ErrorIs(t, l.Set(0, sim.Holder{Network: l.env.Plant.Networks[0], Node: core}), sim.ErrUnsupported)
	_, _, err := l.Witness(sim.Routes{Node: core})
	assert.ErrorIs(t, err, sim.ErrUnsupported)

	p, err := topology.Parse("lacp.yaml", []byte(strings.Replace(failback, "primary: vmnic0", "mode: 802.3ad", 1)))
	require.NoError(t, err)
	_, err = New(sim.Env{Plant: p, Loop: l.loop}, Options{})
	assert.True(t, errors.Is(err, sim.ErrUnsupported), "%v", err)
}

func TestWitness(t *testing.T) {
	l := newLab(t, "two-core", 0, Options{})
	core1, hv1, port := l.env.Plant.Node("core1"), l.env.Plant.Node("hv1"), l.env.Plant.Port("hv1:vmnic0")
	for _, c := range []struct {
		level sim.Level
		want  string
	}{
		{sim.Carrier{Port: port}, "the model has it that hv1:vmnic0 has no carrier"},
		{sim.Dark{Port: port, On: true}, "the model has it that hv1:vmnic0 sends into the dark"},
		{sim.Stage{Node: core1, Stage: topology.OS}, "the model has core1 at os"},
		{sim.Refuse{At: hv1, From: core1, On: true}, "the model has it that hv1 loses what comes from core1"},
	} {
		seen, _, err := l.Witness(c.level)
		require.NoError(t, err)
		assert.False(t, seen, "%v is not so yet", c.level)
		require.NoError(t, l.Set(0, c.level))
		seen, evidence, err := l.Witness(c.level)
		require.NoError(t, err)
		assert.True(t, seen)
		assert.Equal(t, c.want, evidence)
	}
}

func TestSkewOfAGroup(t *testing.T) {
	l := newLab(t, "two-core", 0, Options{})
	off := func(nodes ...string) (levels []sim.Level) {
		for _, n := range nodes {
			levels = append(levels, l.stage(n, topology.Off))
		}
		return levels
	}
	assert.Equal(t, 2, group(append(off("core1", "core2"), l.link("hv1:vmnic0", false)...)))
	assert.Equal(t, 1, group(append(append(off("core1"), l.link("hv1:vmnic0", false)...), l.link("hv2:vmnic0", false)...)), "its links go with it")
	assert.Equal(t, 2, group(append(l.link("hv1:vmnic0", false), l.link("hv2:vmnic0", false)...)))
	assert.Equal(t, 0, group(append(l.link("hv1:vmnic0", true), l.stage("core1", topology.Forwarding))))
}

func TestNobodyIsServedAfterTheEnd(t *testing.T) {
	l, heard := latest(t, "hv1", "hv2")
	require.NoError(t, l.Stop())
	l.set(t, time.Minute, l.stage("core1", topology.OS), l.stage("core2", topology.OS))
	l.rest(t)
	assert.Equal(t, []string{"0s true"}, *heard)
	require.NoError(t, l.Close())
}
