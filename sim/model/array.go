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
	latency time.Duration // of its disks, beyond what they always have
}

// addVolumes makes the volumes of all arrays.
func (w *World) addVolumes() {
	w.volumes = map[*topology.Volume]*volume{}
	for _, n := range w.env.Plant.Nodes {
		if n.Array == nil {
			continue
		}
		for _, v := range n.Array.Volumes {
			w.volumes[v] = &volume{conf: v, machine: proto.NewArray(proto.ArrayConfOf(v))}
		}
	}
}

// setController makes a controller live or die.
func (w *World) setController(cause int, l sim.Controller) {
	w.note(cause, l.Subject(), sim.ControllerData{On: l.On})
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
	for _, v := range l.Array.Array.Volumes {
		w.volumes[v].latency = l.Latency
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
