package check

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

func init() {
	sim.Checks.Register("data_intact", "nothing that the storage had acknowledged to a workload is lost, torn or stale when it is read back",
		func() sim.Check { return new(DataIntact) })
}

// DataIntact asks for what members found when they read back their disks: after a boot, and after every stall. A member
// that never had to proves nothing; one of the workload's must have.
type DataIntact struct {
	Workload string `yaml:"workload,scalar,required" doc:"the workload whose disks are read back"`
}

// Resolve looks for the workload.
func (c *DataIntact) Resolve(sc *sim.Scenario) error { return resolve(sc, c.Workload, "") }

// Judge adds up what was found.
func (c *DataIntact) Judge(log *sim.Log) sim.Judgement {
	r := readBack(log, c.Workload)
	j := sim.Judgement{Outcome: sim.Inconclusive, Want: "nothing acknowledged is lost, torn or stale", Got: r.String(), Evidence: r.evidence}
	switch {
	case len(r.damaged) > 0:
		d := r.damaged[0]
		j.Outcome, j.Evidence = sim.Failed, []int{d.Seq}
		j.Got = d.Subject + ": " + damage(d.Data.(sim.IntegrityData))
	case len(r.evidence) > 0:
		j.Outcome = sim.Passed
	}
	return j
}

// reading is what members of a workload found when they read back their disks.
type reading struct {
	workload string
	members  int
	intact   int             // records
	read     map[string]bool // members
	evidence []int
	damaged  []sim.Event
}

func readBack(log *sim.Log, workload string) reading {
	members := map[string]bool{}
	for _, m := range sim.HistoryOf(log).Members(workload) {
		members[m] = true
	}
	r := reading{workload: workload, members: len(members), read: map[string]bool{}}
	for _, e := range log.Events() {
		d, ok := e.Data.(sim.IntegrityData)
		if !ok || !members[e.Subject] {
			continue
		}
		r.intact += d.Intact
		r.read[e.Subject] = true
		r.evidence = append(r.evidence, e.Seq)
		if !d.Sound() {
			r.damaged = append(r.damaged, e)
		}
	}
	return r
}

// hurt counts the members that found damage.
func (r reading) hurt() int {
	hurt := map[string]bool{}
	for _, e := range r.damaged {
		hurt[e.Subject] = true
	}
	return len(hurt)
}

// String says how much is well.
func (r reading) String() string {
	if len(r.read) == 0 {
		return "no disk of " + r.workload + " was read back"
	}
	return fmt.Sprintf("%d records of %d of %d members intact", r.intact, len(r.read), r.members)
}

func damage(d sim.IntegrityData) string {
	return fmt.Sprintf("%d lost, %d torn, %d stale, back to %s before", d.Lost, d.Torn, d.Stale, time.Duration(d.Back).Round(time.Millisecond))
}
