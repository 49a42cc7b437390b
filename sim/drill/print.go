package drill

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/report"
)

// Banner stands on every page and every print: nobody must take an exercise for the real thing.
const Banner = "EXERCISE EXERCISE EXERCISE"

// HandOut is a document to be printed before a drill.
type HandOut struct {
	File string // "msel.csv"
	// ForPlayers: it holds nothing that players must not know.
	ForPlayers bool
	// For is who gets it: "players", "the facilitator alone".
	For   string
	write func(*Script, *sim.Scenario, io.Writer) error
}

// HandOuts are all of a script's.
func HandOuts(s *Script) []HandOut {
	const players, facilitator, evaluators = "players", "the facilitator alone", "the facilitator and evaluators"
	all := []HandOut{
		{"situation-manual.md", true, players, markdown(situation)},
		{"player-brief.md", true, players, markdown(brief)},
	}
	for i := range s.Roles {
		role := &s.Roles[i]
		all = append(all, HandOut{"role-" + role.Key + ".md", true, s.title(role.Key) + " alone", markdown(card(role))})
	}
	return append(all,
		HandOut{"facilitator-script.md", false, facilitator, markdown(script)},
		HandOut{"evaluation-guide.md", false, evaluators, markdown(guide)},
		HandOut{"control-cell.md", false, "the facilitator and the control cell", markdown(controlCard)},
		HandOut{"msel.md", false, facilitator, markdown(msel)},
		HandOut{"msel.csv", false, facilitator, mselCSV},
	)
}

// Write writes the document.
func (h HandOut) Write(s *Script, sc *sim.Scenario, w io.Writer) error { return h.write(s, sc, w) }

// paper is a document in Markdown being written.
type paper struct{ strings.Builder }

func (p *paper) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (p *paper) title(name, what string) {
	p.line("# %s: %s\n", name, what)
	p.line("**%s**\n", Banner)
}

// row writes a row of a table; what a cell holds keeps to its cell.
func (p *paper) row(cells ...string) {
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(c), "|", "\\|"), "\n", " ")
	}
	p.line("| %s |", strings.Join(cells, " | "))
}

func (p *paper) head(cells ...string) {
	p.row(cells...)
	p.line("|%s", strings.Repeat("---|", len(cells)))
}

func markdown(write func(*paper, *Script, *sim.Scenario)) func(*Script, *sim.Scenario, io.Writer) error {
	return func(s *Script, sc *sim.Scenario, w io.Writer) error {
		p := &paper{}
		write(p, s, sc)
		_, err := io.WriteString(w, p.String())
		return err
	}
}

// situation is what everybody may read beforehand.
func situation(p *paper, s *Script, sc *sim.Scenario) {
	p.title(s.Called(), "situation manual")
	p.line("%s\n", s.Purpose)
	p.line("The table has %s of real time. Time on the plant stands still until the facilitator lets it go on.\n", span(s.Lasting()))
	p.line("## Before it begins\n\n%s\n", s.Briefing)
	p.line("## The plant\n")
	p.head("node", "kind", "ports")
	for _, n := range sc.Plant.Nodes {
		var ports []string
		for _, port := range n.Ports {
			ports = append(ports, port.Name+" to "+port.Peer().String())
		}
		p.row(n.ID, string(n.Kind), strings.Join(ports, ", "))
	}
	p.line("\n## What runs on it\n")
	p.head("workload", "kind", "members", "tier", "its users put up with")
	for _, u := range sc.Uses {
		p.row(u.ID, u.Kind, fmt.Sprint(len(u.Members)), fmt.Sprint(u.Tier), u.Workload.Tolerates().String())
	}
	p.line("\n## Rules\n")
	p.line("- Say aloud what you do; the facilitator does it on the plant and tells you what you see.")
	p.line("- Everything takes people time. Nobody is judged: the plan is.")
	p.line("- \"REAL EMERGENCY\" stops play at once.")
}

// brief is what everybody at the table is told.
func brief(p *paper, s *Script, _ *sim.Scenario) {
	p.title(s.Called(), "player brief")
	p.line("%s\n", s.Briefing)
	p.line("## Who sits at the table\n")
	for _, r := range s.Roles {
		p.line("- %s", s.title(r.Key))
	}
	p.line("\n## What you can have done\n")
	tools(p, operations.Keys())
	p.line("\nAnd: call somebody, post a notice to customers (with a time by which all will be well, or without), decide.")
}

// tools are operations with what they are and how long they take.
func tools(p *paper, kinds []string) {
	p.head("operation", "what it is", "one takes")
	for _, kind := range kinds {
		o := operations.Lookup(kind)
		p.row(kind, o.doc, span(o.takes))
	}
}

// script is how a facilitator gets through the drill without other documentation.
func script(p *paper, s *Script, sc *sim.Scenario) {
	p.title(sc.Name, "facilitator script")
	p.line("%s\n", strings.TrimSpace(sc.Story))
	scriptBefore(p, s, sc)
	scriptWhile(p, s, sc)
	scriptTruth(p, s, sc)
	scriptDecisions(p, s, sc)
	scriptOperations(p, s, sc)
	p.line("## Injects\n")
	mselTable(p, s, sc)
	scriptAfter(p, s, sc)
}

func scriptBefore(p *paper, s *Script, sc *sim.Scenario) {
	p.line("## Before\n")
	p.line("1. Print the player brief and the situation manual for everybody, and each role's card for that role alone; keep this")
	p.line("   script and the evaluation guide to yourself. Hand out the roles: %s.", report.And(s.titles()))
	p.line("2. In a terminal: `dcdrill drill %s`. It prints two addresses. Open \"wall screen\" on the projector and", sc.Name)
	p.line("   \"facilitator\" on your laptop, which nobody else sees. Leave the terminal alone: Ctrl-C there ends it all.")
	p.line("   Where every role is to act for itself, add `--format functional`: it prints a link for each seat. Send each to who")
	p.line("   sits there. Somebody has to be the control cell (its card says who they are), and somebody has to evaluate.")
	p.line("   A page that was closed or reloaded finds the present. Should the laptop fail, start it again with")
	p.line("   `dcdrill drill %s --resume %s-drill/log.jsonl -o again`.", sc.Name, sc.Name)
	p.line("3. Read the briefing aloud:\n\n   > %s\n", strings.ReplaceAll(strings.TrimSpace(s.Briefing), "\n", "\n   > "))
}

func scriptWhile(p *paper, s *Script, sc *sim.Scenario) {
	p.line("## While it goes on\n")
	p.line("The table has %s of real time. Press STARTEX, then go through the running order line by line: press what it says until", span(s.Lasting()))
	p.line("the line has come, let the table talk and act, and go on. Pause whenever they need longer.\n")
	runningOrder(p, s, sc)
	p.line("")
	p.line("- STARTEX lets time go on. The clock never jumps by itself: the page says what comes next and when. Ask the table whether")
	p.line("  it does anything before that, then press Jump to next, or type a time and press Jump.")
	p.line("- Read an inject to whom it is for, if they do not see the wall screen. What the table should do about it is under \"expected\".")
	p.line("- When the table says what it does, enter it under \"What the table does\": the operation, its target, who does it, why.")
	p.line("  It takes effect after the time that people need, and the page tells what they find. Read that to them.")
	p.line("  In a functional drill roles do that themselves, one thing after the other.")
	p.line("- When the table tells its customers something, enter it under \"Tell them\", with the time that it promises.")
	p.line("- Hold an inject that comes too early, fire one that is due to the table, type one that the script lacks.")
	p.line("- Note what you see as it happens, with its objective. Rate an objective as soon as you can.")
	p.line("- REAL EMERGENCY stops play and keeps everything; Run goes on. ENDEX ends it: when \"The truth\" shows every workload")
	p.line("  served, or when time is up.\n")
}

func scriptTruth(p *paper, _ *Script, sc *sim.Scenario) {
	p.line("## What is really the matter\n")
	for _, e := range sc.Timeline {
		p.line("- %s: %s%s", when(sc, e.At), e.Text, by(e.By))
	}
	p.line("")
}

func scriptDecisions(p *paper, s *Script, sc *sim.Scenario) {
	p.line("## Decisions, and what comes of them\n")
	for _, d := range s.Decisions {
		p.line("### %s\n\n%s\n", d.Key, d.Value.Text)
		for _, o := range d.Value.Options {
			p.line("- **%s** (%s%s): %s%s", o.Value.Text, takes(o.Value.Takes), cost(o.Value.Cost), o.Value.Truth, doing(&o.Value))
		}
		p.line("")
	}
}

// takes is how long an option takes before it takes effect.
func takes(d time.Duration) string {
	if d == 0 {
		return "at once"
	}
	return span(d)
}

// doing says what an option does to the plant by itself, so that nobody enters it twice.
func doing(o *Option) string {
	var all []string
	for _, op := range o.does {
		all = append(all, op.String())
	}
	if len(all) == 0 {
		return " (Nothing is done to the plant by itself: enter what the table does.)"
	}
	return " (Done by itself: " + strings.Join(all, "; ") + ".)"
}

func scriptOperations(p *paper, s *Script, sc *sim.Scenario) {
	p.line("## Operations you can enter\n")
	p.head("operation", "what it is", "one takes", "targets")
	for _, o := range operations {
		p.row(o.Key, o.Value.doc, span(o.Value.takes), report.Few(o.Value.targets(sc), mostTargets))
	}
	p.line("\nSeveral targets are written with commas. On many of a sort, %d of the people at the table work side by side.\n", max(1, s.Staff))
}

// mostTargets is how many of an operation's targets a line bears; the page lists all.
const mostTargets = 12

func scriptAfter(p *paper, s *Script, sc *sim.Scenario) {
	p.line("\n## After\n")
	p.line("1. Press ENDEX. Rate what is not rated: P, S, M or U beside each objective.")
	p.line("2. \"Open the hot wash\" shows everybody what was hidden, and how it went. Ask what went well, what hurt, what surprised;")
	p.line("   note each under \"Notes\".")
	p.line("3. Write findings, each with an objective, an owner and a date. A remedy is played at once, and the page shows what it")
	p.line("   would have changed.%s", s.remedies())
	p.line("4. Ctrl-C in the terminal. In the folder %s-drill you find after-action.html to print and hand out, after-action.md to", sc.Name)
	p.line("   work over, and log.jsonl, from which both can be made again.")
}

// remedies lists the scenario's variants.
func (s *Script) remedies() string {
	if len(s.Remedies) == 0 {
		return " This scenario has none ready: write a patch."
	}
	return " This scenario has: " + strings.Join(slices.Sorted(maps.Keys(s.Remedies)), ", ") + "; or write a patch."
}

// titles lists what the roles are called.
func (s *Script) titles() []string {
	var all []string
	for _, r := range s.Roles {
		all = append(all, s.title(r.Key))
	}
	return all
}

func cost(c string) string {
	if c == "" {
		return ""
	}
	return ", costs " + c
}

func by(who string) string {
	if who == "" {
		return ""
	}
	return ", by " + who
}

// guide is what an evaluator holds in hand.
func guide(p *paper, s *Script, sc *sim.Scenario) {
	p.title(sc.Name, "evaluation guide")
	p.line("Ratings: P %s, S %s, M %s, U %s. Each objective by itself; never one number.\n", Ratings["P"], Ratings["S"], Ratings["M"], Ratings["U"])
	for _, o := range s.Objectives {
		p.line("## %s (%s)\n\n%s\n", o.Key, o.Value.Axis, o.Value.Text)
		if o.Value.Look != "" {
			p.line("Look for: %s\n", o.Value.Look)
		}
		if o.Value.Within > 0 {
			p.line("By %s after the first fault.\n", span(o.Value.Within))
		}
		for _, x := range s.Injects {
			if x.Value.Objective == o.Key && x.Value.Expect != "" {
				p.line("- after \"%s\": %s", x.Key, x.Value.Expect)
			}
		}
		p.line("\nRating: ____   Seen: ______________________________________\n")
	}
}

// msel is the master scenario events list.
func msel(p *paper, s *Script, sc *sim.Scenario) {
	p.title(sc.Name, "master scenario events list")
	mselTable(p, s, sc)
}

// columns are those of a MSEL (HSEEP): what is to happen, and two to be filled in.
var columns = []string{"#", "scenario time", "inject", "to", "via", "from", "text", "expected", "objective", "actual time", "rating"}

func mselTable(p *paper, s *Script, sc *sim.Scenario) {
	p.head(columns...)
	for _, row := range mselRows(s, sc) {
		p.row(row...)
	}
}

func mselCSV(s *Script, sc *sim.Scenario, w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{Banner})
	_ = out.Write(columns)
	_ = out.WriteAll(mselRows(s, sc)) // tells its error below, as the others do
	return out.Error()
}

func mselRows(s *Script, sc *sim.Scenario) [][]string {
	var rows [][]string
	for i, x := range s.Injects {
		in := x.Value
		rows = append(rows, []string{
			fmt.Sprint(i + 1), comes(sc, in), x.Key, in.To, via(in.Via), in.From, in.Text, in.Expect, in.Objective, "", "",
		})
	}
	return rows
}

// comes says when an inject does.
func comes(sc *sim.Scenario, in Inject) string {
	switch {
	case in.At != nil:
		return when(sc, *in.At)
	case in.When == nil:
		return "by hand"
	}
	m := in.When
	text := "when "
	for _, s := range []struct{ what, name string }{
		{"inject", m.Inject}, {"decision", m.Decision}, {"option", m.Option}, {"down:", m.Down}, {"up:", m.Up}, {"fault", m.Fault},
	} {
		if s.name != "" {
			text += s.what + " " + s.name + " "
		}
	}
	if in.After > 0 {
		text += "+ " + span(in.After)
	}
	return strings.TrimSpace(text)
}

// when writes a scenario time, with the time of day where the scenario has a start.
func when(sc *sim.Scenario, at time.Duration) string {
	if sc.Start.IsZero() {
		return span(at)
	}
	return fmt.Sprintf("%s (%s)", span(at), sc.Start.Add(at).Format("15:04"))
}
