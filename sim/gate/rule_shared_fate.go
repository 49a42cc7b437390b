package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
)

func init() {
	registerSwept("shared-fate", "what is said to be redundant is lost all at once to one failure", finding.Error, sharedFate)
}

func sharedFate(c *Case) []finding.Finding {
	var all []finding.Finding
	for _, found := range c.Sweep.Contradictions {
		if !found.Whole {
			continue
		}
		for _, e := range causes(found.Fates[0]) {
			f := finding.Finding{
				Subject: found.Group.ID + ": " + c.subject(e), Workloads: found.Workloads, Remedy: remedies[e.Kind],
				Message: found.Group.ID + " says that one of its members is enough, yet " + c.name(e) + " takes all of them",
			}
			if len(found.Workloads) > 0 {
				f.Message += " and cuts " + report.Few(found.Workloads, 8)
			}
			put(&f, places(c.Plant, e))
			if f.Pos != found.Group.Pos {
				f.Also = append(f.Also, found.Group.Pos)
			}
			all = append(all, f)
		}
	}
	return all
}
