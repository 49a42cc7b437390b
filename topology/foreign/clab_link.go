package foreign

import (
	"regexp"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// away are what an endpoint of the short form may name that is no node of the lab.
var away = map[string]bool{"host": true, "mgmt-net": true, "macvlan": true, "dummy": true}

// links reads the links: a list of short or extended ones. Those that leave the lab are left out.
func (im *clab) links(list *yamlfile.Node) {
	if list.Kind() != yamlfile.Null && list.Kind() != yamlfile.List {
		im.ps.Add(list.Pos(), "", "want a list of links, this is %s", list.Kind())
		return
	}
	for _, n := range list.Items() {
		im.link(n)
	}
}

// link reads one link.
func (im *clab) link(n *yamlfile.Node) {
	if n.Kind() != yamlfile.Map {
		im.ps.Add(n.Pos(), `write it as endpoints: ["a:eth1", "b:eth1"]`, "want a link, this is %s", n.Kind())
		return
	}
	sort := im.first("type", n)
	ends := n.Lookup("endpoints").Items()
	switch {
	case sort != "" && sort != "veth" && leaves[sort], sort == "" && n.Lookup("endpoint") != nil:
		im.leftOut(n)
		return
	case sort != "" && sort != "veth":
		im.ps.Add(n.Lookup("type").Pos(), yamlfile.Suggest(sort, linkTypes), "no type of link %q", sort)
		return
	case len(ends) != 2:
		im.ps.Add(n.Pos(), `endpoints: ["a:eth1", "b:eth1"]`, "a link has two endpoints, this one has %d", len(ends))
		return
	}
	w := &wire{at: len(im.wires), pos: n.Pos()}
	if mtu := n.Lookup("mtu"); mtu.Kind() == yamlfile.Scalar {
		w.says = append(w.says, entry("mtu", mtu.Pos(), mtu))
	}
	for i, e := range ends {
		id, port := im.endpoint(e)
		if away[id] && im.byID[id] == nil {
			im.leftOut(n)
			return
		}
		w.ends[i] = end{im.byID[id], portName(port), e.Pos()}
		if w.ends[i].device == nil {
			im.ps.Add(e.Pos(), yamlfile.Suggest(id, im.names()), "no node %q", id)
			return
		}
	}
	im.leave(linkKey(w.at), n.Without("endpoints", "mtu", "type"))
	for _, e := range ends {
		im.leave(linkKey(w.at), e.Without("node", "interface"))
	}
	im.wires = append(im.wires, w)
}

// leaves are the types of links that leave the lab, or lead nowhere.
var leaves = map[string]bool{"host": true, "mgmt-net": true, "macvlan": true, "vxlan": true, "vxlan-stitch": true, "dummy": true}

var linkTypes = []string{"veth", "host", "mgmt-net", "macvlan", "vxlan", "vxlan-stitch", "dummy"}

// leftOut notes a link that is not carried.
func (im *clab) leftOut(n *yamlfile.Node) {
	im.leftover("", "link that leaves the lab: "+n.Line())
}

// endpoint reads "node:interface", or the map of the extended form.
func (im *clab) endpoint(n *yamlfile.Node) (id, port string) {
	if n.Kind() == yamlfile.Map {
		return im.first("node", n), im.first("interface", n)
	}
	id, port, _ = strings.Cut(im.text(n), ":")
	return strings.TrimSpace(id), strings.TrimSpace(port)
}

func (im *clab) names() []string {
	var list []string
	for _, d := range im.nodes {
		list = append(list, d.id)
	}
	return list
}

// odd is what vendors have in the names of their ports and we do not: the channel of xe-0/0/0:1.
var odd = regexp.MustCompile(`[^A-Za-z0-9_./-]+`)

func portName(name string) string { return odd.ReplaceAllString(name, "-") }
