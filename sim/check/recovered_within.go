package check

import (
	"fmt"
	"math"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

func init() {
	sim.Checks.Register("recovered_within", "a workload is served again within a time after a timeline entry has ended",
		func() sim.Check { return new(RecoveredWithin) })
}

// RecoveredWithin asks how soon after an entry all members are served again. Time counts from the end of the entry (a
// reboot ends when its nodes are in service); for one that does not end, from its beginning.
type RecoveredWithin struct {
	Workload string        `yaml:"workload,required" doc:"the workload it speaks of"`
	After    string        `yaml:"after,required" doc:"the timeline entry whose end, or beginning if it does not end, time counts from"`
	Within   time.Duration `yaml:"within,required" doc:"how soon every member must be served again"`
}

// Resolve looks for the workload and the entry.
func (c *RecoveredWithin) Resolve(sc *sim.Scenario) error {
	if err := resolve(sc, c.Workload, ""); err != nil {
		return err
	}
	return resolveEntry(sc, c.After)
}

// Judge compares.
func (c *RecoveredWithin) Judge(log *sim.Log) sim.Judgement {
	r := &run{log: log, History: sim.HistoryOf(log)}
	want := fmt.Sprintf("served within %s after %s", c.Within, c.After)
	begun, begins := r.moment(c.After)
	members := r.Members(c.Workload)
	if begins == 0 || len(members) == 0 || !r.Steady() {
		return sim.Judgement{Outcome: sim.Inconclusive, Want: want, Got: c.After + " and " + c.Workload + " are not both in the log"}
	}
	x := condition{atMost(c.Within), "", func(r *run, member string) finding { return recovery(r, member, begun, begun+c.Within) }}
	j := x.judge(r, members)
	j.Want, j.Evidence = want, append([]int{begins}, j.Evidence...)
	return j
}

// moment is when an entry ended, or else when it began, and the event that says so; 0 when the log has neither.
func (r *run) moment(entry string) (at time.Duration, seq int) {
	for _, e := range r.log.Events() {
		_, fault := e.Data.(sim.FaultData)
		_, healed := e.Data.(sim.HealedData)
		if e.Subject == entry && (healed || fault) {
			at, seq = e.At, e.Seq
		}
	}
	return at, seq
}

// recovery is how long after a moment a member is served again for good: until the last outage has ended that began
// before the time was up.
func recovery(r *run, member string, after, until time.Duration) finding {
	f := finding{text: "never gone", value: value{0, r.unbounded(0)}}
	if end, _ := r.End(); end >= until {
		f.value.most = 0
	}
	for _, o := range r.OutagesOf(member) {
		if o.From > until || o.To < after && !o.Open {
			continue
		}
		took := o.To - after
		f = finding{value: about(float64(took), float64(o.Resolution)), text: round(took).String(), evidence: events(o)}
		if o.Open {
			f.value.most, f.text = math.Inf(1), "not served again"
			if _, why := r.End(); why == "played" || o.To > until {
				f.value.least = math.Inf(1)
			}
		}
	}
	return f
}
