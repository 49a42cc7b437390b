package fault

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("storage-power-loss", "an array loses power and boots: a volatile write cache loses what was not flushed",
		func() sim.Fault { return new(StoragePowerLoss) })
}

// StoragePowerLoss is a power cycle of an array, which ends when it serves again. What its volumes lose is for their
// caches to say.
type StoragePowerLoss struct {
	Array string        `yaml:"array,scalar,required" doc:"the storage node"`
	Off   time.Duration `yaml:"off,positive" doc:"time without power; by default what the boot profile says, or 5s"`

	cycle Reboot
}

// Resolve finds the array.
func (p *StoragePowerLoss) Resolve(plant *topology.Plant) error {
	if _, err := plant.Array(p.Array); err != nil {
		return err
	}
	p.cycle = Reboot{Target: topology.Target{p.Array}, Off: p.Off}
	return p.cycle.Resolve(plant)
}

// Inject takes the power and gives it back.
func (p *StoragePowerLoss) Inject(s *sim.Scope) error { return p.cycle.Inject(s) }
