package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// round follows people who go from one machine to the next. What happens to each of hundreds is no story; how far they
// have come is.
type round struct {
	hands map[string]bool // machines that somebody is at, or has been
	lost  map[string]bool // machines that are not served
	kinds map[string]int  // tasks by kind that have ended
	said  int             // how many were left when it was told last
}

// roundTasks are those that are done to one machine after another.
var roundTasks = []string{"power-cycle", "scripted-restart", "repair", "test", "verify"}

// takes says whether an event is only one of many of its kind.
func (r *round) takes(e sim.Event) bool {
	if r.hands == nil {
		r.hands, r.lost, r.kinds = map[string]bool{}, map[string]bool{}, map[string]int{}
	}
	member, _, watch := strings.Cut(e.Subject, " ")
	switch d := e.Data.(type) {
	case sim.TaskData:
		return r.task(e.Subject, d)
	case sim.ActionData:
		r.hands[e.Subject] = r.hands[e.Subject] || strings.HasPrefix(d.Do, "switch") || d.Do == "repair"
		return true
	case sim.GuestData:
		return r.hands[e.Subject]
	case sim.DownData:
		if !watch {
			r.lost[member] = true
		}
		return r.hands[member]
	case sim.UpData:
		if !watch {
			delete(r.lost, member)
		}
		return r.hands[member] && !r.due()
	}
	return false
}

// task counts one that ends. The first of a kind is told, and all that are not part of a round.
func (r *round) task(name string, d sim.TaskData) bool {
	if !slices.Contains(roundTasks, name) {
		return d.State == sim.TaskWaiting || name == "notice"
	}
	if d.State != sim.TaskBegun {
		return d.State != sim.TaskStuck
	}
	r.kinds[name]++
	return r.kinds[name] > 1
}

// due says whether so many are back that it is worth telling: at every eighth of those that were lost, and at the last.
func (r *round) due() bool {
	left := len(r.lost)
	if r.said == 0 {
		r.said = left + 1
		r.kinds["lost"] = left + 1
	}
	if left > 0 && r.said-left < max(1, r.kinds["lost"]/8) {
		return false
	}
	r.said = left
	return true
}

// tellWork tells what people do: begun, found out, ordered, reached, told to clients.
func tellWork(t *telling) {
	back := false // somebody whose machine it is sees it: how many are left is told once
	for _, e := range t.group {
		switch d := e.Data.(type) {
		case sim.ChangeData:
			t.say("%s", changeWords(e.Subject, d))
		case sim.TaskData:
			if text := taskWords(e.Subject, d); text != "" {
				t.tell(Moment{Text: text, Trouble: d.State == sim.TaskStuck})
			}
		case sim.PartData:
			t.say("%s", partWords(e.Subject, d))
		case sim.MilestoneData:
			t.tell(Moment{Text: "milestone: " + e.Subject, Fault: true})
		case sim.NoticeData:
			t.say("clients are told: %s", noticeWords(t.story.date, d))
		case sim.UpData:
			back = back || t.story.round.hands[e.Subject]
		}
	}
	if back {
		t.say("machines still to be restarted: %s", orNone(len(t.story.round.lost)))
	}
}

func orNone(n int) string {
	if n == 0 {
		return "none"
	}
	return strconv.Itoa(n)
}

func changeWords(subject string, d sim.ChangeData) string {
	text := "the change on " + subject + " is " + d.Step
	if d.Why != "" {
		text += ": " + d.Why
	}
	return text
}

func taskWords(task string, d sim.TaskData) string {
	what := strings.TrimSpace(task + " " + d.On)
	switch d.State {
	case sim.TaskBegun:
		return fmt.Sprintf("%s begins %s", d.By, what)
	case sim.TaskStuck:
		return "never recovers: " + stuckWords(task, d)
	case sim.TaskEnded:
		if d.Found != "" {
			return what + ": " + d.Found
		}
		return what + ": done"
	}
	return ""
}

func partWords(model string, d sim.PartData) string {
	text := fmt.Sprintf("%s for %s %s", model, d.For, map[sim.PartState]string{
		sim.PartTaken: "is taken from the shelf", sim.PartOrdered: "is ordered", sim.PartArrived: "arrives",
		sim.PartFitted: "is fitted", sim.PartDead: "is dead on arrival",
	}[d.State])
	return text
}

func noticeWords(start time.Time, d sim.NoticeData) string {
	switch {
	case d.ETA == 0:
		return d.Text
	case start.IsZero():
		return d.Text + ", all well at " + Clock(time.Duration(d.ETA).Round(time.Minute))
	}
	return d.Text + ", all well at " + start.Add(time.Duration(d.ETA)).Format("15:04")
}
