package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Row is what one variant of a scenario comes to.
type Row struct {
	Variant string `json:"variant"` // empty for the scenario as it is
	// Outages are the longest of each workload; ForGood lists those that never come back.
	Outages map[string]sim.Seconds `json:"outages"`
	ForGood []string               `json:"for_good,omitempty"`
	// Saved is how much sooner the last is back than in the scenario as it is.
	Saved  sim.Seconds `json:"saved"`
	People sim.Seconds `json:"people_time"`
	Parts  int         `json:"parts"`
	// Lost counts machines that were switched off with what they had in memory and could not write.
	Lost     int      `json:"memory_lost"`
	Doubts   []string `json:"doubts,omitempty"`
	services []string
	last     sim.Seconds
}

// ReadRow takes from a log what a variant comes to.
func ReadRow(variant string, log *sim.Log) Row {
	r := Read(log)
	row := Row{Variant: variant, Outages: map[string]sim.Seconds{}, Doubts: r.Doubts}
	for _, w := range r.Workloads {
		if w.Tier == 0 && w.Kind == "vm" {
			continue // a tool of those who repair, not a service to anybody
		}
		row.services = append(row.services, w.ID)
		if o := w.Longest; o != nil {
			row.Outages[w.ID] = o.To - o.From
			row.last = max(row.last, o.To-o.From)
			if o.Open {
				row.ForGood = append(row.ForGood, w.ID)
			}
		}
	}
	if r.Recovery != nil {
		row.People = r.Recovery.Hours
		for _, p := range r.Recovery.Parts {
			row.Parts += p.Fitted
		}
	}
	row.Lost = len(memoryLost(log))
	return row
}

// Services lists the workloads that somebody is served by: all but the tools of those who repair.
func (r Row) Services() []string { return r.services }

// Toll is what the incident cost in it.
func (r Row) Toll() sim.Toll {
	return sim.Toll{Outages: r.Outages, ForGood: r.ForGood, People: r.People, Parts: r.Parts, Lost: r.Lost}
}

// Save works out what each row saves against the first.
func Save(rows []Row) {
	for i := range rows {
		rows[i].Saved = rows[0].last - rows[i].last
	}
}

// WriteRows writes variants as a table, the scenario as it is on top.
func WriteRows(w io.Writer, title string, rows []Row, s Style) error {
	p := &page{style: s}
	p.line("%s", p.bold(title))
	services, same := columns(rows)
	head := append([]string{"variant"}, services...)
	table := [][]string{append(head, "saved", "people", "parts", "memory lost")}
	for _, r := range rows {
		cells := []string{orWord(r.Variant, "as it was")}
		for _, id := range services {
			cells = append(cells, r.outage(id))
		}
		table = append(table, append(cells, saved(r.Saved), minutes(r.People), fmt.Sprint(r.Parts), fmt.Sprint(r.Lost)))
	}
	p.table(table)
	p.blank()
	p.wrap("  ", p.faint("outage: the longest of any member; saved: how much sooner the last is back; people: their time, verification included; "+
		"memory lost: machines switched off with what they could not write"))
	for _, note := range same {
		p.wrap("  ", p.faint(note))
	}
	for _, r := range rows {
		for _, d := range r.Doubts {
			p.wrap("  ", p.bad(orWord(r.Variant, "as it was")+": "+d))
		}
	}
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("write variants: %w", err)
	}
	return nil
}

// columns lists the services worth a column: of those that are alike in every row, the first.
func columns(rows []Row) (services []string, same []string) {
	seen := map[string]string{}
	for _, id := range rows[0].services {
		var all []string
		for _, r := range rows {
			all = append(all, r.outage(id))
		}
		key := strings.Join(all, " ")
		if first := seen[key]; first != "" {
			same = append(same, id+": as "+first)
			continue
		}
		seen[key] = id
		services = append(services, id)
	}
	return services, same
}

func (r Row) outage(id string) string {
	switch d := r.Outages[id]; {
	case slices.Contains(r.ForGood, id):
		return "for good"
	case d == 0:
		return "-"
	default:
		return minutes(d)
	}
}

func saved(d sim.Seconds) string {
	switch {
	case time.Duration(max(d, -d)) < time.Minute:
		return "-"
	case d < 0:
		return "-" + minutes(-d)
	}
	return minutes(d)
}

func orWord(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// WriteRowsJSON writes variants for programs.
func WriteRowsJSON(w io.Writer, rows []Row) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	if err := out.Encode(rows); err != nil {
		return fmt.Errorf("write variants: %w", err)
	}
	return nil
}
