package kernel

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/topology"
)

const sleepers = `networks: {lan: {subnet: 10.0.0.0/24}}
topology:
  nodes:
    s1: {kind: switch}
    h1: {kind: host, ports: {eth0: s1}, daemons: {sleeper: {run: [sleep, "100000"]}}}
    h2: {kind: host, ports: {eth0: s1}}
`

func sleeping(t *testing.T, from, to string) *topology.Plant {
	t.Helper()
	p, err := topology.Parse("sleepers.yaml", []byte(strings.Replace(sleepers, from, to, 1)))
	require.NoError(t, err)
	return p
}

func TestAMissingDaemonIsSaidBeforeAnythingStands(t *testing.T) {
	for program, remedy := range map[string]string{
		`{nosuchd: {run: [nosuchd]}}`:           "install it",
		`{keepalived: {run: [nosuchd-either]}}`: "sudo apt install keepalived",
	} {
		e, plant := Engine{RealTime: true}, sleeping(t, `{sleeper: {run: [sleep, "100000"]}}`, program)
		clock := e.Clock()
		_, err := e.Open(t.Context(), clock, sim.Env{Plant: plant, Loop: sim.NewLoop(clock), Log: sim.NewLog(clock.Now, nil)})
		var missing *box.Unavailable
		require.True(t, errors.As(err, &missing), "%v", err)
		assert.Contains(t, missing.What, "node h1 runs nosuchd")
		assert.Contains(t, missing.Remedy, remedy)
	}
}

// TestCommandsSeeTheFilesOfTheNodesDaemons: who asks a daemon by its control socket has to find it.
func TestCommandsSeeTheFilesOfTheNodesDaemons(t *testing.T) {
	near, far := streams(t)
	e, plant := Engine{RealTime: true}, sleeping(t, "", "")
	clock := e.Clock()
	w, err := e.Open(t.Context(), clock, sim.Env{Plant: plant, Loop: sim.NewLoop(clock), Log: sim.NewLog(clock.Now, nil)})
	require.NoError(t, err)
	defer func() { require.NoError(t, w.Close()) }()
	Serve(w, far)
	run := func(node, what string) string {
		var out bytes.Buffer
		_, err := Exec(t.Context(), near, Command{Node: node, Args: []string{"sh", "-c", what}}, Stdio{Out: &out, Err: &out})
		require.NoError(t, err)
		return out.String()
	}
	for run("h1", "ls /run") != "sleeper\nsleeper.conf\n" { // until the daemon has its files
		require.NoError(t, t.Context().Err())
	}
	assert.Contains(t, run("h1", "cat /proc/net/dev; touch /run/here && echo written; ls /run"), "written\nhere\nsleeper\n")
	assert.NotContains(t, run("h2", "ls /run"), "sleeper")
}

// TestRoutesOfDaemonsGoWithThePower: nobody is left to take them back.
func TestRoutesOfDaemonsGoWithThePower(t *testing.T) {
	f, err := build(sleeping(t, "", ""), false, false)
	require.NoError(t, err)
	defer f.close()
	c, h1 := newCondition(f), f.plant.Node("h1")
	told := make(chan int, 10)
	watch, err := watchRoutes(c.netns(h1), func(changed int) { told <- changed })
	require.NoError(t, err)
	defer watch.close()
	const bird = 12 // RTPROT_BIRD
	to := netip.MustParsePrefix("10.9.0.0/16")
	b := c.netns(h1).route.batch()
	hop := nextHop{netip.MustParseAddr("10.0.0.11"), f.device(h1, f.plant.Networks[0]).index}
	b.route(to, []nextHop{hop})
	b.buf[nlmHeaderLen+5] = bird
	require.NoError(t, b.send())
	assert.Equal(t, 1, <-told)
	have, err := c.netns(h1).table(foreign)
	require.NoError(t, err)
	assert.Equal(t, map[netip.Prefix][]nextHop{to: {hop}}, have)

	require.NoError(t, c.restoreRoutes(h1))
	have, err = c.netns(h1).table(foreign)
	require.NoError(t, err)
	assert.Empty(t, have)
	assert.Equal(t, 1, <-told)
}
