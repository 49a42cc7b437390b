package check

import (
	"fmt"

	"github.com/dcdrill/dcdrill/sim"
)

func init() {
	sim.Checks.Register("data_lost", "something that the storage had acknowledged to a workload is lost, torn or stale, and is found to be when it is read back",
		func() sim.Check { return new(DataLost) })
}

// DataLost asks for damage that members found when they read back their disks. Where nobody had to, nothing is proven.
type DataLost struct {
	Workload string `yaml:"workload,scalar,required" doc:"the workload whose disks are read back"`
}

// Resolve looks for the workload.
func (c *DataLost) Resolve(sc *sim.Scenario) error { return resolve(sc, c.Workload, "") }

// Judge looks for the damage.
func (c *DataLost) Judge(log *sim.Log) sim.Judgement {
	r := readBack(log, c.Workload)
	j := sim.Judgement{Outcome: sim.Inconclusive, Want: "something acknowledged is found to be lost, torn or stale", Got: r.String(), Evidence: r.evidence}
	switch {
	case len(r.damaged) > 0:
		d := r.damaged[0]
		j.Outcome, j.Evidence = sim.Passed, nil
		for _, e := range r.damaged {
			j.Evidence = append(j.Evidence, e.Seq)
		}
		j.Got = fmt.Sprintf("%d of %d members, %s: %s", r.hurt(), r.members, d.Subject, damage(d.Data.(sim.IntegrityData)))
	case len(r.evidence) > 0:
		j.Outcome = sim.Failed
	}
	return j
}
