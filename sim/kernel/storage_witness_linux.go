package kernel

import (
	"fmt"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
)

// witness looks whether a level of storage or of a virtual machine is true. Those of other things are the condition's.
func (s *storage) witness(l sim.Level) (seen bool, evidence string, err error) {
	switch l := l.(type) {
	case sim.Controller:
		return s.witnessController(l)
	case sim.Volume:
		return s.witnessVolume(l)
	case sim.Disks:
		took := s.arrays[l.Array].throttle.Speed().Latency
		return took == l.Latency, fmt.Sprintf("requests to %s take %s longer", l.Array.ID, took), nil
	case sim.GuestPower:
		return s.witnessGuest(l)
	}
	return s.world.cond.witness(l)
}

// witnessController asks the array's kernel who listens and who has a connection at the controller's addresses.
func (s *storage) witnessController(l sim.Controller) (bool, string, error) {
	a := s.arrays[l.Array]
	listening, sessions, err := a.sockets(l)
	switch {
	case err != nil:
		return false, "", err
	case !l.On:
		return listening+sessions == 0, fmt.Sprintf("%s has %d listeners and %d sessions", l.Subject(), listening, sessions), nil
	}
	c := a.controllerOf(l.Controller)
	return listening == len(c.interfaces()) || !a.powered, fmt.Sprintf("%s listens at %d addresses", l.Subject(), listening), nil
}

// sockets counts a controller's sockets in its array's namespace.
func (a *array) sockets(l sim.Controller) (listening, sessions int, err error) {
	own := map[string]bool{}
	for _, i := range a.controllerOf(l.Controller).interfaces() {
		own[i.Addr.Addr().String()], own[i.Addr6.Addr().String()] = true, true
	}
	err = a.place.room.do(func() error {
		for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
			all, err := netlink.SocketDiagTCP(family)
			if err != nil {
				return fmt.Errorf("list sockets of %s: %w", l.Array.ID, err)
			}
			for _, k := range all {
				switch {
				case k.ID.SourcePort != blockPort || !own[k.ID.Source.String()]:
				case k.State == netlink.TCP_LISTEN:
					listening++
				case k.State == netlink.TCP_ESTABLISHED:
					sessions++
				}
			}
		}
		return nil
	})
	return listening, sessions, err
}

// witnessVolume asks for a session at the volume itself.
func (s *storage) witnessVolume(l sim.Volume) (bool, string, error) {
	_, err := s.arrays[l.Volume.Array].volumes[l.Volume].Attach("", 0)
	if err != nil {
		return l.Gone, l.Subject() + " refuses sessions: " + err.Error(), nil
	}
	return !l.Gone, l.Subject() + " takes sessions", nil
}

// witnessGuest looks at the virtual machine. One that is to run and whose host is out of service cannot.
func (s *storage) witnessGuest(l sim.GuestPower) (bool, string, error) {
	for _, life := range s.world.livesOf(l.Guest) {
		if life.guest == nil {
			continue
		}
		state := life.guest.State()
		_, err := s.world.places[life.member.Talk.Flow().From.Index].alive()
		return (state != sim.GuestOff) == l.On || err != nil, l.Subject() + " is " + string(state), nil
	}
	return false, l.Subject() + " is no virtual machine", nil
}
