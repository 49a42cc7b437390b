package drill

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
)

// Rerun makes ready to play the scenario of a drill without and with a patch laid over it, repaired by the scenario's own
// people. What is wrong with the patch is its error; play takes some time and is called on no loop.
type Rerun func(patch string) (play func() (without, with *sim.Log, err error), err error)

// finding is something to be improved: who sees to it and until when, and what would have come of it.
func finding(r *Room, c Command) error {
	d := sim.FindingData{
		Objective: c.Args["objective"], Text: strings.TrimSpace(c.Args["text"]), Action: c.Args["action"], Owner: c.Args["owner"],
		Until: c.Args["until"], Remedy: c.Args["remedy"], Patch: strings.TrimSpace(c.Args["patch"]),
	}
	if d.Text == "" {
		return fmt.Errorf("a finding of what? there is no text")
	}
	if err := r.objective(c, true); err != nil {
		return err
	}
	play, err := r.remedy(&d)
	if err != nil {
		return err
	}
	seq := r.log.Add(r.cause, "", d)
	if play != nil {
		go r.replay(seq, d.Remedy, play)
	}
	return nil
}

// remedy finds the patch of a finding that names a variant, and makes it ready to be played; nil when there is nothing to play.
func (r *Room) remedy(d *sim.FindingData) (play func() (without, with *sim.Log, err error), err error) {
	if d.Patch == "" && d.Remedy != "" {
		known := false
		if d.Patch, known = r.Script.Remedies[d.Remedy]; !known {
			return nil, topology.NewUnknown("variant", d.Remedy, slices.Sorted(maps.Keys(r.Script.Remedies)))
		}
	}
	if d.Patch == "" {
		return nil, nil
	}
	if d.Remedy == "" {
		d.Remedy = "patch"
	}
	if r.rerun == nil {
		return nil, nil
	}
	return r.rerun(d.Patch)
}

// replay plays a remedy and writes down what came of it. It is called on a goroutine of its own.
func (r *Room) replay(seq int, remedy string, play func() (without, with *sim.Log, err error)) {
	without, with, err := play()
	d := RerunOf(remedy, without, with, err)
	r.Loop().Post(func() { r.log.Add(seq, "", d) })
}

// RerunOf is what came of playing a remedy.
func RerunOf(remedy string, without, with *sim.Log, err error) sim.RerunData {
	if err != nil {
		return sim.RerunData{Remedy: remedy, Failed: err.Error()}
	}
	return sim.RerunData{
		Remedy: remedy, World: with.Header().World,
		Without: report.ReadRow("", without).Toll(), With: report.ReadRow(remedy, with).Toll(),
	}
}

// Remedy is what a finding asks to be mended with.
type Remedy struct{ Name, Patch string }

// RemediesOf lists the remedies of a drill's findings that can be played, each once.
func RemediesOf(log *sim.Log) []Remedy {
	var all []Remedy
	for _, f := range findings(log.Events()) {
		r := Remedy{f.d.Remedy, f.d.Patch}
		if r.Patch != "" && !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}
