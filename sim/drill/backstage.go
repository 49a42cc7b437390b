package drill

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Backstage is what those see who are let in on the truth: facilitators, the control cell and evaluators.
type Backstage struct {
	View
	Truth Truth `json:"truth"`
}

// Truth is what players never see. Each seat's has what it needs of it.
type Truth struct {
	Workloads []Light  `json:"workloads"`
	Active    []string `json:"active"` // entries of the timeline that are going on
	Injects   []Held   `json:"injects"`
	// Letters are what was written to and answered for people outside the room.
	Letters []Letter `json:"letters,omitempty"`
	Goals   []Goal   `json:"objectives,omitempty"`
	Remarks []Remark `json:"remarks,omitempty"`
	// Findings are what is to be improved, and what came of playing it.
	Findings []Noted `json:"findings,omitempty"`

	// The rest is for facilitators alone. Next is what comes next by itself; nil when nothing does.
	Next      *Coming `json:"next,omitempty"`
	Decisions []Known `json:"decisions,omitempty"`
	// Settling is what keeps time from standing.
	Settling string `json:"settling,omitempty"`
	// Steered is how often the clock was steered: a command that comes from an older view is refused.
	Steered int `json:"steered"`
}

// Held is an inject with what is expected of the table.
type Held struct {
	ID        string       `json:"id"`
	At        *sim.Seconds `json:"at,omitempty"`
	When      string       `json:"when"` // what it waits for, in words
	Given     *sim.Seconds `json:"given,omitempty"`
	Held      bool         `json:"held,omitempty"`
	To        string       `json:"to,omitempty"`
	Via       string       `json:"via"`
	Text      string       `json:"text"`
	Expect    string       `json:"expect,omitempty"`
	Objective string       `json:"objective"`
	False     bool         `json:"false_lead,omitempty"`
}

// Letter is a message by the names of who wrote and who reads it, so that it can be answered.
type Letter struct {
	At   sim.Seconds `json:"at"`
	From string      `json:"from"`
	To   string      `json:"to"`
	By   string      `json:"by,omitempty"`
	Text string      `json:"text"`
	// Waits: it is a role's, and nobody has answered it.
	Waits bool `json:"waits,omitempty"`
}

// Known is a decision with what comes of each option.
type Known struct {
	ID      string        `json:"id"`
	To      string        `json:"to,omitempty"`
	Text    string        `json:"text"`
	Given   bool          `json:"given"`
	Decided string        `json:"decided,omitempty"`
	Options []KnownChoice `json:"options"`
}

// KnownChoice is one way to decide, and what comes of it.
type KnownChoice struct {
	ID string `json:"id"`
	Choice
	Truth string `json:"truth"`
}

// Goal is an objective and how it was rated, by each who did.
type Goal struct {
	ID      string `json:"id"`
	Axis    Axis   `json:"axis"`
	Text    string `json:"text"`
	Look    string `json:"look_for,omitempty"`
	Ratings []Mark `json:"ratings,omitempty"`
}

// Mark is a rating: the latest that somebody gave.
type Mark struct {
	By     string `json:"by,omitempty"`
	Rating string `json:"rating"`
	Text   string `json:"text,omitempty"`
}

// Remark is what somebody noted.
type Remark struct {
	At        sim.Seconds `json:"at"`
	By        string      `json:"by,omitempty"`
	Objective string      `json:"objective,omitempty"`
	Text      string      `json:"text"`
	Part      string      `json:"part"`
}

// Noted is a finding.
type Noted struct {
	Objective string `json:"objective"`
	Text      string `json:"text"`
	Owner     string `json:"owner,omitempty"`
	Until     string `json:"until,omitempty"`
	Remedy    string `json:"remedy,omitempty"`
	// Delta is what its remedy changes, in a line; empty without one.
	Delta string `json:"delta,omitempty"`
}

// facilitator is the view of who knows everything.
func (r *Room) facilitator() Backstage {
	v := Backstage{r.table(), r.stage()}
	v.Title = r.sc.Name
	v.Truth.Goals, v.Truth.Remarks, v.Truth.Findings = r.goals(everybody), r.remarks(everybody), r.findings()
	v.Truth.Next, v.Truth.Steered, v.Truth.Settling = r.coming(), r.steered, r.clock.Settling()
	for _, x := range r.items {
		if x.decision != nil {
			v.Truth.Decisions = append(v.Truth.Decisions, x.truth())
		}
	}
	return v
}

// controlCell is the view of those who speak for everybody outside the room: what is really going on and what was said,
// and nothing of what evaluators think of it.
func (r *Room) controlCell() Backstage {
	return Backstage{r.table(), r.stage()}
}

// evaluator is the view of somebody who rates: everything but what the other evaluators think.
func (r *Room) evaluator(seat string) Backstage {
	own := func(by string) bool { return by == seat }
	v := Backstage{r.table(), r.stage()}
	v.Truth.Goals, v.Truth.Remarks = r.goals(own), r.remarks(own)
	return v
}

func everybody(string) bool { return true }

// stage is what is really going on.
func (r *Room) stage() Truth {
	t := Truth{Workloads: r.lights(), Active: r.run.Active(), Letters: r.letters()}
	for _, x := range r.items {
		if x.inject != nil {
			t.Injects = append(t.Injects, x.known(r.sc))
		}
	}
	return t
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

// letters lists all messages. A role's waits until whom it wrote to has said something to it.
func (r *Room) letters() []Letter {
	var all []Letter
	for _, e := range r.log.Events() {
		d, ok := e.Data.(sim.MessageData)
		if !ok {
			continue
		}
		for i := range all {
			if all[i].From == d.To && all[i].To == d.From {
				all[i].Waits = false
			}
		}
		all = append(all, Letter{sim.Seconds(e.At), d.From, d.To, d.By, d.Text, d.By == ""})
	}
	return all
}

func (x *item) truth() Known {
	d := x.decision
	k := Known{ID: x.id, To: d.To, Text: d.Text, Given: x.given != sim.Never, Decided: x.decided}
	for _, o := range d.Options {
		k.Options = append(k.Options, KnownChoice{o.Key, choice(&o.Value), o.Value.Truth})
	}
	return k
}

func (x *item) known(sc *sim.Scenario) Held {
	in := x.inject
	return Held{
		ID: x.id, At: moment(x.at), When: comes(sc, *in), Given: moment(x.given), Held: x.held, To: in.To, Via: via(in.Via), Text: in.Text,
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

// goals lists the objectives with the latest rating of each who rated and whose ratings are asked for.
func (r *Room) goals(whose func(by string) bool) []Goal {
	var all []Goal
	for _, o := range r.Script.Objectives {
		all = append(all, Goal{o.Key, o.Value.Axis, o.Value.Text, o.Value.Look, marks(r.log, o.Key, whose)})
	}
	return all
}

// rating is a mark with its event.
type rating struct {
	Mark
	seq int
}

// ratings lists the latest rating of an objective by each who rated it, in the order in which they first did.
func ratings(log *sim.Log, objective string, whose func(by string) bool) []rating {
	var all []rating
	for _, e := range log.Events() {
		d, ok := e.Data.(sim.RatingData)
		if !ok || e.Subject != objective || !whose(d.By) {
			continue
		}
		latest := rating{Mark{d.By, d.Rating, d.Text}, e.Seq}
		if i := slices.IndexFunc(all, func(r rating) bool { return r.By == d.By }); i >= 0 {
			all[i] = latest
		} else {
			all = append(all, latest)
		}
	}
	return all
}

// marks are the ratings as pages have them.
func marks(log *sim.Log, objective string, whose func(by string) bool) []Mark {
	var all []Mark
	for _, r := range ratings(log, objective, whose) {
		all = append(all, r.Mark)
	}
	return all
}

func (r *Room) findings() []Noted {
	var all []Noted
	for _, f := range findings(r.log.Events()) {
		n := Noted{Objective: f.d.Objective, Text: f.d.Text, Owner: f.d.Owner, Until: f.d.Until, Remedy: f.d.Remedy}
		if n.Remedy != "" {
			n.Delta = f.delta().Text
		}
		all = append(all, n)
	}
	return all
}

func (r *Room) remarks(whose func(by string) bool) []Remark {
	var all []Remark
	for _, e := range r.log.Events() {
		if d, ok := e.Data.(sim.RemarkData); ok && whose(d.By) {
			all = append(all, Remark{sim.Seconds(e.At), d.By, e.Subject, d.Text, d.Part})
		}
	}
	return all
}
