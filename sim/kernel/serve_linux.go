package kernel

import (
	"fmt"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/sim/kernel/capture"
	"github.com/dcdrill/dcdrill/topology"
)

// Serve has a kernel world answer ExecVerb and capture.Verb on a stream. Other worlds have no processes and no packets.
func Serve(w sim.World, s *box.Stream) {
	if world, ok := w.(*World); ok {
		s.Handle(ExecVerb, serveExec(world.placeOf))
		s.Handle(capture.Verb, capture.Serve(world.tapsOf))
	}
}

// placeOf finds a node's place by its name.
func (w *World) placeOf(node string) (*place, error) {
	nodes, err := topology.Target{node}.Nodes(w.env.Plant)
	if err != nil {
		return nil, err
	}
	if len(nodes) != 1 {
		return nil, fmt.Errorf("%s is %d nodes: name one", node, len(nodes))
	}
	return w.places[nodes[0].Index], nil
}

// tapsOf finds both ends of a link by its name, or by one of its ports.
func (w *World) tapsOf(link string) ([]capture.Tap, error) {
	links, err := topology.Target{link}.Links(w.env.Plant)
	if err != nil {
		return nil, err
	}
	if len(links) != 1 {
		return nil, fmt.Errorf("%s is %d links: name one, or a port of it", link, len(links))
	}
	return w.cond.taps(links[0]), nil
}

// taps lists the ends of a link, the near ones first; a link of several networks has a pair for each.
func (f *fabric) taps(l *topology.Link) []capture.Tap {
	var all []capture.Tap
	for _, p := range l.Ends() {
		for _, ln := range f.byLink[l] {
			d := ln.end(p)
			all = append(all, capture.Tap{In: f.netns(p.Node).do, Index: int(d.index), Name: d.alias, About: d.name + " in " + p.Node.ID})
		}
	}
	return all
}
