package sim

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// Hands is what people can do to a plant that stands. Each method is one real operation, done at once and written down
// with who did it; how long it takes people, and what they need for it, is theirs to say. On the loop.
type Hands struct{ run *Run }

// Act is who does something, why, and the event that led to it.
type Act struct {
	By, Why string
	Cause   int
}

// Hands lets people work on the plant of this run.
func (r *Run) Hands() *Hands { return &Hands{r} }

// Scenario is what is being played.
func (h *Hands) Scenario() *Scenario { return h.run.sc }

// Log is where people's work is written down, and where they see what happens.
func (h *Hands) Log() *Log { return h.run.env.Log }

// Loop is where they work.
func (h *Hands) Loop() *Loop { return h.run.env.Loop }

// Dice gives a task a stream of its own, from the scenario's seed.
func (h *Hands) Dice(id string) *rand.Rand { return dice(h.run.sc.Seed, id) }

// Guests lists the virtual machines of the plant.
func (h *Hands) Guests() []*Member { return h.run.sc.Guests() }

// ReseatOptic takes a transceiver out and puts it back: what was only badly seated works again.
func (h *Hands) ReseatOptic(a Act, p *topology.Port) {
	seq := h.did(a, p.String(), "reseat optic")
	h.run.hw.mendOptic(p, func(o *opticFault) bool { return o.seat }, seq)
}

// ReplaceOptic puts another transceiver into a port; one that does not work leaves things as they were.
func (h *Hands) ReplaceOptic(a Act, p *topology.Port, works bool) {
	seq := h.did(a, p.String(), "replace optic")
	h.run.hw.mendOptic(p, func(*opticFault) bool { return works }, seq)
}

// PlugIn puts a cable back at both ends.
func (h *Hands) PlugIn(a Act, l *topology.Link) {
	seq := h.did(a, l.ID, "plug in")
	h.run.hw.cable(l).pulls = nil
	h.run.hw.apply(seq)
}

// ClearErrDisable lets a link up again that its switch had shut.
func (h *Hands) ClearErrDisable(a Act, l *topology.Link) {
	seq := h.did(a, l.ID, "clear err-disable")
	h.run.hw.cable(l).errDisabled = 0
	h.run.hw.apply(seq)
}

// Shut shuts a port at its own node, or opens it again.
func (h *Hands) Shut(a Act, p *topology.Port, shut bool) {
	do := "open port"
	if shut {
		do = "shut port"
	}
	seq := h.did(a, p.String(), do)
	s := h.run.hw.socket(p)
	if s.shut = nil; shut {
		s.shut = []*reason{{}}
	}
	h.run.hw.apply(seq)
}

// RollBack takes back what changes did to the configuration of a node.
func (h *Hands) RollBack(a Act, n *topology.Node) {
	h.run.hw.rollBack(n, h.did(a, n.ID, "roll back"))
}

// Reboot takes the power from a node and gives it back: it boots by its profile.
func (h *Hands) Reboot(a Act, n *topology.Node) {
	s := h.run.root.Sub()
	s.cause = h.did(a, n.ID, "reboot")
	s.Reboot(n, 0)
}

// SwitchOff takes a virtual machine from its host's memory, whatever it is at: one that waits for its disk cannot be shut
// down in good order.
func (h *Hands) SwitchOff(a Act, guest *Member) {
	h.power(h.did(a, guest.Subject(), "switch off"), GuestPower{Guest: guest})
}

// SwitchOn starts a virtual machine. It boots for as long as told, its own time for 0; a broken one does not come up.
func (h *Hands) SwitchOn(a Act, guest *Member, boot time.Duration, broken bool) {
	h.power(h.did(a, guest.Subject(), "switch on"), GuestPower{Guest: guest, On: true, Boot: boot, Broken: broken})
}

// Repair brings up a virtual machine that does not boot by itself.
func (h *Hands) Repair(a Act, guest *Member) {
	h.power(h.did(a, guest.Subject(), "repair"), GuestPower{Guest: guest, On: true})
}

func (h *Hands) power(cause int, l GuestPower) {
	h.run.hw.tell(cause, batch{levels: []Level{l}})
}

// Harm does damage in passing: it unplugs links for some time, by the doing of those who act.
func (h *Hands) Harm(a Act, links []*topology.Link, outage time.Duration) {
	s := h.run.root.Sub()
	s.cause = h.Log().Add(a.Cause, a.Why, FaultData{Fault: "side effect", Text: "side effect of " + a.Why, By: a.By, For: Seconds(outage)})
	s.Unplug(links...)
	s.After(outage, func() {
		s.cause = h.Log().Add(s.cause, a.Why, HealedData{})
		s.Release()
	})
}

// Look is what somebody finds who looks closely at a link: why it has no carrier, and where. Empty when all is well.
func (h *Hands) Look(l *topology.Link) (state LinkState, at *topology.Port) {
	hw := h.run.hw
	for _, p := range l.Ends() {
		switch {
		case hw.cable(l).errDisabled > 0:
			return LinkErrDisabled, p
		case len(hw.cable(l).pulls) > 0:
			return LinkUnplugged, p
		case slices.ContainsFunc(hw.socket(p).shut, func(r *reason) bool { return r.change }):
			return LinkChanged, p
		case len(hw.socket(p).shut) > 0:
			return LinkShut, p
		case hw.socket(p).dead():
			return LinkOpticDead, p
		}
	}
	return LinkWell, l.A
}

// LinkState is what is wrong with a link.
type LinkState string

// All that can be found by looking at a link.
const (
	LinkWell        LinkState = ""
	LinkOpticDead   LinkState = "dead optic"
	LinkErrDisabled LinkState = "err-disabled"
	LinkUnplugged   LinkState = "unplugged"
	LinkShut        LinkState = "shut"
	LinkChanged     LinkState = "shut by a change"
)

// did writes down what somebody does.
func (h *Hands) did(a Act, subject, do string) int {
	return h.Log().Add(a.Cause, subject, ActionData{Do: do, By: a.By, Why: a.Why})
}

// rollBack opens the ports of a node that changes have shut, and lets through what changes have taken off them.
func (h *Hardware) rollBack(n *topology.Node, cause int) {
	changed := func(r *reason) bool { return r.change }
	for _, p := range n.Ports {
		s := h.sockets[p]
		s.shut = slices.DeleteFunc(s.shut, changed)
		for network, why := range s.lacks {
			s.lacks[network] = slices.DeleteFunc(why, changed)
		}
	}
	h.apply(cause)
}

// mendOptic ends what is wrong with a transceiver as far as it is cured.
func (h *Hardware) mendOptic(p *topology.Port, cured func(*opticFault) bool, cause int) {
	s := h.sockets[p]
	was := len(s.optics)
	s.optics = slices.DeleteFunc(s.optics, cured)
	if was > 0 && len(s.optics) == 0 {
		h.env.Log.Add(cause, p.String(), OpticData{State: "ok"})
	}
	h.apply(cause)
}
