package report

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Recovery is what people did about the incident; a run to which nobody came has none.
type Recovery struct {
	Milestones []Mark `json:"milestones"`
	// Hours are those of people, in all and by kind of work, the most first.
	Hours sim.Seconds `json:"people_time"`
	Work  []Work      `json:"work"`
	Parts []PartUse   `json:"parts,omitempty"`
	// Notices are what clients were told, and how far off each promise was.
	Notices []Notice `json:"notices,omitempty"`
	// Lost are the machines that were switched off with what they had in memory and could not write, and for how long they
	// could not.
	Lost []Loss `json:"memory_lost,omitempty"`
	// Curve is how many machines were still gone, whenever that changed.
	Curve []Point `json:"curve,omitempty"`
	// Stuck says what will never be done, and for want of what.
	Stuck []string `json:"stuck,omitempty"`
	Steps []string `json:"change,omitempty"`
}

// Mark is a milestone.
type Mark struct {
	Name string      `json:"name"`
	At   sim.Seconds `json:"t"`
}

// Work is one kind of task.
type Work struct {
	Task  string      `json:"task"`
	Count int         `json:"count"`
	Time  sim.Seconds `json:"time"`
}

// PartUse counts the spare parts of a model.
type PartUse struct {
	Model   string `json:"model"`
	Fitted  int    `json:"fitted"`
	Ordered int    `json:"ordered"`
	Dead    int    `json:"dead_on_arrival,omitempty"`
}

// Notice is what clients were told.
type Notice struct {
	At   sim.Seconds `json:"t"`
	Text string      `json:"text"`
	ETA  sim.Seconds `json:"eta,omitempty"`
	// Error is how much later than promised all was well; negative for sooner.
	Error sim.Seconds `json:"error,omitempty"`
}

// Loss is what a machine lost when it was switched off.
type Loss struct {
	Member string      `json:"member"`
	Window sim.Seconds `json:"window"`
}

// Point is a point of a curve.
type Point struct {
	At   sim.Seconds `json:"t"`
	Left int         `json:"left"`
}

// Cause is a share of a workload's time.
type Cause struct {
	Workload string `json:"workload"`
	sim.ShareData
}

// readRecovery takes from a log what people did.
func readRecovery(log *sim.Log) *Recovery {
	r := &Recovery{}
	begun, hours := map[int]time.Duration{}, map[string]*Work{}
	some := false
	for _, e := range log.Events() {
		switch d := e.Data.(type) {
		case sim.TaskData:
			some = true
			r.task(log, e, d, begun, hours)
		case sim.MilestoneData:
			r.Milestones = append(r.Milestones, Mark{e.Subject, sim.Seconds(e.At)})
		case sim.PartData:
			r.part(e.Subject, d.State)
		case sim.NoticeData:
			r.Notices = append(r.Notices, Notice{At: sim.Seconds(e.At), Text: d.Text, ETA: d.ETA})
		case sim.ChangeData:
			r.Steps = append(r.Steps, changeWords(e.Subject, d))
		}
	}
	if !some {
		return nil
	}
	for _, w := range hours {
		r.Work = append(r.Work, *w)
		r.Hours += w.Time
	}
	slices.SortFunc(r.Work, func(a, b Work) int {
		if a.Time != b.Time {
			return int(min(1, max(-1, b.Time-a.Time)))
		}
		return slices.Compare([]byte(a.Task), []byte(b.Task))
	})
	r.judgeNotices()
	r.Lost, r.Curve = memoryLost(log), curve(log)
	return r
}

// memoryLost finds the machines that were switched off while they could not write: what they had taken in since their last
// write is gone with their memory.
func memoryLost(log *sim.Log) []Loss {
	var all []Loss
	h := sim.HistoryOf(log)
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.GuestData); !ok || d.State != sim.GuestOff {
			continue
		}
		for _, o := range h.OutagesOf(e.Subject) {
			if o.From < e.At && (e.At < o.To || o.Open) {
				all = append(all, Loss{e.Subject, sim.Seconds(e.At - o.From)})
			}
		}
	}
	return all
}

// curve counts the machines that are gone.
func curve(log *sim.Log) []Point {
	var all []Point
	machines, gone := map[string]bool{}, 0
	for _, e := range log.Events() {
		_, guest := e.Data.(sim.GuestData)
		_, down := e.Data.(sim.DownData)
		d, up := e.Data.(sim.UpData)
		switch {
		case guest:
			machines[e.Subject] = true
			continue
		case !machines[e.Subject]:
			continue
		case down:
			gone++
		case up && d.To > d.From:
			gone--
		default:
			continue
		}
		if last := len(all) - 1; last >= 0 && all[last].At == sim.Seconds(e.At) {
			all[last].Left = gone
			continue
		}
		all = append(all, Point{sim.Seconds(e.At), gone})
	}
	return all
}

// task counts what a task took, and notes one that is stuck.
func (r *Recovery) task(log *sim.Log, e sim.Event, d sim.TaskData, begun map[int]time.Duration, hours map[string]*Work) {
	switch d.State {
	case sim.TaskBegun:
		begun[e.Seq] = e.At
	case sim.TaskEnded:
		w := hours[e.Subject]
		if w == nil {
			w = &Work{Task: e.Subject}
			hours[e.Subject] = w
		}
		w.Count++
		w.Time += sim.Seconds(e.At - begun[e.Cause])
	case sim.TaskStuck:
		r.Stuck = append(r.Stuck, stuckWords(e.Subject, d))
	}
}

// stuckTasks say what nobody can do, in the words that fit.
var stuckTasks = map[string]string{
	"fit-part": "nobody can fit the part", "power-cycle": "nobody can restart it", "diagnose": "nobody knows what is wrong",
	"repair": "nobody can repair it", "notice": "nobody looks",
}

func stuckWords(task string, d sim.TaskData) string {
	text := stuckTasks[task]
	if text == "" {
		text = "nobody can do " + task
	}
	if d.On != "" {
		text = d.On + ": " + text
	}
	return text + ": it waits for " + d.For
}

func (r *Recovery) part(model string, state sim.PartState) {
	i := slices.IndexFunc(r.Parts, func(p PartUse) bool { return p.Model == model })
	if i < 0 {
		i = len(r.Parts)
		r.Parts = append(r.Parts, PartUse{Model: model})
	}
	switch state {
	case sim.PartFitted:
		r.Parts[i].Fitted++
	case sim.PartOrdered:
		r.Parts[i].Ordered++
	case sim.PartDead:
		r.Parts[i].Dead++
	}
}

// judgeNotices holds every promise against when all had booted.
func (r *Recovery) judgeNotices() {
	for _, m := range r.Milestones {
		if m.Name != sim.AllBooted {
			continue
		}
		for i := range r.Notices {
			if n := &r.Notices[i]; n.ETA > 0 {
				n.Error = m.At - n.ETA
			}
		}
	}
}

// readCauses takes from a log where the time went.
func readCauses(log *sim.Log) []Cause {
	var all []Cause
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.ShareData); ok {
			all = append(all, Cause{e.Subject, d})
		}
	}
	return all
}
