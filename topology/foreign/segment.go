package foreign

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// segment is a network that a lab must have, for its hosts and bridges to have addresses.
type segment struct {
	id       string
	pos      yamlfile.Pos
	gateways []*device
}

// routes says whether a node passes packets from network to network.
func (d *device) routes() bool { return d.role == toSwitch || d.role == toRouter || d.role == outside }

// segments gives each wire that is not between two routing nodes a network: those of connected bridges are one, those of
// a switch's hosts are one, and every other wire to a host has its own.
func (im *importer) segments() {
	joined := im.bridges()
	bySwitch, byBridge := map[*device]*segment{}, map[*device]*segment{}
	for _, w := range im.wires {
		a, z := w.ends[0].device, w.ends[1].device
		if a.routes() && z.routes() {
			continue
		}
		switch {
		case a.role == toBridge:
			w.inNet = im.shared(byBridge, joined[a], joined[a].id)
		case z.role == toBridge:
			w.inNet = im.shared(byBridge, joined[z], joined[z].id)
		case a.role == toSwitch:
			w.inNet = im.shared(bySwitch, a, a.id+"-hosts")
		case z.role == toSwitch:
			w.inNet = im.shared(bySwitch, z, z.id+"-hosts")
		default:
			w.inNet = im.segment(fmt.Sprintf("net%d", len(im.nets)+1), w.pos)
		}
		for _, e := range w.ends {
			if e.device.routes() && !slices.Contains(w.inNet.gateways, e.device) {
				w.inNet.gateways = append(w.inNet.gateways, e.device)
			}
		}
	}
}

// apart notes the hosts that stand in networks of several switches. They are bonded mostly, and no list of cables says so:
// without a bond each switch alone is a way of its own, and is told as a single point of failure.
func (im *importer) apart() {
	nets := map[*device][]string{}
	for _, w := range im.wires {
		for _, e := range w.ends {
			if w.inNet != nil && !e.device.routes() && e.device.role != toBridge && !slices.Contains(nets[e.device], w.inNet.id) {
				nets[e.device] = append(nets[e.device], w.inNet.id)
			}
		}
	}
	for _, d := range im.nodes {
		if in := nets[d]; len(in) > 1 {
			im.leftover(d.id, "in "+strings.Join(in, ", ")+" apart: if its ports are bonded, give them one network and say bonds")
		}
	}
}

func (im *importer) segment(id string, at yamlfile.Pos) *segment {
	s := &segment{id: id, pos: at}
	im.nets = append(im.nets, s)
	return s
}

// shared is the one network of a switch or bridge.
func (im *importer) shared(by map[*device]*segment, d *device, id string) *segment {
	if by[d] == nil {
		by[d] = im.segment(id, d.pos)
	}
	return by[d]
}

// bridges says of each bridge which one stands for all that it is connected with. Where they are connected in a circle
// they need a spanning tree.
func (im *importer) bridges() map[*device]*device {
	joined := map[*device]*device{}
	for _, d := range im.nodes {
		joined[d] = d
	}
	for _, w := range im.wires {
		a, z := w.ends[0].device, w.ends[1].device
		if a.role != toBridge || z.role != toBridge {
			continue
		}
		first, other := joined[a], joined[z]
		if first == other {
			a.stp, z.stp = true, true
		}
		for d, head := range joined {
			if head == other {
				joined[d] = first
			}
		}
	}
	return joined
}

// networks gives each network a subnet of its own, from shared address space (RFC 6598), which no lab uses for itself.
func (im *importer) networks() *yamlfile.Node {
	var all []yamlfile.Entry
	for i, s := range im.nets {
		subnet := fmt.Sprintf("100.%d.%d.0/24", 64+i/256, i%256)
		entries := []yamlfile.Entry{entry("subnet", s.pos, yamlfile.NewScalar(subnet).At(s.pos))}
		if g := s.gateway(); g != "" {
			entries = append(entries, entry("gateway", s.pos, yamlfile.NewScalar(g).At(s.pos)))
		}
		all = append(all, entry(s.id, s.pos, yamlfile.NewMap(entries...).At(s.pos).Flow()))
	}
	return yamlfile.NewMap(all...)
}

// gateway is the node that routes for a network, or the group of those that do.
func (s *segment) gateway() string {
	switch len(s.gateways) {
	case 0:
		return ""
	case 1:
		return s.gateways[0].id
	}
	return s.id + "-gateways"
}

// gateways are the groups of several nodes that route for one network.
func (im *importer) gateways() []yamlfile.Entry {
	var all []yamlfile.Entry
	for _, s := range im.nets {
		if len(s.gateways) < 2 {
			continue
		}
		var members []*yamlfile.Node
		for _, d := range s.gateways {
			members = append(members, yamlfile.NewScalar(d.id).At(d.pos))
		}
		group := yamlfile.NewMap(entry("members", s.pos, yamlfile.NewList(members...).At(s.pos)))
		all = append(all, entry(s.gateway(), s.pos, group.At(s.pos).Flow()))
	}
	return all
}
