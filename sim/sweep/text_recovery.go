package sweep

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
)

// recoveryLegend says which sets were played, and how.
const recoveryLegend = "%s of %s sets, those that hit most, each once in the model with %s.\n" +
	"What nobody has work for comes back after the longest repair that the rates know."

// Told is the same in words, for people.
func (x *Recoveries) Told() *finding.Recoveries {
	told := &finding.Recoveries{Asked: fmt.Sprintf(recoveryLegend, counted(len(x.All)), counted(x.Of), x.People)}
	for i := range x.All {
		r := &x.All[i]
		one := finding.Recovery{What: r.name(), Stuck: r.Stuck}
		for _, w := range r.Workloads {
			one.Gone = append(one.Gone, finding.Outage{Workload: w.Use.ID, For: w.gone()})
		}
		if r.Longest != "" {
			one.Longest, one.Took = r.Longest, report.Duration(r.Took)
		}
		told.All = append(told.All, one)
	}
	return told
}

// writeRecoveries writes how people get over the sets that hit most.
func writeRecoveries(b *strings.Builder, x *Recoveries) error {
	told := x.Told()
	fmt.Fprintf(b, "\nWorst recoveries: %s\n\n", told.Asked)
	columns := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for i := range told.All {
		r := &told.All[i]
		if len(r.Gone) == 0 {
			fmt.Fprintf(columns, "  -\t%s\tnobody is gone\n", r.What)
			continue
		}
		var each []string
		for _, g := range r.Gone {
			each = append(each, g.Workload+" "+g.For)
		}
		fmt.Fprintf(columns, "  %s\t%s\t%s\n", r.Worst(), r.What, report.Few(each, 4))
		if r.Longest != "" {
			fmt.Fprintf(columns, "   ·\t%s\t%s\n", r.Took, r.Longest)
		}
		if r.Stuck != "" {
			fmt.Fprintf(columns, "   ·\tin vain\t%s\n", r.Stuck)
		}
	}
	return columns.Flush()
}

// name says what failed.
func (x *Recovery) name() string {
	all := make([]string, len(x.By))
	for i, elements := range x.By {
		if all[i] = x.Fates[i].String(); len(elements) == 1 {
			all[i] = elements[0].String()
		}
	}
	return strings.Join(all, " + ")
}

type recoveriesJSON struct {
	People string         `json:"people"`
	Of     int            `json:"of"` // sets that could have been played
	Sets   []recoveryJSON `json:"sets"`
}

type recoveryJSON struct {
	Fails     []fateJSON      `json:"fails"`
	By        [][]Element     `json:"by"` // what failed, of each
	Workloads []recoveredJSON `json:"workloads"`
	Longest   string          `json:"longest,omitempty"`
	Took      float64         `json:"longest_seconds,omitempty"`
	Stuck     string          `json:"stuck,omitempty"`
}

type recoveredJSON struct {
	ID   string   `json:"id"`
	Gone *float64 `json:"gone_seconds"` // null: it was not over after a week
}

func (x *Recoveries) json() *recoveriesJSON {
	j := &recoveriesJSON{People: x.People, Of: x.Of, Sets: []recoveryJSON{}}
	for _, r := range x.All {
		one := recoveryJSON{
			Fails: fatesJSON(r.Fates), By: r.By, Workloads: []recoveredJSON{}, Longest: r.Longest, Took: r.Took.Seconds(), Stuck: r.Stuck,
		}
		for _, w := range r.Workloads {
			one.Workloads = append(one.Workloads, recoveredJSON{w.Use.ID, w.seconds()})
		}
		j.Sets = append(j.Sets, one)
	}
	return j
}
