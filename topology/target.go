package topology

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Target is what a fault is aimed at, as typed: a node, family, range (hv[1-4]), group, link, node:port, node:bond, or a list of these.
type Target []string

// named are the parts of a plant that a word names.
type named struct {
	nodes  []*Node
	links  []*Link
	ports  []*Port
	bonds  []*Bond
	groups []*Group
}

// lookup finds what a word names; false when any part of it names nothing.
func (p *Plant) lookup(word string) (named, bool) {
	words, ok := expandRange(word)
	var all named
	for _, w := range words {
		ok = p.lookupOne(w, &all) && ok
	}
	return all, ok && len(words) > 0
}

func (p *Plant) lookupOne(word string, all *named) bool {
	if n := p.Node(word); n != nil {
		all.nodes = append(all.nodes, n)
		return true
	}
	if g := p.Group(word); g != nil {
		all.groups = append(all.groups, g)
		return true
	}
	if f := p.Family(word); f != nil {
		all.nodes = append(all.nodes, f...)
		return true
	}
	if l := p.Link(word); l != nil && l.Named {
		all.links = append(all.links, l)
		return true
	}
	return p.lookupAtNode(word, all)
}

// lookupAtNode finds node:port and node:bond, for all nodes of a family too.
func (p *Plant) lookupAtNode(word string, all *named) bool {
	id, name, found := strings.Cut(word, ":")
	nodes := p.Family(id)
	if n := p.Node(id); n != nil {
		nodes = []*Node{n}
	}
	if !found || nodes == nil {
		return false
	}
	for _, n := range nodes {
		if port := p.Port(n.ID + ":" + name); port != nil {
			all.ports = append(all.ports, port)
			continue
		}
		i := slices.IndexFunc(n.Bonds, func(b *Bond) bool { return b.Name == name })
		if i < 0 {
			return false
		}
		all.bonds = append(all.bonds, n.Bonds[i])
	}
	return true
}

// maxRange bounds what one range may name.
const maxRange = MaxNodes

// expandRange turns hv[1-3,7]:eth0 into four words; false when the brackets make no sense.
func expandRange(word string) ([]string, bool) {
	before, rest, found := strings.Cut(word, "[")
	if !found {
		return []string{word}, true
	}
	inside, after, closed := strings.Cut(rest, "]")
	if !closed || strings.Contains(after, "[") {
		return nil, false
	}
	var words []string
	for _, part := range strings.Split(inside, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			to = from
		}
		a, errA := strconv.Atoi(strings.TrimSpace(from))
		z, errZ := strconv.Atoi(strings.TrimSpace(to))
		if errA != nil || errZ != nil || a < 0 || z < a || z-a >= maxRange {
			return nil, false
		}
		for i := a; i <= z; i++ {
			words = append(words, before+strconv.Itoa(i)+after)
		}
	}
	return words, len(words) <= maxRange
}

// hint suggests a name for a word that names nothing.
func (p *Plant) hint(word string) string {
	if id, name, found := strings.Cut(word, ":"); found && p.Node(id) != nil {
		n := p.Node(id)
		have := portNamesOf(n)
		for _, b := range n.Bonds {
			have = append(have, b.Name)
		}
		if near := yamlfile.Suggest(name, have); near != "" {
			return strings.Replace(near, `"`, `"`+id+":", 1)
		}
		return id + " has " + strings.Join(have, ", ")
	}
	if words, ok := expandRange(word); ok && len(words) > 1 {
		for _, w := range words {
			if !p.lookupOne(w, &named{}) {
				return "there is no " + strconv.Quote(w)
			}
		}
	}
	return yamlfile.Suggest(word, p.namesOfAll())
}

func (p *Plant) namesOfAll() []string {
	var have []string
	for _, n := range p.Nodes {
		have = append(have, n.ID, n.Family)
	}
	for _, g := range p.Groups {
		have = append(have, g.ID)
	}
	for _, l := range p.Links {
		have = append(have, l.ID)
	}
	return have
}

// spread puts what groups hold among the nodes and links.
func (n named) spread() named {
	for _, g := range n.groups {
		n.nodes, n.links = append(n.nodes, g.Nodes...), append(n.links, g.Links...)
	}
	n.groups = nil
	return n
}

// resolve finds every word of a target, with what groups hold; its error names all words that are none.
func (t Target) resolve(p *Plant) ([]named, error) {
	var all []named
	var bad []error
	for _, word := range t {
		parts, ok := p.lookup(word)
		if !ok {
			bad = append(bad, p.unknown(word))
			continue
		}
		all = append(all, parts.spread())
	}
	switch {
	case len(bad) > 0:
		return nil, errors.Join(bad...)
	case len(all) == 0:
		return nil, fmt.Errorf("no target is given")
	}
	return all, nil
}

// Nodes are the nodes that the target names, each once, in its order; a word that names something else is an error.
func (t Target) Nodes(p *Plant) ([]*Node, error) {
	all, err := t.resolve(p)
	if err != nil {
		return nil, err
	}
	var list []*Node
	for i, parts := range all {
		if len(parts.nodes) == 0 {
			return nil, wrongSort(t[i], "node")
		}
		list = append(list, parts.nodes...)
	}
	return once(list), nil
}

// Links are the links that the target names: a node's are all of its links, a port's is its link, a bond's are its members'.
func (t Target) Links(p *Plant) ([]*Link, error) {
	all, err := t.resolve(p)
	if err != nil {
		return nil, err
	}
	var list []*Link
	for _, parts := range all {
		list = append(list, parts.links...)
		for _, n := range parts.nodes {
			list = append(list, linksOf(n.Ports)...)
		}
		for _, b := range parts.bonds {
			list = append(list, linksOf(b.Members)...)
		}
		list = append(list, linksOf(parts.ports)...)
	}
	return once(list), nil
}

// Ports are the ports that the target names: a link's is its A end, a node's are all of its ports, a bond's its members.
func (t Target) Ports(p *Plant) ([]*Port, error) {
	all, err := t.resolve(p)
	if err != nil {
		return nil, err
	}
	var list []*Port
	for _, parts := range all {
		list = append(list, parts.ports...)
		for _, l := range parts.links {
			list = append(list, l.A)
		}
		for _, b := range parts.bonds {
			list = append(list, b.Members...)
		}
		for _, n := range parts.nodes {
			list = append(list, n.Ports...)
		}
	}
	return once(list), nil
}

// Ends are the ports that the target names: a link's are both its ends, a node's all of its ports, a bond's its members.
func (t Target) Ends(p *Plant) ([]*Port, error) {
	list, err := t.Ports(p)
	if err != nil {
		return nil, err
	}
	all, _ := t.resolve(p)
	for _, parts := range all {
		for _, l := range parts.links {
			list = append(list, l.B)
		}
	}
	return once(list), nil
}

// Senders are the ports that send over what the target names: a link's are both its ends, a node's are all its ports and
// those at their other ends, a bond's likewise; node:port is that port alone.
func (t Target) Senders(p *Plant) ([]*Port, error) {
	all, err := t.resolve(p)
	if err != nil {
		return nil, err
	}
	var list []*Port
	both := func(ports []*Port) {
		for _, l := range linksOf(ports) {
			list = append(list, l.A, l.B)
		}
	}
	for _, parts := range all {
		list = append(list, parts.ports...)
		for _, l := range parts.links {
			list = append(list, l.A, l.B)
		}
		for _, b := range parts.bonds {
			both(b.Members)
		}
		for _, n := range parts.nodes {
			both(n.Ports)
		}
	}
	return once(list), nil
}

// Bonds are the bonds that the target names; a node's are all it has.
func (t Target) Bonds(p *Plant) ([]*Bond, error) {
	all, err := t.resolve(p)
	if err != nil {
		return nil, err
	}
	var list []*Bond
	for i, parts := range all {
		found := parts.bonds
		for _, n := range parts.nodes {
			found = append(found, n.Bonds...)
		}
		if len(found) == 0 {
			return nil, wrongSort(t[i], "bond")
		}
		list = append(list, found...)
	}
	return once(list), nil
}

func linksOf(ports []*Port) []*Link {
	list := make([]*Link, len(ports))
	for i, p := range ports {
		list[i] = p.Link
	}
	return list
}

// once keeps the first of equal items.
func once[T comparable](list []T) []T {
	seen := make(map[T]bool, len(list))
	return slices.DeleteFunc(list, func(x T) bool {
		twice := seen[x]
		seen[x] = true
		return twice
	})
}
