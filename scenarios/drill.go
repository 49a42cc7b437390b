package scenarios

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/sim/workload"
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
	return scripted(parseDrill(src, o))
}

// ReplayDrill makes the scenario and the script of a drill's log again.
func ReplayDrill(h sim.HeaderData) (*sim.Scenario, *drill.Script, error) {
	sc, script, err := scripted(parseDrill(source{name: "log", data: []byte(h.Text)}, Options{TopologyText: h.Topology}))
	if sc != nil {
		sc.Name = h.Scenario
	}
	return sc, script, err
}

// Remedied makes the scenario of a log's header again with a patch laid over it.
func Remedied(h sim.HeaderData, patch string) (*sim.Scenario, error) {
	sc, err := Parse("log", []byte(h.Text), Options{TopologyText: h.Topology, Patch: patch})
	if sc != nil {
		sc.Name = h.Scenario
	}
	return sc, err
}

// Rerun plays remedies of a drill's findings in the model.
func Rerun(sc *sim.Scenario) drill.Rerun {
	h := sim.HeaderData{Scenario: sc.Name, Text: sc.Text, Topology: sc.TopologyText}
	return func(patch string) (func() (without, with *sim.Log, err error), error) {
		before, err := Remedied(h, "")
		if err != nil {
			return nil, err
		}
		after, err := Remedied(h, patch)
		if err != nil {
			return nil, err
		}
		return func() (without, with *sim.Log, err error) {
			if without, err = model.Replay(before, sim.MiddlePhase); err == nil {
				with, err = model.Replay(after, sim.MiddlePhase)
			}
			return without, with, err
		}, nil
	}
}

// scripted wants a script.
func scripted(sc *sim.Scenario, script *drill.Script, err error) (*sim.Scenario, *drill.Script, error) {
	if err == nil && script == nil {
		err = fmt.Errorf("%s is no drill: %w; there are %s", sc.Name, ErrNoScript, strings.Join(Drills(), ", "))
	}
	if err != nil {
		return sc, script, err
	}
	return sc, script, lookOut(sc, script)
}

// lookOut gives the table's monitoring its eyes: it looks at every node that it reaches while all is well.
func lookOut(sc *sim.Scenario, s *drill.Script) error {
	at := slices.IndexFunc(sc.Uses, func(u *sim.Use) bool { return u.ID == s.Monitoring })
	if at < 0 {
		return nil
	}
	use := sc.Uses[at]
	before := len(use.Watches)
	for _, sight := range s.Sights(sc) {
		flow, of := sim.Flow{From: sight.From, To: sight.To}, use.Members[sight.Member].Talk
		enlist(use, []sim.Talk{workload.NewSight(sight.Member, sight.Aspect(), flow, of)})
	}
	blocked, err := unserved(sc)
	if err != nil {
		return fmt.Errorf("find out what the monitoring sees: %w", err)
	}
	sees := slices.DeleteFunc(use.Watches[before:], func(m *sim.Member) bool { return blocked[m.Subject()] })
	use.Watches = use.Watches[:before+len(sees)]
	return nil
}

// unserved lists who is not served before anything has happened.
func unserved(sc *sim.Scenario) (map[string]bool, error) {
	still := *sc
	still.Timeline, still.Recovery, still.MustSurvive, still.Expect = nil, nil, nil, nil
	log, err := sim.Play(context.Background(), model.Engine{}, &still, sim.Options{})
	if err != nil {
		return nil, err
	}
	all := map[string]bool{}
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.SteadyData); ok {
			for _, subject := range d.Unserved {
				all[subject] = true
			}
		}
	}
	return all, nil
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

// readDrill reads the script, and finds what is wrong with it beside all else that is wrong with its file.
func (l *loader) readDrill(n, variants *yamlfile.Node, sc *sim.Scenario) {
	if n.Kind() == yamlfile.Null {
		return
	}
	l.script = drill.Read(n, sc, &l.ps)
	l.script.Remedies = map[string]string{}
	for _, e := range variants.Entries() {
		l.script.Remedies[e.Key] = e.Value.String()
	}
}
