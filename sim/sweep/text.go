package sweep

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/dcdrill/dcdrill/sim/report"
)

// mostRows is how many rows of a workload the text shows: more than a screen full is for programs, which have JSON.
const mostRows = 40

// legend says what the answer is, and what it is not.
const legend = `Structural and exact: "cut" means that no physical path is left, and no combination is missing.
What bonds, gateways and routes make of the paths that are left is not looked at here.
`

// behaviourLegend says the same of what was played.
const behaviourLegend = `
Behavioural: who is down for good once bonds, switching, gateways and routes have settled, when all of a set fails at one
instant. Played in the model, set by set: `

// WriteText writes a result for people.
func WriteText(w io.Writer, r *Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n%s\n", r.Plant.Name, r.Asked(), legend)
	writeCounts(&b, r)
	writeContradictions(&b, r)
	for _, t := range tables(r) {
		if err := t.write(&b); err != nil {
			return fmt.Errorf("write sweep: %w", err)
		}
	}
	if r.Bandwidth != nil {
		if err := writeBandwidth(&b, r.Bandwidth); err != nil {
			return fmt.Errorf("write sweep: %w", err)
		}
	}
	if r.Behaviour != nil {
		if err := writeBehaviour(&b, r.Behaviour); err != nil {
			return fmt.Errorf("write sweep: %w", err)
		}
	}
	if r.Availability != nil {
		if err := writeAvailability(&b, r.Plant, r.Availability); err != nil {
			return fmt.Errorf("write sweep: %w", err)
		}
	}
	if r.Recoveries != nil {
		if err := writeRecoveries(&b, r.Recoveries); err != nil {
			return fmt.Errorf("write sweep: %w", err)
		}
	}
	writeConfirmed(&b, r.Confirmed)
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "\nnote: %s", n)
	}
	if len(r.Notes) > 0 {
		b.WriteString("\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write sweep: %w", err)
	}
	return nil
}

// Asked is what a result answers.
func (r *Result) Asked() string { return "which failures cut which workload, " + upTo(r.Depth) }

func upTo(depth int) string {
	return [...]string{"", "one at a time", "one or two at a time", "one, two or three at a time"}[depth]
}

// manyOf names numbers of things at once: singles, pairs, triples.
var manyOf = [...]string{"", "single failures", "pairs", "triples"}

func writeCounts(b *strings.Builder, r *Result) {
	var parts []string
	total := 0
	for _, k := range kinds {
		if n := r.Elements[k]; n > 0 {
			parts = append(parts, plural(n, string(k)))
			total += n
		}
	}
	fmt.Fprintf(b, "%s can fail: %s\n", plural(total, "element"), report.And(parts))
	if r.Elements[Transceiver] > 0 {
		b.WriteString("a link stands for its transceivers too: the loss of one does the same\n")
	}
	for _, c := range r.Combinations() {
		fmt.Fprintf(b, "%s of %s %s cut some workload\n", grouped(c.Cut), grouped(c.All), manyOf[c.Failures])
	}
}

// writeContradictions lists what contradicts the plant's own words; all else that was found is in the tables.
func writeContradictions(b *strings.Builder, r *Result) {
	title := "\nThis contradicts the topology file\n"
	for i := range r.Findings {
		f := &r.Findings[i]
		if !slices.Contains(contradicting, f.Rule) {
			continue
		}
		at := ""
		if f.Pos.Line > 0 {
			at = f.Pos.String() + ": "
		}
		fmt.Fprintf(b, "%s  - %s%s\n", title, at, f.Message)
		title = ""
	}
}

// contradicting are the rules about what a topology file says of itself.
var contradicting = []string{"no-path", "shared-fate", "not-redundant"}

// table is how a workload is shown; workloads that were made up are shown as one.
type table struct {
	title   string
	members int
	severed int
	cuts    []Cut
}

func tables(r *Result) []table {
	var all []table
	var inferred []*Workload
	for _, w := range r.Workloads {
		if w.Use.Inferred {
			inferred = append(inferred, w)
			continue
		}
		title := w.Use.ID + " · " + w.Use.Kind
		all = append(all, table{title, len(w.Use.Members), len(w.Severed), w.Cuts})
	}
	if len(inferred) > 0 {
		all = append(all, merged(inferred))
	}
	return all
}

// merged shows conversations that nobody declared as the members of one workload.
func merged(all []*Workload) table {
	t := table{title: "no workloads are declared: hosts reach each other, and the outside where there is one"}
	var sets []set
	by := map[set]Cut{}
	for _, w := range all {
		t.members += len(w.Use.Members)
		t.severed += len(w.Severed)
		for i, c := range w.Cuts {
			s := w.sets[i]
			sets = append(sets, s)
			known, again := by[s]
			c.End = c.End && (!again || known.End)
			c.Members = append(known.Members[:len(known.Members):len(known.Members)], c.Members...)
			by[s] = c
		}
	}
	for _, s := range minimal(sets) {
		t.cuts = append(t.cuts, by[s])
	}
	return t
}

func (t table) write(b *strings.Builder) error {
	fmt.Fprintf(b, "\n%s, %s\n", t.title, plural(t.members, "member"))
	if t.severed > 0 {
		fmt.Fprintf(b, "  %d of them without a path although nothing has failed\n", t.severed)
	}
	rows, ends := fold(t.cuts)
	if err := t.writeRows(b, rows); err != nil {
		return err
	}
	if len(rows) == 0 && t.severed < t.members {
		b.WriteString("  nothing but the ends themselves\n")
	}
	if len(ends) > 0 {
		fmt.Fprintf(b, "  and the ends themselves: %s\n", report.Few(ends, 12))
	}
	return nil
}

// writeRows writes as many rows as people read.
func (t table) writeRows(b *strings.Builder, rows []row) error {
	shown := rows[:min(len(rows), mostRows)]
	columns := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, x := range shown {
		fmt.Fprintf(columns, "  %s\t%s%s\n", sizes[x.size], x.what, t.hit(x))
	}
	if err := columns.Flush(); err != nil {
		return err
	}
	if more := len(rows) - len(shown); more > 0 {
		fmt.Fprintf(b, "  … and %d more rows: --format json lists everything\n", more)
	}
	return nil
}

// sizes are how many have to fail at the same time.
var sizes = [...]string{"", "alone", "two", "three"}

// hit says in a column of its own how many members a row is about.
func (t table) hit(x row) string {
	switch {
	case t.members == 1:
		return ""
	case x.members == t.members:
		return "\tall of them"
	case x.several:
		return "\t" + strconv.Itoa(x.members) + " of them each"
	}
	return "\t" + strconv.Itoa(x.members) + " of them"
}

// plural is "1 node", "2 nodes".
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return counted(n) + " " + word + "s"
}

// counted writes a number with its thousands apart.
func counted(n int) string { return grouped(big.NewInt(int64(n))) }

// grouped writes a number with its thousands apart: 9,752,736.
func grouped(n *big.Int) string {
	s := n.String()
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
