package sweep

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	_ "github.com/dcdrill/dcdrill/sim/check" // registers its kinds
	_ "github.com/dcdrill/dcdrill/sim/fault" // registers its kinds
	"github.com/dcdrill/dcdrill/sim/model"
	_ "github.com/dcdrill/dcdrill/sim/workload" // registers its kinds
	"github.com/dcdrill/dcdrill/topology"
)

// TestWhatIsCutIsDownInTheModel plays every cut set of the built-in plants: no protocol finds a way where there is none.
// The reverse is not so, for a protocol need not take the way that is there.
func TestWhatIsCutIsDownInTheModel(t *testing.T) {
	for _, name := range []string{"two-core", "leaf-spine", "two-tier:racks=3,hosts=1", "fat-tree"} {
		t.Run(name, func(t *testing.T) {
			sc, err := scenarios.Try(name, nil, scenarios.Options{})
			require.NoError(t, err)
			r, err := Run(t.Context(), sc.Plant, sc.Uses, Options{})
			require.NoError(t, err)
			for set, cut := range cutMembers(r) {
				log := play(t, name, sc.Plant, r, set)
				for _, m := range cut {
					assert.True(t, downAtTheEnd(log, m), "%s is up without %s", m, set)
				}
			}
		})
	}
}

// cutMembers gives the members that a cut set cuts, over all workloads, by its name.
func cutMembers(r *Result) map[string][]string {
	by := map[string][]string{}
	for _, w := range r.Workloads {
		for _, c := range w.Cuts {
			by[together(c.Fates)] = append(by[together(c.Fates)], subjects(c.Members)...)
		}
	}
	return by
}

// play plays the loss of all fates of a cut set at once.
func play(t *testing.T, name string, p *topology.Plant, r *Result, set string) *sim.Log {
	t.Helper()
	var faults []string
	for _, w := range r.Workloads {
		i := slices.IndexFunc(w.Cuts, func(c Cut) bool { return together(c.Fates) == set })
		if i < 0 {
			continue
		}
		for _, f := range w.Cuts[i].Fates {
			faults = append(faults, f.Elements[len(f.Elements)-1].Faults(p)...)
		}
		break
	}
	sc, err := scenarios.Try(name, faults, scenarios.Options{})
	require.NoError(t, err, "%v", faults)
	log, err := sim.Play(t.Context(), model.Engine{}, sc, sim.Options{})
	require.NoError(t, err)
	return log
}

func downAtTheEnd(log *sim.Log, member string) bool {
	outages := sim.HistoryOf(log).OutagesOf(member)
	return len(outages) > 0 && outages[len(outages)-1].Open
}

// TestClientsOutsideReachMachinesInANetwork: who asks a machine need not be in its network. Its packets come in by that
// one.
func TestClientsOutsideReachMachinesInANetwork(t *testing.T) {
	const file = `topology: two-core-vms
workloads:
  lan-vm: {kind: vm, on: hv1, disk: ds1, network: lan, service: web}
  pages:  {kind: http, from: isp, to: lan-vm}
timeline: {}
`
	sc, err := scenarios.Parse("clients.yaml", []byte(file), scenarios.Options{})
	require.NoError(t, err)
	r, err := Run(t.Context(), sc.Plant, sc.Uses, Options{})
	require.NoError(t, err)
	for _, w := range r.Workloads {
		assert.Empty(t, w.Severed, w.Use.ID)
		if w.Use.ID != "pages" {
			continue
		}
		var alone []string
		for _, c := range w.Cuts {
			if len(c.Fates) == 1 {
				alone = append(alone, together(c.Fates))
			}
		}
		assert.Contains(t, alone, "edge1")
		assert.NotContains(t, alone, "core1")
		assert.NotContains(t, alone, "hv1:vmnic0")
	}
}

// TestWhoComesAsideNeedsTheWayBack: a host whose machine is reached by one network answers by another. Without a way by
// either there is no service.
func TestWhoComesAsideNeedsTheWayBack(t *testing.T) {
	const plant = `
networks:
  out:  {subnet: 10.0.1.0/24, gateway: r}
  mine: {subnet: 10.0.2.0/24, gateway: r}
topology:
  nodes:
    isp: {kind: external}
    r: {kind: router, ports: {wan: isp, a: {to: s1, networks: [out]}, b: {to: s2, networks: [mine]}}}
    s1: {kind: switch}
    s2: {kind: switch}
    h: {kind: host, ports: {e0: {to: s1, networks: [out]}, e1: {to: s2, networks: [mine]}}}
`
	p, err := topology.Parse("aside.yaml", []byte(plant))
	require.NoError(t, err)
	g := newGraph(p)
	flow := sim.Flow{From: p.Node("isp"), To: p.Node("h"), Networks: []*topology.Network{p.Network("mine")}}
	for _, lost := range []string{"", "s1", "s2", "r"} {
		h := newHarm(p, newFates(p))
		if lost != "" {
			h.nodes[p.Node(lost).Index]++
		}
		assert.Equal(t, lost == "", newFinder(g, h).flow(g.ways(flow), &path{}), "without %q", lost)
	}
}
