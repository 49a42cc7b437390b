package sweep

import (
	"fmt"
	"slices"
	"strings"
)

// Confirmation is what became of a set that was played on real packets too, beside the prediction.
type Confirmation struct {
	Fates []*Fate
	// Outages is how many were predicted and measured, where both agree.
	Outages int
	// Disagreements are where they do not.
	Disagreements []string
	// Doubt is why the run proves nothing; empty where it proves something.
	Doubt string
}

// Agrees says whether the measurement bears the prediction out.
func (c Confirmation) Agrees() bool { return c.Doubt == "" && len(c.Disagreements) == 0 }

// interest is why a set is worth playing on real packets: the lowest first.
type interest struct {
	fates   []*Fate
	rank    int // connected yet down, by a hash, cut
	members int // that are down
}

// Interesting are the sets that are most worth being played on real packets: those after which a workload is down
// although it is connected come first, for there a law decides and not a cable; then those by a hash, then cut sets.
// Smaller sets come before larger ones, and those that hit more members before others. A node that only cuts itself off
// is not interesting.
func (r *Result) Interesting(most int) [][]*Fate {
	all := r.interests()
	slices.SortStableFunc(all, func(a, b interest) int {
		for _, d := range []int{a.rank - b.rank, len(a.fates) - len(b.fates), b.members - a.members} {
			if d != 0 {
				return d
			}
		}
		return strings.Compare(together(a.fates), together(b.fates))
	})
	var sets [][]*Fate
	seen := map[string]bool{}
	for _, x := range all {
		if name := together(x.fates); len(sets) < most && !seen[name] {
			seen[name] = true
			sets = append(sets, x.fates)
		}
	}
	return sets
}

func (r *Result) interests() []interest {
	var all []interest
	if r.Behaviour != nil {
		for _, f := range r.Behaviour.Workloads {
			for _, s := range f.Sets {
				if len(s.Connected) > 0 {
					all = append(all, interest{s.Fates, flag(s.Sometimes), len(s.Connected)})
				}
			}
		}
	}
	const cut = 2
	for _, w := range r.Workloads {
		for _, c := range w.Cuts {
			if !c.End {
				all = append(all, interest{c.Fates, cut, len(c.Members)})
			}
		}
	}
	return all
}

// writeConfirmed says what real packets had to say.
func writeConfirmed(b *strings.Builder, all []Confirmation) {
	if len(all) == 0 {
		return
	}
	b.WriteString("\nPlayed in the kernel world, measured against what the model says\n")
	for _, c := range all {
		switch {
		case c.Doubt != "":
			fmt.Fprintf(b, "  ?  %s: proves nothing: %s\n", together(c.Fates), c.Doubt)
		case c.Agrees():
			fmt.Fprintf(b, "  ✓  %s: both worlds agree on %s\n", together(c.Fates), plural(c.Outages, "outage"))
		default:
			fmt.Fprintf(b, "  ✗  %s: the worlds disagree\n", together(c.Fates))
			for _, d := range c.Disagreements {
				fmt.Fprintf(b, "       %s\n", d)
			}
		}
	}
}
