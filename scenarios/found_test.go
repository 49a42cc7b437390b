package scenarios

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/sim/prediction"
)

// movedInTheDark is a plant in which h1 moves back to a switch that does not forward yet, while the one that it leaves still
// sends to where it was. Neither h3 nor what h1 says to it comes past that one.
const movedInTheDark = `
topology:
  networks: {lan: {subnet: 10.0.1.0/24}}
  groups: {core: {redundant: [core1, core2], shares: [firmware]}}
  topology:
    defaults: {boot: {off: 1s, self-test: 1s, ports-up: 2s}}
    nodes:
      core1: {kind: switch}
      core2: {kind: switch}
      h1: {kind: host, ports: {e0: core1, e1: core2}, bonds: {team: {members: [e0, e1], primary: e0}}}
      h2: {kind: host, ports: {e0: core1, e1: core2}, bonds: {team: {members: [e0, e1]}}}
      h3: {kind: host, ports: {e0: core1}}
    links: {peer: {endpoints: [core1, core2]}}`

// TestIncidentsOnWhichWorldsDisagreed keeps what random incidents found, in its smallest form: the end of the last outage as
// it was measured on real packets, which the model left out before.
func TestIncidentsOnWhichWorldsDisagreed(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		measured time.Duration
		within   time.Duration // the prediction is no wider than this; 0: nobody asks
	}{
		"nobody answers datagrams, so that they need no route back": {`
topology:
  fabric: routed
  networks: {rack1: {subnet: 10.0.1.0/24, gateway: leaf1}, rack2: {subnet: 10.0.2.0/24, gateway: leaf2}}
  topology:
    nodes:
      spine1: {kind: switch}
      leaf1: {kind: switch, ports: {up1: spine1}}
      leaf2: {kind: switch, ports: {up1: spine1}}
      h1: {kind: host, ports: {e0: {to: leaf1, networks: [rack1]}}}
      h2: {kind: host, ports: {e0: {to: leaf2, networks: [rack2]}}}
  workloads: {w1: {kind: udp, from: h2, to: h1}}
timeline:
  f1: {at: 16s, for: 25s, reboot: h2}
`, 261*time.Second + 2*time.Millisecond, 0},
		"a neighbour is given up after three seconds, not after more": {`
topology:
  networks: {lan: {subnet: 10.0.1.0/24}}
  topology:
    nodes:
      sw1: {kind: switch}
      h1: {kind: host, ports: {e0: sw1}}
      h2: {kind: host, ports: {e0: sw1}}
  workloads: {w1: {kind: udp, from: h1, to: h2}}
timeline:
  f1: {at: 12s, for: 3s, link-down: "h1:e0"}
`, 15578 * time.Millisecond, 0},
		"a switch sends to the port where a bond was that only listens": {`
topology:
  networks: {lan: {subnet: 10.0.1.0/24}}
  groups: {core: {redundant: [core1, core2], shares: [firmware]}}
  topology:
    defaults: {boot: fast}
    nodes:
      core1: {kind: switch}
      core2: {kind: switch}
      h1: {kind: host, ports: {e0: core1, e1: core2}, bonds: {team: {members: [e0, e1], primary: e0}}}
      h2: {kind: host, ports: {e0: core1, e1: core2}, bonds: {team: {members: [e0, e1]}}}
    links: {peer: {endpoints: [core1, core2]}}
  workloads: {w1: {kind: udp, from: h2, to: h1}}
timeline:
  f1: {at: 11s, for: 27s, reboot: core1}
`, 76702 * time.Millisecond, 0},
		"what such a bond sends by itself does not come past that switch": {movedInTheDark + `
  workloads: {w1: {kind: udp, from: h2, to: h1}, w2: {kind: udp, from: h1, to: h3, interval: 3s}, w3: {kind: udp, from: h3, to: h1}}
timeline:
  f1: {at: 11s, reboot: core1}
`, 15703 * time.Millisecond, 0},
		"what it sends to somebody who has said nothing yet goes to all": {movedInTheDark + `
  workloads: {w1: {kind: udp, from: h2, to: h1}, w2: {kind: udp, from: h1, to: h3}}
timeline:
  f1: {at: 11s, reboot: core1}
`, 15 * time.Second, 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			sc, err := Parse("found.yaml", []byte(c.text), Options{})
			require.NoError(t, err)
			predicted, err := prediction.Predict(sc, model.Replay)
			require.NoError(t, err)
			earliest, latest := sim.Never, time.Duration(0)
			for _, p := range predicted {
				all := sim.HistoryOf(p).Outages("w1")
				require.NotEmpty(t, all)
				end := all[len(all)-1].To
				earliest, latest = min(earliest, end), max(latest, end)
			}
			assert.LessOrEqual(t, earliest, c.measured)
			assert.GreaterOrEqual(t, latest, c.measured)
			if c.within > 0 {
				assert.LessOrEqual(t, latest-earliest, c.within)
			}
		})
	}
}
