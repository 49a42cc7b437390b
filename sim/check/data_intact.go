package check

import (
	"fmt"

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
	members := map[string]bool{}
	for _, m := range sim.HistoryOf(log).Members(c.Workload) {
		members[m] = true
	}
	j := sim.Judgement{Outcome: sim.Inconclusive, Want: "nothing acknowledged is lost, torn or stale", Got: "no disk of " + c.Workload + " was read back"}
	intact, read := 0, map[string]bool{}
	for _, e := range log.Events() {
		d, ok := e.Data.(sim.IntegrityData)
		switch {
		case !ok || !members[e.Subject]:
			continue
		case !d.Sound():
			return sim.Judgement{Outcome: sim.Failed, Want: j.Want, Got: e.Subject + ": " + damage(d), Evidence: []int{e.Seq}}
		}
		intact += d.Intact
		read[e.Subject] = true
		j.Evidence = append(j.Evidence, e.Seq)
	}
	if len(read) > 0 {
		j.Outcome, j.Got = sim.Passed, fmt.Sprintf("%d records of %d of %d members intact", intact, len(read), len(members))
	}
	return j
}

func damage(d sim.IntegrityData) string {
	return fmt.Sprintf("%d lost, %d torn, %d stale, back to %s before", d.Lost, d.Torn, d.Stale, d.Back)
}
