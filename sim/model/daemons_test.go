package model

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

const twoBirds = `topology:
  nodes:
    left:  {kind: router, daemons: {bird: left.conf}}
    right: {kind: router, daemons: {bird: right.conf}, ports: {e1: left}}
    pc:    {kind: host, ports: {eth0: {to: left, networks: [lan]}}}
networks: {lan: {subnet: 10.0.0.0/24, gateway: left}}
routing: {hello: 30s, hold: 90s}
`

func TestTheLawSpeaksForDaemonsWhereTheFileSaysTheirTimers(t *testing.T) {
	for _, c := range []struct{ name, from, to, why string }{
		{"said for all", "", "", ""},
		{"not said", "routing: {hello: 30s, hold: 90s}", "", "router left runs daemons, and the plant does not say"},
		{"only convergence is said", "{hello: 30s, hold: 90s}", "{convergence: 1s}", "the plant does not say"},
		{"a router without any", ", daemons: {bird: right.conf}", "", "router right runs none"},
		{"on hosts they route nothing", "kind: host", "kind: host, daemons: {bird: pc.conf}", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := twoBirds
			if c.from != "" {
				text = strings.Replace(text, c.from, c.to, 1)
			}
			p, err := topology.Parse("plant.yaml", []byte(text))
			require.NoError(t, err)
			why := Lawless(p)
			if c.why == "" {
				assert.Empty(t, why)
				return
			}
			assert.Contains(t, why, c.why)
			_, err = Engine{}.Open(t.Context(), nil, sim.Env{Plant: p})
			require.ErrorIs(t, err, sim.ErrUnsupported)
			assert.ErrorContains(t, err, c.why)
		})
	}
}
