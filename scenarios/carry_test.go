package scenarios

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

const heavy = `
topology:
  name: heavy
  topology:
    nodes:
      s: {kind: switch}
      a: {kind: host, ports: {e0: {to: s, speed: 10G}}}
      b: {kind: host, ports: {e0: {to: s, speed: 100G}}}
      c: {kind: host, ports: {e0: {to: s, rate: 1G}}}
  workloads:
    bulk: {kind: udp, from: a, to: b, demand: 6G}
timeline: {off: {power-off: s}}
`

func TestDemandsAndSpeedsArePlayedSmaller(t *testing.T) {
	sc, err := Parse("x", []byte(heavy+"load: {scale: 1000}\n"), Options{})
	require.NoError(t, err)
	assert.InDelta(t, 6e6, float64(sc.Uses[0].Members[0].Talk.(sim.Stream).Offers().There), 10)
	assert.Equal(t, topology.Impairment{Rate: 10 * topology.Mbps, Queue: 9689600 * time.Nanosecond}, impairmentOf(sc, "a"))
	assert.Zero(t, impairmentOf(sc, "b"), "what all demands together never fill holds nothing back")
	assert.Equal(t, topology.Mbps, impairmentOf(sc, "c").Rate)
	assert.Equal(t, 8, impairmentOf(sc, "c").Frames())
	assert.Contains(t, sc.Plant.Notes, "demands and speeds play at 1 to 1000: of 10G, 10M")

	sc, err = Parse("x", []byte(heavy), Options{})
	require.NoError(t, err)
	assert.Zero(t, impairmentOf(sc, "a"), "without load a demand is for sweeps")
}

func impairmentOf(sc *sim.Scenario, host string) topology.Impairment {
	return sc.Plant.Node(host).Ports[0].Link.Impairment
}

func TestLoadsThatCannotPlay(t *testing.T) {
	for want, text := range map[string]string{
		"x:13:7: scale is 0: it must be between 1 and 1000000":                        heavy + "load: {scale: 0}",
		"x:13:7: queue is 1: it must be between 2 and 10000":                          heavy + "load: {scale: 1000, queue: 1}",
		"x:11:49: the demand of a workload of kind reach cannot be played":            strings.Replace(heavy, "kind: udp", "kind: reach", 1) + "load: {scale: 1000}",
		"x:11:47: at 6G a datagram of 1452 octets is due every 2µs: choose a scale":   heavy + "load: {scale: 1}",
		"x:11:47: interval is 20ms: a stream that plays its demand has the interval ": strings.Replace(heavy, "demand: 6G", "demand: 6G, interval: 20ms", 1) + "load: {scale: 1000}",
	} {
		_, err := Parse("x", []byte(text), Options{})
		assert.ErrorContains(t, err, want)
	}
}
