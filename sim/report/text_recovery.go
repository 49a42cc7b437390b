package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// timeOfDay writes a moment as people at the incident saw it: a time of day where the scenario has a date.
func (r *Report) timeOfDay(at sim.Seconds) string {
	start, err := time.Parse(time.RFC3339, r.Start)
	if err != nil {
		return Clock(time.Duration(at))
	}
	return start.Add(time.Duration(at)).Format("15:04")
}

// minutes writes how long something took among people: nobody counts their seconds.
func minutes(d sim.Seconds) string {
	if time.Duration(d) < time.Minute {
		return Duration(time.Duration(d).Round(time.Second))
	}
	return tidy(time.Duration(d).Round(time.Minute))
}

// recovered tells how far the repair came, what it took, and what will never be done.
func recovered(p *page, r *Report) {
	rec := r.Recovery
	if rec == nil {
		return
	}
	p.blank()
	p.line("%s", p.bold("Recovery"))
	for _, m := range rec.Milestones {
		p.line("  %-19s %8s  %s", m.Name, r.timeOfDay(m.At), p.faint("after "+minutes(m.At)))
	}
	for _, s := range rec.Stuck[:min(len(rec.Stuck), few)] {
		p.wrap("  "+p.bad("never recovers: "), s)
	}
	if more := len(rec.Stuck) - few; more > 0 {
		p.line("  and %d more", more)
	}
	var work []string
	for _, w := range rec.Work {
		work = append(work, fmt.Sprintf("%d %s %s", w.Count, w.Task, minutes(w.Time)))
	}
	p.wrap("  people ", minutes(rec.Hours)+": "+strings.Join(work, ", "))
	for _, u := range rec.Parts {
		p.wrap("  parts  ", fmt.Sprintf("%s: %d fitted, %d ordered, %d dead on arrival", u.Model, u.Fitted, u.Ordered, u.Dead))
	}
	if n := len(rec.Lost); n > 0 {
		longest := slices.MaxFunc(rec.Lost, func(a, b Loss) int { return int(min(1, max(-1, a.Window-b.Window))) })
		p.wrap("  lost   ", fmt.Sprintf("%s switched off with what they could not write, for up to %s", Plural(n, "machine"), minutes(longest.Window)))
	}
	told(p, r)
}

// told sums up what clients were told, and how good the promises were.
func told(p *page, r *Report) {
	notices := r.Recovery.Notices
	if len(notices) == 0 {
		return
	}
	text := fmt.Sprintf("%s, the first at %s", Plural(len(notices), "notice"), r.timeOfDay(notices[0].At))
	worst, promises := sim.Seconds(0), 0
	for _, n := range notices {
		if n.ETA == 0 {
			continue
		}
		if promises == 0 {
			text += ", the first ETA at " + r.timeOfDay(n.At)
		}
		promises++
		if max(n.Error, -n.Error) > max(worst, -worst) {
			worst = n.Error
		}
	}
	if promises > 0 {
		text += fmt.Sprintf("; %s, at worst %s", Plural(promises, "ETA"), off(worst))
	}
	p.wrap("  told   ", text)
}

// off says how far a promise was from what came.
func off(by sim.Seconds) string {
	if by < 0 {
		return minutes(-by) + " too late"
	}
	return minutes(by) + " too soon"
}

// barWidth is how many characters the longest bar has: what is left of a narrow terminal beside names and times.
const barWidth = 24

// went tells where the time went, with a bar for each share: of the workload that was gone the longest, or with everything
// to be told, of each that was gone in a way of its own.
func went(p *page, r *Report) {
	lost := r.lost()
	if !p.style.Verbose {
		lost = lost[:min(1, len(lost))]
	}
	for _, w := range lost {
		shares := r.sharesOf(w)
		total := sim.Seconds(0)
		for _, s := range shares {
			if !s.After {
				total += s.Length
			}
		}
		p.blank()
		p.wrap("", p.bold("Where the time of "+w+" went: ")+fmt.Sprintf("%s of %s", minutes(total), shares[0].Member))
		var rows [][]string
		rows = append(rows, []string{"share", "", "", "", "gone without"})
		for _, s := range shares {
			percent, bar := "after", ""
			if !s.After {
				percent, bar = fmt.Sprintf("%.0f%%", 100*float64(s.Length)/float64(total)), barOf(s.Length, total)
			}
			rows = append(rows, []string{s.Name, minutes(s.Length), percent, bar, p.faint(waysOut(s.Without))})
		}
		p.table(rows)
	}
}

// barOf draws a share of a whole, to the eighth of a character.
func barOf(part, whole sim.Seconds) string {
	eighths := int(8 * barWidth * part / max(1, whole))
	bar := strings.Repeat("█", eighths/8)
	if rest := []rune(" ▏▎▍▌▋▊▉")[eighths%8]; rest != ' ' {
		bar += string(rest)
	}
	return bar
}

// waysOut lists the sets of entries behind a share.
func waysOut(sets [][]string) string {
	var ways []string
	for _, set := range sets {
		ways = append(ways, And(set))
	}
	return strings.Join(ways, ", or ")
}

// lost lists the workloads whose time is split, one for each way in which it was: those that were gone the longest first.
func (r *Report) lost() []string {
	var all []string
	seen := map[string]bool{}
	for _, w := range r.byTotal() {
		var names []string
		for _, s := range r.sharesOf(w) {
			names = append(names, s.Name)
		}
		if key := strings.Join(names, "\n"); len(names) > 0 && !seen[key] {
			seen[key] = true
			all = append(all, w)
		}
	}
	return all
}

// byTotal lists the workloads, the one that was gone the longest first.
func (r *Report) byTotal() []string {
	all := slices.Clone(r.Workloads)
	slices.SortStableFunc(all, func(a, b Workload) int { return int(min(1, max(-1, b.Total-a.Total))) })
	names := make([]string, len(all))
	for i, w := range all {
		names[i] = w.ID
	}
	return names
}

func (r *Report) sharesOf(workload string) []Cause {
	var all []Cause
	for _, c := range r.Shares {
		if c.Workload == workload {
			all = append(all, c)
		}
	}
	return all
}
