package drill

import (
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// View is what somebody in the room may see at a moment. It is made of what is named here, and has no place for the
// truth.
type View struct {
	Title string  `json:"title"`
	Phase Phase   `json:"phase"`
	Clock Reading `json:"clock"`
	// Told is what whom the view is for was told, and what they wrote and were answered; latest last.
	Told []Message `json:"told"`
	// Open are the decisions that they are asked for and have not taken.
	Open []Question `json:"open"`
	// Work is what they are busy with, and what they found.
	Work []Work `json:"work"`
	// Monitoring is what the table's own monitoring shows.
	Monitoring []Light  `json:"monitoring"`
	Posted     []Posted `json:"posted"`
	// HotWash is what was hidden, once everybody may see it.
	HotWash *Washed `json:"hot_wash,omitempty"`
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

// Question is a decision to be taken, without what comes of it. It has a number and no name, for names tell too much.
type Question struct {
	Number  int      `json:"number"`
	To      string   `json:"to,omitempty"`
	Text    string   `json:"text"`
	Options []Choice `json:"options"`
}

// Choice is one way to decide, as players see it.
type Choice struct {
	Text  string      `json:"text"`
	Takes sim.Seconds `json:"takes,omitempty"`
	Cost  string      `json:"cost,omitempty"`
}

// Work is an operation that waits for hands, is under way, done, or left before it was.
type Work struct {
	Number int          `json:"number"`
	Text   string       `json:"text"`
	By     string       `json:"by,omitempty"`
	Until  *sim.Seconds `json:"until,omitempty"` // nil while it waits
	Done   bool         `json:"done,omitempty"`
	Left   bool         `json:"left,omitempty"`
	Found  string       `json:"found,omitempty"`
	// Finished is how many of its parts are done, where there are several.
	Finished int `json:"finished,omitempty"`
	Of       int `json:"of,omitempty"`
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

// View is what a seat may see now: a View, or a Backstage for those who are let in on the truth.
func (r *Room) View(seat string) (any, error) {
	switch kindOf(seat) {
	case Facilitator:
		return r.facilitator(), nil
	case Control:
		return r.controlCell(), nil
	case Evaluator:
		return r.evaluator(seat), nil
	case Table:
		return r.table(), nil
	case Wall:
		return r.wall(), nil
	}
	if r.Script.Roles.Lookup(seat) == nil {
		return nil, topology.NewUnknown("seat", seat, r.Script.Roles.Keys())
	}
	return r.role(seat), nil
}

// table is what the table of a tabletop knows together.
func (r *Room) table() View {
	v := r.scene()
	v.Told = r.told(func(string) bool { return true })
	v.Open = r.questions(func(*Decision) bool { return true })
	v.Work = r.work(func(*task) bool { return true })
	return v
}

// wall is what everybody in a functional drill may see.
func (r *Room) wall() View {
	v := r.scene()
	v.Told = r.told(func(to string) bool { return to == "" })
	return v
}

// role is what a role may see: what it was told itself, and what came of its own work.
func (r *Room) role(name string) View {
	v := r.scene()
	v.Told = r.told(func(to string) bool { return to == "" || to == name })
	v.Open = r.questions(func(d *Decision) bool { return d.isFor(name) })
	v.Work = r.work(func(t *task) bool { return t.by == name })
	return v
}

// scene is what everybody sees.
func (r *Room) scene() View {
	v := View{Title: r.Script.Called(), Phase: r.phase, Clock: r.reading(), Monitoring: r.monitoring()}
	for _, e := range r.log.Events() {
		if d, ok := e.Data.(sim.PostedData); ok {
			v.Posted = append(v.Posted, Posted{sim.Seconds(e.At), d.Text, d.ETA})
		}
	}
	if r.phase == HotWash {
		v.HotWash = r.washing()
	}
	return v
}

// told lists what was said to whom hears it, and what roles that hear it wrote themselves.
func (r *Room) told(hears func(to string) bool) []Message {
	var all []Message
	for _, e := range r.log.Events() {
		at := sim.Seconds(e.At)
		switch d := e.Data.(type) {
		case sim.InjectData:
			if hears(d.To) {
				all = append(all, Message{at, r.Script.title(d.To), d.Via, d.From, d.Text})
			}
		case sim.MessageData:
			if hears(d.To) || hears(d.From) {
				all = append(all, Message{at, r.Script.title(d.To), "message", r.Script.title(d.From), d.Text})
			}
		case sim.DecidedData:
			if q := r.Script.Decisions.Lookup(e.Subject); hears(q.To) {
				all = append(all, Message{at, "", "decision", r.Script.title(d.By), q.Options.Lookup(d.Option).Text})
			}
		}
	}
	return all
}

// questions lists the open decisions of those who are asked.
func (r *Room) questions(asked func(*Decision) bool) []Question {
	var all []Question
	for _, x := range r.items {
		if x.decision == nil || !x.open() || !asked(x.decision) {
			continue
		}
		q := Question{Number: x.number, To: r.Script.title(x.decision.To), Text: x.decision.Text}
		for _, o := range x.decision.Options {
			q.Options = append(q.Options, choice(&o.Value))
		}
		all = append(all, q)
	}
	return all
}

func choice(o *Option) Choice { return Choice{o.Text, sim.Seconds(o.Takes), o.Cost} }

func (r *Room) work(whose func(*task) bool) []Work {
	var all []Work
	for i, t := range r.tasks {
		if !whose(t) {
			continue
		}
		w := Work{Number: i + 1, Text: t.String(), By: r.Script.title(t.by), Done: t.done, Left: t.left, Found: t.found}
		if t.begun {
			until := sim.Seconds(t.until)
			w.Until = &until
		}
		if len(t.parts) > 1 {
			w.Finished, w.Of = t.finished, len(t.parts)
		}
		all = append(all, w)
	}
	return all
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

// monitoring is what the table's own monitoring shows.
func (r *Room) monitoring() []Light {
	var all []Light
	for _, u := range r.sc.Uses {
		all = append(all, r.monitor.light(u, r.clock.Now()))
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
