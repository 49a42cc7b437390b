package simtest

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Story writes logs by hand, for tests of what reads them. It begins with a header of one workload "mail" of two
// members that tolerates 30 s, and a steady state; time stands at 0.
type Story struct {
	Log *sim.Log
	now time.Duration
}

// NewStory begins a story.
func NewStory(uses ...sim.UseData) *Story { return storyIn("model", uses) }

// Measured is NewStory in the kernel world.
func Measured(uses ...sim.UseData) *Story { return storyIn("kernel", uses) }

func storyIn(world string, uses []sim.UseData) *Story {
	s := &Story{}
	s.Log = sim.NewLog(func() time.Duration { return s.now }, nil)
	if uses == nil {
		uses = []sim.UseData{{ID: "mail", Kind: "reach", Members: 2, Tolerates: sim.Seconds(30 * time.Second)}}
	}
	s.Log.Add(0, "", sim.HeaderData{Format: sim.Format, World: world, Uses: uses, Question: true})
	n := 0
	for _, u := range uses {
		for _, m := range u.Subjects() {
			s.Log.Add(0, m, sim.UpData{})
			n++
		}
	}
	s.Log.Add(0, "", sim.SteadyData{Members: n})
	return s
}

// At moves time on.
func (s *Story) At(d time.Duration) *Story { s.now = d; return s }

// Fault begins an entry now.
func (s *Story) Fault(id, by string) int {
	return s.Log.Add(0, id, sim.FaultData{Fault: "reboot", Text: id, By: by})
}

// Out has a member unserved from now on.
func (s *Story) Out(member string, cause int) int {
	return s.Log.Add(cause, member, sim.DownData{Since: sim.Seconds(s.now)})
}

// Back ends the outage that began at from, known to the resolution.
func (s *Story) Back(member string, from, resolution time.Duration) int {
	return s.Log.Add(0, member, sim.UpData{From: sim.Seconds(from), To: sim.Seconds(s.now), Resolution: sim.Seconds(resolution)})
}

// Outage is a whole outage.
func (s *Story) Outage(member string, from, to, resolution time.Duration, cause int) *Story {
	s.At(from).Out(member, cause)
	s.At(to).Back(member, from, resolution)
	return s
}

// End ends the log.
func (s *Story) End(reason string) *sim.Log {
	s.Log.Add(0, "", sim.EndData{Reason: reason})
	return s.Log
}
