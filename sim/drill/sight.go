package drill

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// Sight is a line of sight of the table's monitoring: from where a member of it runs to a node that something runs on.
// Monitoring is on the plant like everything else, so whether it reaches what it watches is for the plant to say: the
// world sends real packets there, or predicts what would become of them.
type Sight struct {
	Member   int
	From, To *topology.Node
}

// Aspect is what a sight is called in the log: the subject is "monitor sees hv1".
func (s Sight) Aspect() string { return "sees " + s.To.ID }

// Sights lists where the monitoring must see to know how workloads are; none where the script names no monitoring.
func (s *Script) Sights(sc *sim.Scenario) []Sight {
	watching := slices.IndexFunc(sc.Uses, func(u *sim.Use) bool { return u.ID == s.Monitoring })
	if watching < 0 {
		return nil
	}
	var all []Sight
	for i, m := range sc.Uses[watching].Members {
		for _, to := range watched(sc) {
			if from := m.Talk.Flow().From; from != to {
				all = append(all, Sight{i, from, to})
			}
		}
	}
	return all
}

// watched lists the nodes at which workloads are looked at, in the plant's order.
func watched(sc *sim.Scenario) []*topology.Node {
	at := map[*topology.Node]bool{}
	for _, u := range sc.Uses {
		for _, m := range u.Members {
			at[seenAt(m)] = true
		}
	}
	var all []*topology.Node
	for _, n := range sc.Plant.Nodes {
		if at[n] {
			all = append(all, n)
		}
	}
	return all
}

// seenAt is where a member is looked at: a virtual machine at its host, a conversation at the end that answers.
func seenAt(m *sim.Member) *topology.Node {
	if _, guest := m.Talk.(sim.Resident); guest {
		return m.Talk.Flow().From
	}
	return m.Talk.Flow().To
}
