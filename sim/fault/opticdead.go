package fault

import (
	"fmt"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("optic-dead", "a transceiver dies, at once or when a node at either end of its link next loses power",
		func() sim.Fault { return new(OpticDead) })
}

// OpticDead is a transceiver whose laser is dead. At 10G and above the link then loses its carrier at both ends (IEEE
// 802.3 46.3.4, link fault signalling); a link with `fault_signalling: off` keeps it at the dead end and goes dark.
type OpticDead struct {
	Target topology.Target `yaml:"target,scalar,required" doc:"node:port ends; for a link, its first end"`
	// ShowsAt reboot: the part works until the node at either end of its link loses power, and does not come back then.
	ShowsAt string `yaml:"shows_at" enum:"now|reboot" doc:"when it shows: now (default), or reboot for a latent fault"`
	// CuredBy reseat: 40G optics are on record that stay down after a power cycle until they are pulled and put back
	// (Cumulus knowledge base, 202111916).
	CuredBy string `yaml:"cured_by" enum:"replacement|reseat" doc:"what people have to do: replace it (default), or take it out and put it back"`

	ports []*topology.Port
}

// Resolve finds the ports, which must hold an optic.
func (o *OpticDead) Resolve(p *topology.Plant) (err error) {
	if o.ports, err = o.Target.Ports(p); err != nil {
		return err
	}
	for _, port := range o.ports {
		if port.Optic == nil {
			return fmt.Errorf("%s has no optic that could die: its link %s is copper", port, port.Link.ID)
		}
	}
	return nil
}

// Inject kills the optics.
func (o *OpticDead) Inject(s *sim.Scope) error {
	s.KillOptic(o.ShowsAt == "reboot", o.CuredBy == "reseat", o.ports...)
	return nil
}
