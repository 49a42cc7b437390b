package gate

import (
	"fmt"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/sweep"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	registerSwept("bandwidth", "what workloads declare to want cannot be carried, as things are or after one failure", finding.Warning, bandwidth)
}

func bandwidth(c *Case) []finding.Finding {
	if c.Sweep.Bandwidth == nil {
		return nil
	}
	var all []finding.Finding
	for _, q := range c.Sweep.Bandwidth.Demands {
		all = append(all, c.whole(q))
		worst := worstSqueezed(q)
		if worst == nil || q.Use != nil && c.Policy.of(q.Use).Failures == 0 {
			continue
		}
		e := worst.Fates[0].Elements[0]
		f := c.squeezed(q, "after one failure", worst.Wants, worst.Left)
		f.Severity = ""
		f.Message = fmt.Sprintf("%s wants %s, and without %s %s of it can be carried", wanting(q), worst.Wants, c.name(e), worst.Left)
		put(&f, places(c.Plant, e))
		all = append(all, f)
	}
	return all
}

// whole is what can be carried as things are: a note, unless that is too little.
func (c *Case) whole(q *sweep.Squeeze) finding.Finding {
	f := c.squeezed(q, "as things are", q.Wants, q.Whole)
	f.Message = fmt.Sprintf("%s wants %s, and %s of it can be carried", wanting(q), q.Wants, q.Whole)
	if q.Whole >= q.Wants {
		f.Severity = finding.Note
	}
	return f
}

func (c *Case) squeezed(q *sweep.Squeeze, when string, wants, left topology.Bitrate) finding.Finding {
	f := finding.Finding{
		Subject: wanting(q) + " " + when, Measure: float64(wants - left), Remedy: "add links, or faster ones, between its ends",
	}
	if q.Use != nil {
		f.Workloads, f.Pos = []string{q.Use.ID}, q.Use.Pos
	}
	return f
}

// wanting names who wants it.
func wanting(q *sweep.Squeeze) string {
	if q.Use == nil {
		return "all together"
	}
	return q.Use.ID
}

// worstSqueezed is the single failure that leaves the least; nil when none leaves too little.
func worstSqueezed(q *sweep.Squeeze) *sweep.Squeezed {
	for i := range q.Sets {
		if len(q.Sets[i].Fates) == 1 {
			return &q.Sets[i]
		}
	}
	return nil
}
