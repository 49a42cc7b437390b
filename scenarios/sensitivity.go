package scenarios

import (
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Knob is something that a scenario's author was not sure of.
type Knob struct {
	Name string
	// Of is the way to it in the file: "teams.noc.people".
	Of     string
	Values []string
}

// Sensitivity is what a scenario says of how sure its author was: what is to be turned, and what is looked at.
type Sensitivity struct {
	Milestone string
	Knobs     []Knob
}

// sensitivity is the section as typed.
type sensitivity struct {
	Milestone string                     `yaml:"milestone" doc:"what is looked at; all-booted by default"`
	Knobs     yamlfile.Ordered[knobSpec] `yaml:"knobs" doc:"what is turned, keyed by name"`
}

type knobSpec struct {
	Pos    yamlfile.Pos
	Of     yamlfile.Word `yaml:"of,required" doc:"where it stands in this file, such as teams.noc.people"`
	Values []string      `yaml:"values,required" doc:"what it is set to, one after the other"`
}

// mostRuns bounds a sensitivity table: at a twentieth of a second each, a minute.
const mostRuns = 1000

// check looks whether everything that is turned is there.
func (s *sensitivity) check(root *yamlfile.Node, ps *yamlfile.Problems) {
	if s.Milestone != "" && !slices.Contains(sim.Milestones(), s.Milestone) {
		ps.Add(root.Lookup("sensitivity").Pos(), yamlfile.Suggest(s.Milestone, sim.Milestones()), "no milestone %q", s.Milestone)
	}
	runs := 1
	for _, k := range s.Knobs {
		if at(root, k.Value.Of.Text) == nil {
			ps.Add(k.Value.Of.Pos, "", "there is no %s in this scenario", k.Value.Of.Text)
		}
		if runs *= len(k.Value.Values); runs == 0 {
			ps.Add(k.Pos, "", "%s has no values", k.Key)
		}
	}
	if runs > mostRuns {
		ps.Add(root.Lookup("sensitivity").Pos(), "", "that is %d runs, at most %d", runs, mostRuns)
	}
}

// at finds a place in a file by its way.
func at(n *yamlfile.Node, way string) *yamlfile.Node {
	for _, key := range strings.Split(way, ".") {
		if n = n.Lookup(key); n == nil {
			return nil
		}
	}
	return n
}

// SensitivityOf reads what a scenario wants turned.
func SensitivityOf(nameOrPath string) (*Sensitivity, error) {
	root, err := rootOf(nameOrPath)
	if err != nil {
		return nil, err
	}
	var spec sensitivity
	var ps yamlfile.Problems
	yamlfile.Decode(root.Lookup("sensitivity"), &spec, &ps)
	if spec.check(root, &ps); len(spec.Knobs) == 0 && len(ps) == 0 {
		ps.Add(root.Pos(), "give it sensitivity: {knobs: {people: {of: teams.noc.people, values: [2, 4]}}}", "the scenario does not say what to turn")
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	s := &Sensitivity{Milestone: spec.Milestone}
	if s.Milestone == "" {
		s.Milestone = sim.AllBooted
	}
	for _, k := range spec.Knobs {
		s.Knobs = append(s.Knobs, Knob{k.Key, k.Value.Of.Text, k.Value.Values})
	}
	return s, nil
}

// Setting is one place of a scenario set to another value.
type Setting struct{ Of, Value string }

// apply lays the setting over a scenario.
func (s Setting) apply(root *yamlfile.Node) *yamlfile.Node {
	n := yamlfile.NewScalar(s.Value)
	keys := strings.Split(s.Of, ".")
	for i := len(keys) - 1; i >= 0; i-- {
		n = yamlfile.NewMap(yamlfile.Entry{Key: keys[i], Value: n})
	}
	return yamlfile.Merge(root, n)
}
