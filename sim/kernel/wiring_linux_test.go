package kernel

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology"
)

func stand(t *testing.T, p *topology.Plant) *fabric {
	t.Helper()
	f, err := build(p, false, false)
	require.NoError(t, err)
	t.Cleanup(f.close)
	return f
}

func TestKernelEverybodyReachesEverybody(t *testing.T) {
	p := twoCore()
	f := stand(t, p)
	for _, a := range p.Nodes {
		for _, i := range a.Interfaces {
			for _, b := range p.Nodes {
				if j := b.Interface(i.Network); j != nil && a != b {
					reaches(t, f, a, j.Addr.Addr())
				}
			}
		}
	}
}
