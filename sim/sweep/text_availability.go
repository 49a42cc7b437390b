package sweep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
)

const availabilityLegend = `
Downtime a year of each workload's worst member, at the low and at the high end of all rates: how often a set of failures
comes, times the outage that the model plays for it, switching over, repair and boot included. Failures count that come
%s; more at once add %s to each at most.
`

// mostCauses is how many causes of a workload's downtime the text names.
const mostCauses = 3

// writeAvailability writes what a year costs, and from which rates.
func writeAvailability(b *strings.Builder, p *topology.Plant, a *Availability) error {
	fmt.Fprintf(b, availabilityLegend, upTo(a.Depth), report.Duration(a.Beyond))
	b.WriteString("\n")
	columns := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, d := range a.Workloads {
		fmt.Fprintf(columns, "  %s\t%s\t%s to %s up\n", d.Use.ID, fromTo(d.Low, d.High), percentUp(d.High), percentUp(d.Low))
		for _, c := range d.Causes[:min(len(d.Causes), mostCauses)] {
			fmt.Fprintf(columns, "   ·\t%s\t%s\n", fromTo(c.Low, c.High), together(c.Fates))
		}
	}
	if err := columns.Flush(); err != nil {
		return err
	}
	return a.writeRates(b, p)
}

func fromTo(low, high time.Duration) string {
	if low == high {
		return report.Duration(low)
	}
	return report.Duration(low) + " to " + report.Duration(high)
}

// percentUp is the part of a year that is left, to as many nines as there are and one digit more.
func percentUp(down time.Duration) string {
	part := 100 * float64(max(0, year-down)) / float64(year)
	digits := 1
	for rest := 100 - part; rest > 0 && rest < 1 && digits < 8; rest *= 10 {
		digits++
	}
	return strconv.FormatFloat(part, 'f', digits, 64) + " %"
}

// used lists the words by which the elements of a plant found their rates.
func (a *Availability) used(p *topology.Plant) []string {
	words := []string{hands}
	for _, f := range newFates(p).all {
		for _, e := range f.Elements {
			if word, _ := a.Rates.of(p, e); word != "" {
				words = append(words, word)
			}
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// writeRates says what it all rests on.
func (a *Availability) writeRates(b *strings.Builder, p *topology.Plant) error {
	b.WriteString("\nRates, of one part a year, and times to repair\n")
	columns := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, word := range a.used(p) {
		r := a.Rates[word]
		fmt.Fprintf(columns, "  %s\t%g to %g\t%s\t%s\n", word, r.PerYear[0], r.PerYear[1], fromTo(r.Repair[0], r.Repair[1]), r.Source)
	}
	return columns.Flush()
}

type availabilityJSON struct {
	Depth     int                 `json:"k"`
	Beyond    float64             `json:"beyond_seconds"` // what more failures at once could add to each
	Rates     map[string]rateJSON `json:"rates"`
	Workloads []downtimeJSON      `json:"workloads"`
}

type rateJSON struct {
	PerYear [2]float64 `json:"per_year"`
	Repair  [2]float64 `json:"repair_seconds"`
	Source  string     `json:"source,omitempty"`
}

type downtimeJSON struct {
	ID     string      `json:"id"`
	Member string      `json:"member"`
	Year   [2]float64  `json:"seconds_a_year"`
	Causes []causeJSON `json:"causes"`
}

type causeJSON struct {
	Fails []fateJSON `json:"fails"`
	Year  [2]float64 `json:"seconds_a_year"`
}

func (a *Availability) json(p *topology.Plant) *availabilityJSON {
	j := &availabilityJSON{Depth: a.Depth, Beyond: a.Beyond.Seconds(), Rates: map[string]rateJSON{}, Workloads: []downtimeJSON{}}
	for _, word := range a.used(p) {
		r := a.Rates[word]
		j.Rates[word] = rateJSON{r.PerYear, seconds(r.Repair[0], r.Repair[1]), r.Source}
	}
	for _, d := range a.Workloads {
		x := downtimeJSON{ID: d.Use.ID, Member: d.Member.Subject(), Year: seconds(d.Low, d.High), Causes: []causeJSON{}}
		for _, c := range d.Causes {
			x.Causes = append(x.Causes, causeJSON{fatesJSON(c.Fates), seconds(c.Low, c.High)})
		}
		j.Workloads = append(j.Workloads, x)
	}
	return j
}

func seconds(low, high time.Duration) [2]float64 { return [2]float64{low.Seconds(), high.Seconds()} }
