package scenarios

import (
	"fmt"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Validate reads a file, or something built in, and says in a few words what it is. The error is as that of Load; with a
// *Later the words are right all the same. Every variant is read too: it may be wrong where the scenario is not.
func Validate(nameOrPath string) (string, error) {
	if topology.IsBuiltin(nameOrPath) {
		return describePlant(Topology(nameOrPath))
	}
	src, err := scenarioSource(nameOrPath)
	if err != nil {
		return "", err
	}
	root, err := yamlfile.Parse(src.name, src.data)
	if err != nil {
		return "", err
	}
	if isTopology(root) {
		return describePlant(topology.FromNode(withName(root, src.name)))
	}
	sc, err := parse(src, Options{})
	if sc == nil {
		return "", err
	}
	var ps yamlfile.Problems
	for _, e := range root.Lookup("variants").Entries() {
		if v, err := parse(src, Options{Variant: e.Key}); v == nil {
			ps.Take(e.KeyPos, err)
		}
	}
	if wrong := ps.Err(); wrong != nil {
		return "", wrong
	}
	return describeScenario(sc, len(root.Lookup("variants").Entries())), err
}

// isTopology tells a plant from a scenario: where a scenario names its plant, a plant has its nodes.
func isTopology(root *yamlfile.Node) bool {
	for _, key := range []string{"timeline", "story", "expect", "must_survive", "variants"} {
		if root.Lookup(key) != nil {
			return false
		}
	}
	return root.Lookup("networks") != nil || root.Lookup("topology").Lookup("nodes") != nil || root.Lookup("groups") != nil
}

func describePlant(p *topology.Plant, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("topology %s: %d nodes, %d links, %d networks, %d workloads",
		p.Name, len(p.Nodes), len(p.Links), len(p.Networks), len(p.Workloads)), nil
}

func describeScenario(sc *sim.Scenario, variants int) string {
	text := fmt.Sprintf("scenario %s on %s: %d faults, %d workloads, %d expectations",
		sc.Name, sc.Plant.Name, len(sc.Timeline), len(sc.Uses), len(sc.Expect))
	if variants > 0 {
		text += fmt.Sprintf(", %d variants", variants)
	}
	return text
}
