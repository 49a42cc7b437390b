package kernel

import (
	"fmt"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// Disk implements sim.Place.
func (p *place) Disk(d *topology.Datastore) (sim.Disk, error) {
	return nil, fmt.Errorf("open datastore %s of %s: %w", d.ID, p.node.ID, sim.ErrUnsupported)
}
