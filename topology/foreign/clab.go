package foreign

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// IsClab says by its name whether a file is containerlab's.
func IsClab(name string) bool {
	return strings.HasSuffix(name, ".clab.yml") || strings.HasSuffix(name, ".clab.yaml")
}

// Clab makes a topology of a containerlab file; name is the file's in errors, which are yamlfile.Problems. Env looks up
// variables of the environment.
func Clab(name string, data []byte, env func(string) (string, bool)) (*Plant, error) {
	root, err := yamlfile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	return FromClab(root, env)
}

// FromClab is Clab for a file that has been parsed.
func FromClab(root *yamlfile.Node, env func(string) (string, bool)) (*Plant, error) {
	im := &clab{importer: newImporter(), env: env}
	if root.Kind() != yamlfile.Map || root.Lookup("topology").Kind() != yamlfile.Map {
		im.ps.Add(root.Pos(), "", "want a containerlab topology (name, topology: nodes, links), this is %s", root.Kind())
		return nil, im.ps.Err()
	}
	if name := root.Lookup("name"); name.Kind() == yamlfile.Scalar {
		im.name = yamlfile.NewScalar(im.text(name)).At(name.Pos())
	}
	body := root.Lookup("topology")
	im.pos = body.Pos()
	im.devices(body)
	im.links(body.Lookup("links"))
	im.unwired()
	im.leave("", root.Without("name", "topology"))
	im.leave("", body.Without("nodes", "links", "kinds", "defaults", "groups"))
	return im.plant()
}

// clab reads a containerlab file.
type clab struct {
	*importer
	env func(string) (string, bool)
}

// devices reads the nodes, each over its group, its kind and the defaults.
func (im *clab) devices(body *yamlfile.Node) {
	for _, e := range body.Lookup("nodes").Entries() {
		d := &device{id: im.expand(e.Key, e.KeyPos), pos: e.KeyPos}
		im.describe(d, im.inherited(body, e.Value))
		if d.role != nothing {
			im.add(d)
		}
	}
}

// unwired leaves out nodes that only the management network reaches, such as collectors: they are no part of the plant.
func (im *clab) unwired() {
	wired := map[*device]bool{}
	for _, w := range im.wires {
		wired[w.ends[0].device], wired[w.ends[1].device] = true, true
	}
	im.nodes = slices.DeleteFunc(im.nodes, func(d *device) bool {
		loose := !wired[d] && len(wired) > 0
		if loose {
			im.leftover("", "node "+d.id+": no link of the lab ends there")
		}
		return loose
	})
}

// inherited is what a node says, and what it does not say from its group, its kind and the defaults, in this order.
func (im *clab) inherited(body, own *yamlfile.Node) *yamlfile.Node {
	defaults := body.Lookup("defaults")
	group := body.Lookup("groups").Lookup(im.first("group", own, defaults))
	kind := body.Lookup("kinds").Lookup(im.first("kind", own, group, defaults))
	if group == nil {
		group = body.Lookup("groups").Lookup(im.first("group", kind))
	}
	all := yamlfile.NewMap()
	for _, layer := range []*yamlfile.Node{defaults, kind, group, own} {
		if layer.Kind() == yamlfile.Map {
			all = yamlfile.Merge(all, layer)
		}
	}
	return all
}

// first is the first word that any of some maps says under a key.
func (im *clab) first(key string, layers ...*yamlfile.Node) string {
	for _, l := range layers {
		if n := l.Lookup(key); n.Kind() == yamlfile.Scalar {
			return im.text(n)
		}
	}
	return ""
}

// describe says what a node is to us, and leaves the rest.
func (im *clab) describe(d *device, value *yamlfile.Node) {
	kind := value.Lookup("kind")
	word, sort := im.first("kind", value), im.first("type", value)
	if word == "" {
		im.ps.Add(d.pos, "give it a kind, or topology.defaults one", "node %q has no kind", d.id)
		return
	}
	r, known := roleOf(word, sort, value.Lookup("image").Text())
	if !known {
		im.ps.Add(kind.Pos(), cmp.Or(yamlfile.Suggest(word, kindNames()), "give it one that containerlab knows"), "no containerlab kind %q", word)
		r = toSwitch // so that its links are not complained of too
	}
	d.role = r
	switch {
	case r == nothing:
		im.leftover("", "node "+d.id+": "+value.Line())
	case plainKinds[word]:
		im.leave(d.id, value.Without("kind"))
	default:
		d.model = strings.TrimSpace(word + " " + sort)
		im.leave(d.id, value.Without("kind", "type"))
	}
}

// plainKinds say no more of a node than what it is.
var plainKinds = map[string]bool{"linux": true, "bridge": true, "ovs-bridge": true, "host": true}
