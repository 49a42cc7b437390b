package gate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/sweep"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Options say how a plant is checked.
type Options struct {
	// Policy is AnyOne where it is nil.
	Policy *Policy
	// Depth is how many failures at once are looked at, if the policy asks for less.
	Depth int
	// Scenarios are played beside those of the policy.
	Scenarios []yamlfile.Word
	// Today is the day that waivers are held against.
	Today    time.Time
	Progress func(what string, done, of int)
}

// Candidate is a plant that wants in.
type Candidate struct {
	Name  string // the file's
	Plant *topology.Plant
	Uses  []*sim.Use
	// Play plays a scenario on it, and Trials single failures.
	Play   Play
	Trials sweep.Trials
	// Rates say how often things fail; nil: downtime is not worked out.
	Rates sweep.Rates
	// Notes say what was left out of it.
	Notes []string
}

// Check looks at a plant. The error is yamlfile.Problems where the policy names what is not there, the plant is in
// pieces or nobody talks to anybody.
func Check(ctx context.Context, x Candidate, o Options) (*finding.Report, error) {
	c := &Case{Plant: x.Plant, Uses: x.Uses, Policy: o.policy()}
	var ps yamlfile.Problems
	ps.Take(topology.Pos{}, InOnePiece(x.Plant))
	ps.Take(topology.Pos{}, c.Policy.names(c))
	ps.Take(topology.Pos{}, somebodyTalks(x))
	err := ps.Err()
	if err != nil {
		return nil, err
	}
	if c.Drills, err = drills(ctx, x.Play, o.scenarios()); err != nil {
		return nil, err
	}
	return c.report(ctx, x, o)
}

// Snapshot looks at a plant that others are to be compared with. It is not refused for what Check refuses: it is there.
func Snapshot(ctx context.Context, x Candidate, o Options) (*finding.Report, error) {
	c := &Case{Plant: x.Plant, Uses: x.Uses, Policy: o.policy()}
	if err := somebodyTalks(x); err != nil {
		return nil, err
	}
	for _, name := range o.scenarios() {
		played, err := drills(ctx, x.Play, []yamlfile.Word{name})
		if err != nil {
			x.Notes = append(x.Notes, "scenario "+name.Text+" does not play")
		}
		c.Drills = append(c.Drills, played...)
	}
	return c.report(ctx, x, o)
}

// report sweeps and has the rules look.
func (c *Case) report(ctx context.Context, x Candidate, o Options) (*finding.Report, error) {
	var err error
	depth := max(o.Depth, c.Policy.depth())
	if c.Sweep, err = sweep.Run(ctx, c.Plant, c.Uses, sweep.Options{Depth: depth, Progress: o.Progress}); err != nil {
		return nil, fmt.Errorf("check %s: %w", c.Plant.Name, err)
	}
	notes, err := c.played(ctx, x, o)
	if err != nil {
		return nil, err
	}
	r := &finding.Report{
		Command: "check", File: x.Name, Plant: c.Plant.Name, Asked: c.Policy.String(), Rules: catalogue(anyRule), FailOn: finding.FailOnError,
		Findings: c.accept(c.look(anyRule), o.Today), Notes: slices.Concat(x.Notes, c.Sweep.Notes, c.inferred(), notes),
	}
	if depth > c.Policy.depth() {
		r.Asked += "; " + compared[depth] + " failures at once are compared"
	}
	finding.Sort(r.Findings)
	return r, nil
}

// compared says how many failures at once a comparison looks at beyond what is asked.
var compared = [...]string{"", "single", "one and two", "up to three"}

// inferred says of a plant without workloads by what it was judged.
func (c *Case) inferred() []string {
	if !slices.ContainsFunc(c.Uses, func(u *sim.Use) bool { return u.Inferred }) {
		return nil
	}
	return []string{"no workloads are declared: hosts are to reach each other, and the outside where there is one"}
}

func (o Options) policy() *Policy {
	if o.Policy == nil {
		return AnyOne()
	}
	return o.Policy
}

func (o Options) scenarios() []yamlfile.Word { return slices.Concat(o.policy().Scenarios, o.Scenarios) }
