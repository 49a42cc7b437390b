package sim

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// Scenario is a drill ready to be played: everything resolved, nothing left to look up.
type Scenario struct {
	Name, Story string
	Plant       *topology.Plant
	// Start is the local wall-clock moment of scenario time 0, with its zone; zero when the file names none.
	Start time.Time
	Seed  uint64
	// Until ends the run at the latest; 0 means 24 h.
	Until    time.Duration
	Uses     []*Use
	Timeline []*Entry
	// Recovery is the people who put right what goes wrong; nil where nobody comes.
	Recovery Recovery
	// Variant is the name of the variant that was laid over the file; empty for the scenario as it is.
	Variant string
	// MustSurvive has a check per workload that must survive, by default every one with what it tolerates.
	MustSurvive []*NamedCheck
	Expect      []*NamedCheck
	// TopologyText and Text are the files after all overrides, so that a log alone can be played again.
	TopologyText, Text string

	known map[string]bool // the workloads of Uses
}

// Knows says whether there is a workload of this name. It is asked once for each workload of plants that have a hundred
// thousand.
func (s *Scenario) Knows(workload string) bool {
	if len(s.known) != len(s.Uses) {
		s.known = make(map[string]bool, len(s.Uses))
		for _, u := range s.Uses {
			s.known[u.ID] = true
		}
	}
	return s.known[workload]
}

// impairs lists the words of impairments that the scenario needs, each once.
func (s *Scenario) impairs() []string {
	var words []string
	for _, l := range s.Plant.Links {
		words = append(words, l.Impairment.Words()...)
	}
	for _, e := range s.Timeline {
		if i, ok := e.Fault.(Impairer); ok {
			words = append(words, i.Impairs().Words()...)
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// fills is what virtual machines may write, by volume.
func (s *Scenario) fills() []Fill {
	var all []Fill
	at := map[*topology.Volume]int{}
	for _, m := range s.Guests() {
		resident := m.Talk.(Resident)
		volume := resident.Datastore().Volume
		if _, known := at[volume]; !known {
			at[volume] = len(all)
			all = append(all, Fill{Volume: volume})
		}
		f := &all[at[volume]]
		f.Machines++
		f.Bytes = min(f.Bytes+resident.Fills(), volume.Size)
	}
	return all
}

// Guests lists the members that are virtual machines.
func (s *Scenario) Guests() []*Member {
	var all []*Member
	for _, u := range s.Uses {
		for _, m := range u.Members {
			if _, ok := m.Talk.(Resident); ok {
				all = append(all, m)
			}
		}
	}
	return all
}

// Entry is one line of the timeline.
type Entry struct {
	ID   string
	Kind string // of the fault
	// Text is the entry as people read it: "reboot core".
	Text string
	// At is when it happens; with When, it happens After that event instead.
	At    time.Duration
	When  *Trigger
	After time.Duration
	// For is how long it lasts; zero: as long as its kind says, or to the end.
	For   time.Duration
	By    string // who did it, for attribution
	Fault Fault
	Pos   topology.Pos
}

// Trigger is an event of the run that an entry waits for: the count-th event of this kind and subject.
type Trigger struct {
	Kind    string // an event kind; for "stage", State is the stage's name, for "task" that of the task's state
	Subject string
	State   string
	Count   int // 0 means the first
}

// NamedCheck is a check with the name it has in the file.
type NamedCheck struct {
	ID string
	// Workload is the workload it speaks of, empty for others.
	Workload string
	Check    Check
	Pos      topology.Pos
}
