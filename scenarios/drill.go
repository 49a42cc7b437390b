package scenarios

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// ErrNoScript is a scenario that nobody can practise with.
var ErrNoScript = errors.New("it has no script (drill:) for a facilitator")

// LoadDrill is Load for a scenario that people practise with: it has a script for the facilitator, too.
func LoadDrill(nameOrPath string, o Options) (*sim.Scenario, *drill.Script, error) {
	src, err := scenarioSource(nameOrPath)
	if err != nil {
		return nil, nil, err
	}
	sc, err := parse(src, o)
	if err != nil {
		return nil, nil, err
	}
	root, err := yamlfile.Parse(src.name, src.data)
	if err != nil {
		return nil, nil, err
	}
	n := root.Lookup("drill")
	if n.Kind() == yamlfile.Null {
		return nil, nil, fmt.Errorf("%s is no drill: %w; there are %s", sc.Name, ErrNoScript, strings.Join(Drills(), ", "))
	}
	var ps yamlfile.Problems
	script := drill.Read(n, sc, &ps)
	return sc, script, ps.Err()
}

// Drills lists the built-in scenarios that have a script.
func Drills() []string {
	var all []string
	for _, name := range Names() {
		text, _ := Text(name)
		if root, err := yamlfile.Parse(name, []byte(text)); err == nil && root.Lookup("drill").Kind() != yamlfile.Null {
			all = append(all, name)
		}
	}
	return all
}

// checkDrill finds what is wrong with a script beside all else that is wrong with its file.
func (l *loader) checkDrill(n *yamlfile.Node, sc *sim.Scenario) {
	if n.Kind() != yamlfile.Null {
		drill.Read(n, sc, &l.ps)
	}
}
