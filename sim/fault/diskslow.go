package fault

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("disk-slow", "the disks of an array answer late: a rebuild, a full cache, a noisy neighbour",
		func() sim.Fault { return new(DiskSlow) })
}

// SlowLatency is what a request takes on an array whose cache is full, so that it waits for spinning disks with long
// queues. Chosen.
const SlowLatency = 100 * time.Millisecond

// DiskSlow is an array that answers late. Two of them add up.
type DiskSlow struct {
	Array   string        `yaml:"array,scalar,required" doc:"the storage node"`
	Latency time.Duration `yaml:"latency,positive" doc:"what it adds to every request; 100ms by default"`

	array *topology.Node
}

// Resolve finds the array.
func (d *DiskSlow) Resolve(p *topology.Plant) (err error) {
	if d.Latency < 0 {
		return fmt.Errorf("latency is %s: it must not be negative", d.Latency)
	}
	d.array, err = p.Array(d.Array)
	return err
}

// Inject makes it slow.
func (d *DiskSlow) Inject(s *sim.Scope) error {
	latency := d.Latency
	if latency == 0 {
		latency = SlowLatency
	}
	s.SlowDisks(d.array, latency)
	return nil
}
