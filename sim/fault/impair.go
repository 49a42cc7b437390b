package fault

import (
	"errors"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("impair", "a link that works badly: it delays, loses, corrupts, doubles or reorders frames, or is slow",
		func() sim.Fault { return new(Impair) })
}

// Impair is a dirty optic, a bad patch cord, a detour, a policer: carriers stay, and some of what is sent suffers. What
// it does comes on top of what the link does by itself.
type Impair struct {
	Target topology.Target `yaml:"target,required" doc:"links, or nodes (all their links): both ways; node:port ends: what that port sends"`
	topology.ImpairmentSpec

	ports      []*topology.Port
	impairment topology.Impairment
}

// Resolve finds the ports, and looks whether anything is to become of what they send.
func (i *Impair) Resolve(p *topology.Plant) error {
	i.impairment = topology.Impairment{}
	i.Over(&i.impairment)
	if i.impairment == (topology.Impairment{}) {
		return errors.New("it says nothing of what becomes of frames: give it delay, loss, corrupt, duplicate, reorder or rate")
	}
	if err := i.impairment.Check(); err != nil {
		return err
	}
	ports, err := i.Target.Senders(p)
	i.ports = ports
	return err
}

// Impairs is what it does to frames, for those who must know beforehand.
func (i *Impair) Impairs() topology.Impairment { return i.impairment }

// Inject impairs all of them at once.
func (i *Impair) Inject(s *sim.Scope) error {
	s.Impair(i.impairment, i.ports...)
	return nil
}
