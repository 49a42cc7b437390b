package sweep

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/sim/report"
)

// writeBehaviour writes what was played, apart from what is structural. Of the sets that bring a workload down it shows
// those that leave a path: the others are the cut sets above.
func writeBehaviour(b *strings.Builder, x *Behaviour) error {
	b.WriteString(behaviourLegend + x.covered() + "\n")
	if len(x.Unserved) > 0 {
		fmt.Fprintf(b, "not played, for not all of it is served when nothing has failed: %s\n", report.Few(x.Unserved, 8))
	}
	masked := 0
	for _, f := range x.Workloads {
		masked += f.Masked
	}
	shown := 0
	for _, sometimes := range []bool{false, true} {
		for _, t := range x.tables(sometimes) {
			shown++
			fmt.Fprintf(b, "\n%s, %s: connected, yet %s\n", t.title, plural(t.members, "member"), downWords[sometimes])
			rows, _ := fold(t.cuts)
			if err := t.writeRows(b, rows); err != nil {
				return err
			}
		}
	}
	if shown == 0 && len(x.Workloads) > 0 {
		b.WriteString("\nconnected, yet down: nothing, what has a path is served\n")
	}
	if masked > 0 {
		fmt.Fprintf(b, "\n%s a workload up although a part of it brings that down: one failure hides another\n", keep(masked))
	}
	return nil
}

// downWords say how sure it is that a workload is down.
var downWords = map[bool]string{false: "down", true: "down or not by the hash of two equal paths"}

func keep(n int) string {
	if n == 1 {
		return "1 set keeps"
	}
	return plural(n, "set") + " keep"
}

// covered says how much was played.
func (x *Behaviour) covered() string {
	var parts []string
	for _, c := range x.Covers {
		if c.Exact() {
			parts = append(parts, fmt.Sprintf("all %s %s", grouped(c.All), manyOf[c.Failures]))
		} else {
			parts = append(parts, fmt.Sprintf("%d of %s %s", c.Played, grouped(c.All), manyOf[c.Failures]))
		}
	}
	text := report.And(parts)
	if x.Exact() {
		return text + "."
	}
	return text + ".\n" + fmt.Sprintf("NOT EXACT: a sample, drawn with seed %d; what was not drawn may bring workloads down as well.", x.Seed)
}

// tables are those of the workloads that some set brings down although it leaves a path, for sure or by a hash only;
// inferred ones are one.
func (x *Behaviour) tables(sometimes bool) []table {
	var all []table
	inferred := table{title: "hosts that reach each other, and the outside where there is one"}
	at := map[string]int{}
	for _, f := range x.Workloads {
		t := table{title: f.Use.ID + " · " + f.Use.Kind, members: len(f.Use.Members)}
		for _, s := range f.Sets {
			if len(s.Connected) > 0 && s.Sometimes == sometimes {
				t.cuts = append(t.cuts, Cut{Fates: s.Fates, Members: s.Connected})
			}
		}
		switch {
		case f.Use.Inferred:
			inferred.members += t.members
			inferred.take(t.cuts, at)
		case len(t.cuts) > 0:
			all = append(all, t)
		}
	}
	if len(inferred.cuts) > 0 {
		slices.SortStableFunc(inferred.cuts, func(a, b Cut) int { return len(a.Fates) - len(b.Fates) })
		all = append(all, inferred)
	}
	return all
}

// take adds the sets of a conversation that nobody declared; at says where each is already.
func (t *table) take(cuts []Cut, at map[string]int) {
	for _, c := range cuts {
		name := together(c.Fates)
		i, known := at[name]
		if !known {
			at[name] = len(t.cuts)
			t.cuts = append(t.cuts, c)
			continue
		}
		t.cuts[i].Members = append(t.cuts[i].Members[:len(t.cuts[i].Members):len(t.cuts[i].Members)], c.Members...)
	}
}
