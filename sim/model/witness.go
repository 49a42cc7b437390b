package model

import (
	"fmt"

	"github.com/dcdrill/dcdrill/sim"
)

// Witness reads back what the model holds to be so. A model cannot be surprised by its plant; this shows only that it
// has understood.
func (w *World) Witness(l sim.Level) (seen bool, evidence string, err error) {
	switch l := l.(type) {
	case sim.Carrier:
		return w.carrier[w.number(l.Port)] == l.Up, say(l.Port, "has a carrier", "has no carrier", w.carrier[w.number(l.Port)]), nil
	case sim.Dark:
		return w.dark[w.number(l.Port)] == l.On, say(l.Port, "sends into the dark", "sends", w.dark[w.number(l.Port)]), nil
	case sim.Impaired:
		is := w.impaired[w.number(l.Port)]
		return is == l.Impairment, fmt.Sprintf("the model has frames from %s suffer %s", l.Port, is), nil
	case sim.Allowed:
		is := !w.lacks[lack{l.Port, l.Network}]
		return is == l.On, say(l.Port, "lets "+l.Network.ID+" through", "lacks the VLAN of "+l.Network.ID, is), nil
	case sim.Stage:
		is := w.stage[l.Node.Index]
		return is == l.Stage, fmt.Sprintf("the model has %s at %s", l.Node.ID, is), nil
	case sim.Refuse:
		is := w.refuses(l.At, l.From)
		return is == l.On, say(l.At.ID, "loses what comes from "+l.From.ID, "hears "+l.From.ID, is), nil
	case sim.Controller:
		is := w.controllers[l.Controller]
		return is == l.On, say(l.Subject(), "works", "is dead", is), nil
	case sim.Volume:
		is := w.volumes[l.Volume].gone
		return is == l.Gone, say(l.Volume, "is gone", "is there", is), nil
	case sim.Disks:
		is := w.latency[l.Array]
		return is == l.Latency, fmt.Sprintf("the model has the disks of %s slower by %s", l.Array.ID, is), nil
	case sim.GuestPower:
		return w.witnessGuest(l)
	}
	return false, "", fmt.Errorf("look at %T: %w", l, sim.ErrUnsupported)
}

// witnessGuest looks whether a virtual machine is on or off as ordered.
func (w *World) witnessGuest(l sim.GuestPower) (bool, string, error) {
	guest, ok := w.byMember[l.Guest].machine.(sim.Guest)
	if !ok {
		return false, "", fmt.Errorf("look at %s, which is no virtual machine: %w", l.Subject(), sim.ErrUnsupported)
	}
	is := guest.State() != sim.GuestOff
	return is == l.On, fmt.Sprintf("the model has %s %s", l.Subject(), guest.State()), nil
}

func say(subject any, on, off string, is bool) string {
	if !is {
		on = off
	}
	return fmt.Sprintf("the model has it that %s %s", subject, on)
}
