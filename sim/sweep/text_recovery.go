package sweep

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/dcdrill/dcdrill/sim/report"
)

const recoveryLegend = `
Worst recoveries: %s of %s sets, those that hit most, each once in the model with %s.
What nobody has work for comes back after the longest repair that the rates know.

`

// writeRecoveries writes how people get over the sets that hit most.
func writeRecoveries(b *strings.Builder, x *Recoveries) error {
	fmt.Fprintf(b, recoveryLegend, counted(len(x.All)), counted(x.Of), x.People)
	columns := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for i := range x.All {
		r := &x.All[i]
		if len(r.Workloads) == 0 {
			fmt.Fprintf(columns, "  -\t%s\tnobody is gone\n", r.name())
			continue
		}
		var each []string
		for _, w := range r.Workloads {
			each = append(each, w.Use.ID+" "+w.gone())
		}
		fmt.Fprintf(columns, "  %s\t%s\t%s\n", r.worst().gone(), r.name(), report.Few(each, 4))
		if r.Longest != "" {
			fmt.Fprintf(columns, "   ·\t%s\t%s\n", report.Duration(r.Took), r.Longest)
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
