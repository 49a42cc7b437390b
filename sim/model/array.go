package model

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// volume is a volume of an array: which controllers serve it, and whether it is there at all.
type volume struct {
	conf    *topology.Volume
	machine *proto.Array
	gone    bool
}

// addVolumes makes the volumes of all arrays.
func (w *World) addVolumes() {
	w.volumes, w.controllers, w.latency = map[*topology.Volume]*volume{}, map[*topology.Controller]bool{}, map[*topology.Node]time.Duration{}
	for _, n := range w.env.Plant.Arrays() {
		for _, c := range n.Array.Controllers {
			w.controllers[c] = true
		}
		for _, v := range n.Array.Volumes {
			w.volumes[v] = &volume{conf: v, machine: proto.NewArray(proto.ArrayConfOf(v))}
		}
	}
}

// setController makes a controller live or die.
func (w *World) setController(cause int, l sim.Controller) {
	w.controllers[l.Controller] = l.On
	index := slices.Index(l.Array.Array.Controllers, l.Controller)
	for _, v := range l.Array.Array.Volumes {
		w.volumes[v].machine.Controller(w.env.Loop.Now(), index, l.On)
		w.disturbVolume(v, cause)
	}
}

func (w *World) setVolume(cause int, l sim.Volume) {
	w.volumes[l.Volume].gone = l.Gone
	w.disturbVolume(l.Volume, cause)
}

func (w *World) setDisks(cause int, l sim.Disks) {
	w.latency[l.Array] = l.Latency
	for _, v := range l.Array.Array.Volumes {
		w.disturbVolume(v, cause)
	}
}

// disturbVolume has the datastores on a volume look again.
func (w *World) disturbVolume(v *topology.Volume, cause int) {
	for _, s := range w.stores {
		if s.conf.Volume == v {
			s.disturb(cause)
		}
	}
}
