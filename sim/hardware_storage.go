package sim

import (
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// sanState is what is wrong with the arrays of a plant, and what the world was told of it.
type sanState struct {
	dead map[*topology.Controller]*int
	gone map[*topology.Volume]*int
	slow map[*topology.Node]*time.Duration

	toldDead map[*topology.Controller]bool
	toldGone map[*topology.Volume]bool
	toldSlow map[*topology.Node]time.Duration
}

func newSanState(p *topology.Plant) sanState {
	s := sanState{
		dead: map[*topology.Controller]*int{}, gone: map[*topology.Volume]*int{}, slow: map[*topology.Node]*time.Duration{},
		toldDead: map[*topology.Controller]bool{}, toldGone: map[*topology.Volume]bool{}, toldSlow: map[*topology.Node]time.Duration{},
	}
	for _, n := range p.Arrays() {
		s.slow[n] = new(time.Duration)
		for _, c := range n.Array.Controllers {
			s.dead[c] = new(int)
		}
		for _, v := range n.Array.Volumes {
			s.gone[v] = new(int)
		}
	}
	return s
}

// applyArrays works out what changed at the arrays.
func (h *Hardware) applyArrays(cause int, b *batch) {
	s := &h.san
	for _, n := range h.env.Plant.Arrays() {
		for _, c := range n.Array.Controllers {
			if dead := *s.dead[c] > 0; dead != s.toldDead[c] {
				s.toldDead[c] = dead
				l := Controller{Array: n, Controller: c, On: !dead}
				h.env.Log.Add(cause, l.Subject(), ControllerData{On: !dead})
				b.levels = append(b.levels, l)
			}
		}
		for _, v := range n.Array.Volumes {
			if gone := *s.gone[v] > 0; gone != s.toldGone[v] {
				s.toldGone[v] = gone
				h.env.Log.Add(cause, v.String(), VolumeData{Gone: gone})
				b.levels = append(b.levels, Volume{Volume: v, Gone: gone})
			}
		}
		if slow := *s.slow[n]; slow != s.toldSlow[n] {
			s.toldSlow[n] = slow
			h.env.Log.Add(cause, n.ID, DisksData{Latency: Seconds(slow)})
			b.levels = append(b.levels, Disks{Array: n, Latency: slow})
		}
	}
}

// controllerDead says whether a port belongs to a dead controller of an array.
func (h *Hardware) controllerDead(p *topology.Port) bool {
	if p.Node.Array == nil {
		return false
	}
	for _, c := range p.Node.Array.Controllers {
		for _, port := range c.Ports {
			if port == p {
				return *h.san.dead[c] > 0
			}
		}
	}
	return false
}

// StopController makes a controller of an array die: its ports lose their carriers, and others take over what it served.
func (s *Scope) StopController(c *topology.Controller) {
	s.effect(s.hw.san.dead[c])
	s.hw.apply(s.cause)
}

// RemoveVolume takes a volume away from its users for good, as a deleted or unmapped one is.
func (s *Scope) RemoveVolume(v *topology.Volume) {
	s.effect(s.hw.san.gone[v])
	s.hw.apply(s.cause)
}

// SlowDisks adds to what every request to an array takes.
func (s *Scope) SlowDisks(array *topology.Node, latency time.Duration) {
	sum := s.hw.san.slow[array]
	*sum += latency
	s.undo = append(s.undo, func() { *sum -= latency })
	s.hw.apply(s.cause)
}
