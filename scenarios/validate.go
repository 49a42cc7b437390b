package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Validate reads a file, or something built in, and says in a few words what it is. The error is as that of Load; with a
// *Later the words are right all the same. Every variant is read too: it may be wrong where the scenario is not.
func Validate(nameOrPath string) (string, error) {
	if topology.IsBuiltin(nameOrPath) {
		p, err := Topology(nameOrPath)
		if err != nil {
			return "", err
		}
		return describePlant(p), nil
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
		return validatePlant(src)
	}
	sc, err := parse(src, Options{})
	if sc == nil {
		return "", err
	}
	var ps yamlfile.Problems
	for _, e := range root.Lookup("variants").Entries() {
		if v, err := parse(src, Options{Variant: e.Key}); v == nil {
			ps.Take(e.KeyPos, inVariant(e.Key, err))
		}
	}
	if wrong := ps.Err(); wrong != nil {
		return "", wrong
	}
	return describeScenario(sc, len(root.Lookup("variants").Entries())), err
}

// validatePlant reads a plant as one that is to be broken: what its workloads say is looked at too.
func validatePlant(src source) (string, error) {
	root, err := readPlant(src.name, src.data)
	if err != nil {
		return "", err
	}
	l := loader{dir: src.dir}
	sc, err := l.load(yamlfile.NewMap(yamlfile.Entry{Key: "topology", Value: withName(root, src.name)}), "validate")
	if sc == nil {
		return "", err
	}
	return describePlant(sc.Plant), err
}

// inVariant says of problems in which variant they are: their places may be those of the scenario, which is right.
func inVariant(name string, err error) error {
	var ps yamlfile.Problems
	if !errors.As(err, &ps) {
		return err
	}
	ps = slices.Clone(ps)
	for i := range ps {
		ps[i].Msg = "variant " + name + ": " + ps[i].Msg
	}
	return ps
}

// isScenario tells a scenario from a plant: it has a timeline beside a plant that it names or holds.
func isScenario(root *yamlfile.Node) bool {
	return root.Lookup("timeline") != nil && root.Lookup("topology").Lookup("nodes") == nil
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

func describePlant(p *topology.Plant) string {
	return fmt.Sprintf("topology %s: %s, %s, %s, %s", p.Name, count(len(p.Nodes), "node"),
		count(len(p.Links), "link"), count(len(p.Networks), "network"), count(len(p.Workloads), "workload"))
}

func describeScenario(sc *sim.Scenario, variants int) string {
	text := fmt.Sprintf("scenario %s on %s: %s, %s, %s", sc.Name, sc.Plant.Name,
		count(len(sc.Timeline), "fault"), count(len(sc.Uses), "workload"), count(len(sc.Expect), "expectation"))
	if variants > 0 {
		text += ", " + count(variants, "variant")
	}
	return text
}

// count is "1 node", "2 nodes".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}
