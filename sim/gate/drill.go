package gate

import (
	"context"
	"errors"
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Drill is a scenario that was played on the plant.
type Drill struct {
	Name   yamlfile.Word
	Report *report.Report
}

// Play plays a scenario, by its name or file, on the plant that is checked.
type Play func(ctx context.Context, scenario string) (*sim.Log, error)

// drills plays scenarios. What is wrong with one is said at the place that names it, unless it has a place of its own.
func drills(ctx context.Context, play Play, names []yamlfile.Word) ([]*Drill, error) {
	var all []*Drill
	var ps yamlfile.Problems
	for _, name := range names {
		log, err := play(ctx, name.Text)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			ps.Take(name.Pos, placed(err, name.Pos))
			continue
		}
		all = append(all, &Drill{name, report.Read(log)})
	}
	return all, ps.Err()
}

// placed gives problems that have no place of their own, such as a file that is not there, the place that names it.
func placed(err error, at topology.Pos) error {
	var ps yamlfile.Problems
	if !errors.As(err, &ps) {
		return err
	}
	ps = slices.Clone(ps)
	for i := range ps {
		if ps[i].Pos.Line == 0 {
			ps[i].Pos, ps[i].Line = at, at.Source()
		}
	}
	return ps
}
