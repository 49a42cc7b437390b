package drill

import "github.com/dcdrill/dcdrill/sim"

// Washed is what everybody may see in the hot wash, right after the drill.
type Washed struct {
	Faults    []Fact   `json:"faults"`
	Decisions []Taken  `json:"decisions"`
	Goals     []Goal   `json:"objectives"`
	Remarks   []Remark `json:"remarks"`
}

// Fact is something that really was the matter.
type Fact struct {
	At   sim.Seconds `json:"at"`
	Text string      `json:"text"`
}

// Taken is a decision that was taken, and what came of it.
type Taken struct {
	At     sim.Seconds `json:"at"`
	Text   string      `json:"text"`
	By     string      `json:"by,omitempty"`
	Option string      `json:"option"`
	Truth  string      `json:"truth"`
}

func (r *Room) washing() *Washed {
	w := &Washed{Goals: r.goals(everybody), Remarks: r.remarks(everybody)}
	for _, e := range r.log.Events() {
		at := sim.Seconds(e.At)
		switch d := e.Data.(type) {
		case sim.FaultData:
			w.Faults = append(w.Faults, Fact{at, d.Text})
		case sim.DecidedData:
			decision := r.Script.Decisions.Lookup(e.Subject)
			o := decision.Options.Lookup(d.Option)
			w.Decisions = append(w.Decisions, Taken{at, decision.Text, r.Script.title(d.By), o.Text, o.Truth})
		}
	}
	return w
}
