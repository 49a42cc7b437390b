package model

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

const bundle = `
networks: {backup: {subnet: 10.51.0.0/24}, lan: {subnet: 10.50.0.0/24}}
topology:
  nodes:
    switch: {kind: switch, bonds: {channel: {members: [e1, e2], mode: lacp}}}
    server: {kind: host, bonds: {bond0: {members: [eth0, eth1], mode: lacp}}}
    even: {kind: host, ports: {eth0: {to: switch, networks: [lan]}}}
    odd: {kind: host, ports: {eth0: {to: switch, networks: [backup]}, eth1: {to: switch, networks: [lan]}}}
  links:
    first: {endpoints: ["switch:e1", "server:eth0"], networks: [lan]}
    second: {endpoints: ["switch:e2", "server:eth1"], networks: [lan]}
`

// bundled starts a talk of both hosts with the server, in the latest phase.
func bundled(t *testing.T) (*lab, map[string]*sim.Member) {
	t.Helper()
	p, err := topology.Parse("bundle.yaml", []byte(bundle))
	require.NoError(t, err)
	loop := sim.NewLoop(sim.NewVirtualClock())
	env := sim.Env{Plant: p, Loop: loop, Phase: 1}
	w, err := New(env, Options{})
	require.NoError(t, err)
	l := &lab{World: w, loop: loop}
	members := map[string]*sim.Member{}
	for _, from := range []string{"even", "odd"} {
		flow := sim.Flow{From: p.Node(from), To: p.Node("server"), Networks: []*topology.Network{p.Network("lan")}}
		m := &sim.Member{Workload: &sim.Use{ID: from}, Talk: quiet{flow}}
		m.Workload.Members = []*sim.Member{m}
		require.NoError(t, l.Start(m))
		members[from] = m
	}
	return l, members
}

// While the partner behind one link is silent and not yet given up, those whose addresses fall to it are in the dark.
func TestASilentMemberTakesItsShareDown(t *testing.T) {
	for _, c := range []struct{ link, gone, stays string }{{"first", "even", "odd"}, {"second", "odd", "even"}} {
		l, members := bundled(t)
		link := l.env.Plant.Link(c.link)
		l.set(t, time.Hour, sim.Dark{Port: link.A, On: true}, sim.Dark{Port: link.B, On: true})
		assert.False(t, l.Served(members[c.gone]))
		assert.True(t, l.Served(members[c.stays]), "the other link carries it")
		l.until(t, time.Hour+99*time.Second)
		assert.False(t, l.Served(members[c.gone]))
		l.until(t, time.Hour+101*time.Second)
		assert.True(t, l.Served(members[c.gone]))
		assert.True(t, l.Served(members[c.stays]))
	}
}

// A member that loses its carrier is out at once, and the other takes all.
func TestAPulledMemberIsOutAtOnce(t *testing.T) {
	l, members := bundled(t)
	l.set(t, time.Hour, l.link("switch:e1", false)...)
	assert.False(t, l.Served(members["even"]))
	l.until(t, time.Hour+150*time.Millisecond)
	assert.True(t, l.Served(members["even"]))
	l.set(t, 2*time.Hour, l.link("switch:e2", false)...)
	l.until(t, 2*time.Hour+time.Minute)
	assert.False(t, l.Served(members["odd"]), "none is left")
	l.set(t, 3*time.Hour, l.link("switch:e1", true)...)
	l.until(t, 3*time.Hour+time.Minute)
	assert.True(t, l.Served(members["odd"]))
	assert.True(t, l.Served(members["even"]))
}
