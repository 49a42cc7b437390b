package gate

import (
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/sim/sweep"
)

func init() {
	registerSwept("not-redundant", "without some of what is said to be redundant a workload is cut, though the rest still stands", finding.Error, notRedundant)
}

func notRedundant(c *Case) []finding.Finding {
	var all []finding.Finding
	for _, found := range c.Sweep.Contradictions {
		if found.Whole {
			continue
		}
		one := newCuts(c)
		one.add(elementsOf(found.Fates), "")
		all = append(all, one.findings(func(k *cutting, f *finding.Finding) {
			f.Subject, f.Workloads = found.Group.ID+": "+f.Subject, found.Workloads
			f.Message = found.Group.ID + " says that one of its members is enough, yet without " + k.called() + " there is no path for " + report.Few(found.Workloads, 8)
			f.Remedy = "give them a path by the others, or take it out of " + found.Group.ID
			if f.Pos != found.Group.Pos {
				f.Also = append(f.Also, found.Group.Pos)
			}
		})...)
	}
	return all
}

// elementsOf takes the first element of each fate: it stands for the others.
func elementsOf(fates []*sweep.Fate) []sweep.Element {
	var all []sweep.Element
	for _, f := range fates {
		all = append(all, f.Elements[0])
	}
	return all
}
