package drill

import (
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// View is what somebody in the room may see at a moment. Only the facilitator's has a Truth.
type View struct {
	Title string  `json:"title"`
	Phase Phase   `json:"phase"`
	Clock Reading `json:"clock"`
	// Told are the injects and questions that were given to whom the view is for, latest last.
	Told []Message `json:"told"`
	// Open are the decisions that the table has been asked for and has not taken.
	Open []Question `json:"open"`
	// Work is what people are busy with, and what they found.
	Work []Work `json:"work"`
	// Monitoring is what the table's own monitoring shows.
	Monitoring []Light  `json:"monitoring"`
	Posted     []Posted `json:"posted"`
	Truth      *Truth   `json:"truth,omitempty"`
}

// Reading is what the clock on the wall shows.
type Reading struct {
	At    sim.Seconds `json:"at"`
	Local string      `json:"local,omitempty"` // 15:04:05, where the scenario has a start
	Speed float64     `json:"speed"`
	// Fastest is the highest speed: 1 where packets are real.
	Fastest float64 `json:"fastest"`
	// Settling: time is to stand, and goes on until everything has settled.
	Settling bool `json:"settling,omitempty"`
}

// Message is something that the table was told. It has no name: that of an inject may tell what it is.
type Message struct {
	At   sim.Seconds `json:"at"`
	To   string      `json:"to,omitempty"`
	Via  string      `json:"via"`
	From string      `json:"from,omitempty"`
	Text string      `json:"text"`
}

// Question is a decision to be taken, without what comes of it. Names are for the facilitator alone.
type Question struct {
	ID      string   `json:"id,omitempty"`
	To      string   `json:"to,omitempty"`
	Text    string   `json:"text"`
	Options []Choice `json:"options"`
}

// Choice is one way to decide, as players see it.
type Choice struct {
	ID    string      `json:"id,omitempty"`
	Text  string      `json:"text"`
	Takes sim.Seconds `json:"takes,omitempty"`
	Cost  string      `json:"cost,omitempty"`
}

// Work is an operation, under way or done.
type Work struct {
	Text  string      `json:"text"`
	By    string      `json:"by,omitempty"`
	Until sim.Seconds `json:"until"`
	Done  bool        `json:"done"`
	Found string      `json:"found,omitempty"`
}

// Light is a workload as monitoring shows it.
type Light struct {
	Workload string `json:"workload"`
	Served   int    `json:"served"`
	Of       int    `json:"of"`
	// Unseen is of how many members monitoring has no data since a moment: what it shows of them is how they were then.
	Unseen int          `json:"unseen,omitempty"`
	Since  *sim.Seconds `json:"since,omitempty"`
}

// Posted is what customers were told.
type Posted struct {
	At   sim.Seconds  `json:"at"`
	Text string       `json:"text"`
	ETA  *sim.Seconds `json:"eta,omitempty"`
}

// Truth is what only the facilitator knows.
type Truth struct {
	// Next is when the next thing happens by itself; nil when nothing does.
	Next *sim.Seconds `json:"next,omitempty"`
	// Settling is what keeps time from standing.
	Settling  string   `json:"settling,omitempty"`
	Workloads []Light  `json:"workloads"`
	Injects   []Held   `json:"injects"`
	Decisions []Known  `json:"decisions"`
	Goals     []Goal   `json:"objectives"`
	Remarks   []Remark `json:"remarks"`
	Active    []string `json:"active"` // entries of the timeline that are going on
}

// Held is an inject with what is expected of the table.
type Held struct {
	ID        string       `json:"id"`
	At        *sim.Seconds `json:"at,omitempty"`
	Given     *sim.Seconds `json:"given,omitempty"`
	Held      bool         `json:"held,omitempty"`
	To        string       `json:"to,omitempty"`
	Via       string       `json:"via"`
	Text      string       `json:"text"`
	Expect    string       `json:"expect,omitempty"`
	Objective string       `json:"objective"`
	False     bool         `json:"false_lead,omitempty"`
}

// Known is a decision with what comes of each option.
type Known struct {
	Question
	Given   bool              `json:"given"`
	Decided string            `json:"decided,omitempty"`
	Truths  map[string]string `json:"truths"`
}

// Goal is an objective and how it was rated.
type Goal struct {
	ID     string `json:"id"`
	Axis   Axis   `json:"axis"`
	Text   string `json:"text"`
	Look   string `json:"look_for,omitempty"`
	Rating string `json:"rating,omitempty"`
}

// Remark is what somebody noted.
type Remark struct {
	At        sim.Seconds `json:"at"`
	By        string      `json:"by,omitempty"`
	Objective string      `json:"objective,omitempty"`
	Text      string      `json:"text"`
	Part      string      `json:"part"`
}

// Whose views there are.
const (
	Wall        = "wall"        // everybody at the table
	Facilitator = "facilitator" // who knows the truth
)

// View is what somebody may see now.
func (r *Room) View(as string) (View, error) {
	switch as {
	case Wall:
		return r.wall(), nil
	case Facilitator:
		return r.facilitator(), nil
	}
	return View{}, topology.NewUnknown("view", as, []string{Wall, Facilitator})
}

// wall is the view of everybody at the table.
func (r *Room) wall() View {
	v := View{Title: r.Script.Called(), Phase: r.phase, Clock: r.reading(), Work: r.work(), Monitoring: r.monitoring()}
	for _, e := range r.log.Events() {
		at := sim.Seconds(e.At)
		switch d := e.Data.(type) {
		case sim.InjectData:
			v.Told = append(v.Told, Message{at, d.To, d.Via, d.From, d.Text})
		case sim.PostedData:
			v.Posted = append(v.Posted, Posted{at, d.Text, d.ETA})
		}
	}
	for _, x := range r.items {
		if x.decision != nil && x.given != sim.Never && x.decided == "" {
			v.Open = append(v.Open, x.question().nameless())
		}
	}
	return v
}

// facilitator is the view of who knows the truth.
func (r *Room) facilitator() View {
	v := r.wall()
	v.Title = r.sc.Name
	v.Truth = &Truth{
		Workloads: r.lights(), Goals: r.goals(), Remarks: r.remarks(), Active: r.run.Active(), Settling: r.clock.Settling(),
	}
	if next := r.run.Loop().Next(); next != sim.Never {
		s := sim.Seconds(next)
		v.Truth.Next = &s
	}
	for _, x := range r.items {
		if x.inject != nil {
			v.Truth.Injects = append(v.Truth.Injects, x.known())
		} else {
			v.Truth.Decisions = append(v.Truth.Decisions, x.truth())
		}
	}
	return v
}

func (r *Room) reading() Reading {
	at := r.clock.Present()
	if next := r.run.Loop().Next(); next != sim.Never {
		at = min(at, next)
	}
	reading := Reading{
		At: sim.Seconds(at), Speed: r.clock.Speed(), Fastest: r.clock.Fastest(), Settling: r.clock.Settling() != "",
	}
	if !r.sc.Start.IsZero() {
		reading.Local = r.sc.Start.Add(at).Format("15:04:05")
	}
	return reading
}

func (r *Room) work() []Work {
	var all []Work
	for _, t := range r.tasks {
		all = append(all, Work{Text: t.String(), By: t.by, Until: sim.Seconds(t.until), Done: t.done, Found: t.found})
	}
	return all
}

// monitoring is what the table's own monitoring shows.
func (r *Room) monitoring() []Light {
	var all []Light
	for _, u := range r.sc.Uses {
		all = append(all, r.monitor.light(u, r.clock.Now()))
	}
	return all
}

// lights is how workloads really are.
func (r *Room) lights() []Light {
	var all []Light
	for _, u := range r.sc.Uses {
		l := Light{Workload: u.ID, Of: len(u.Members)}
		for _, m := range u.Members {
			if r.monitor.served[m.Subject()] {
				l.Served++
			}
		}
		all = append(all, l)
	}
	return all
}

func (x *item) question() Question {
	q := Question{ID: x.id, To: x.decision.To, Text: x.decision.Text}
	for _, o := range x.decision.Options {
		q.Options = append(q.Options, Choice{o.Key, o.Value.Text, sim.Seconds(o.Value.Takes), o.Value.Cost})
	}
	return q
}

// nameless is the question as players see it.
func (q Question) nameless() Question {
	q.ID = ""
	for i := range q.Options {
		q.Options[i].ID = ""
	}
	return q
}

func (x *item) truth() Known {
	k := Known{Question: x.question(), Given: x.given != sim.Never, Decided: x.decided, Truths: map[string]string{}}
	for _, o := range x.decision.Options {
		k.Truths[o.Key] = o.Value.Truth
	}
	return k
}

func (x *item) known() Held {
	in := x.inject
	return Held{
		ID: x.id, At: moment(x.at), Given: moment(x.given), Held: x.held, To: in.To, Via: via(in.Via), Text: in.Text,
		Expect: in.Expect, Objective: in.Objective, False: in.False,
	}
}

func moment(d time.Duration) *sim.Seconds {
	if d == sim.Never {
		return nil
	}
	s := sim.Seconds(d)
	return &s
}

func (r *Room) goals() []Goal {
	ratings := map[string]string{}
	for _, e := range r.log.Events() {
		if d, ok := e.Data.(sim.RatingData); ok {
			ratings[e.Subject] = d.Rating
		}
	}
	var all []Goal
	for _, o := range r.Script.Objectives {
		all = append(all, Goal{o.Key, o.Value.Axis, o.Value.Text, o.Value.Look, ratings[o.Key]})
	}
	return all
}

func (r *Room) remarks() []Remark {
	var all []Remark
	for _, e := range r.log.Events() {
		if d, ok := e.Data.(sim.RemarkData); ok {
			all = append(all, Remark{sim.Seconds(e.At), d.By, e.Subject, d.Text, d.Part})
		}
	}
	return all
}

// workloadOf is the workload of a member by its subject; none of what only looks at one.
func workloadOf(subject string) string {
	if strings.Contains(subject, " ") {
		return ""
	}
	workload, _, _ := strings.Cut(subject, "/")
	return workload
}
