package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// timingKeys are the keys of a timeline entry that are not the kind of its fault.
var timingKeys = yamlfile.Keys(timing{})

// timeline reads all entries, in order of the file.
func (l *loader) timeline(n *yamlfile.Node, sc *sim.Scenario) []*sim.Entry {
	var all []*sim.Entry
	var ids []string
	for _, e := range l.entries(n, "timeline") {
		ids = append(ids, e.Key)
		if entry := l.entry(e.Key, e.KeyPos, e.Value, sc); entry != nil {
			all = append(all, entry)
		}
	}
	l.triggers(ids, sc)
	return all
}

// entries lists the entries of a map keyed by id, or of a list, where id is a key or comes from the kind.
func (l *loader) entries(n *yamlfile.Node, what string) []yamlfile.Entry {
	switch n.Kind() {
	case yamlfile.Null:
		return nil
	case yamlfile.Map:
		return n.Entries()
	case yamlfile.Scalar:
		l.ps.Add(n.Pos(), "", "%s is a map keyed by id, this is %s", what, n.Kind())
		return nil
	}
	var all []yamlfile.Entry
	for i, item := range n.Items() {
		id := item.Lookup("id").Text()
		if id == "" {
			id = strconv.Itoa(i + 1)
		}
		if kind := kindOf(item); kind != "" && item.Lookup("id") == nil {
			id = freeName(kind, all)
		}
		all = append(all, yamlfile.Entry{Key: id, KeyPos: item.Pos(), Value: item})
	}
	return all
}

// kindOf is the first key of an entry that says nothing about its time.
func kindOf(n *yamlfile.Node) string {
	for _, key := range n.Keys() {
		if !slices.Contains(timingKeys, key) {
			return key
		}
	}
	return ""
}

// entry reads one entry; nil when it cannot be played.
func (l *loader) entry(id string, at yamlfile.Pos, n *yamlfile.Node, sc *sim.Scenario) *sim.Entry {
	if n.Kind() != yamlfile.Map {
		l.ps.Add(at, "write it as {at: 0s, reboot: core}", "an entry of the timeline is a map with a fault in it")
		return nil
	}
	var kinds []string
	for _, key := range n.Keys() {
		if !slices.Contains(timingKeys, key) {
			kinds = append(kinds, key)
		}
	}
	var t timing
	yamlfile.Decode(n.Without(kinds...), &t, &l.ps)
	kind, value, ok := l.faultOf(n, kinds)
	if !ok {
		return nil
	}
	e := &sim.Entry{ID: id, Kind: kind, Text: describe(kind, value), After: t.After, For: t.For, By: t.By, Pos: n.Pos()}
	l.schedule(e, t, n, sc)
	e.Fault = l.fault(kind, value, sc)
	if e.Fault == nil {
		return nil
	}
	return e
}

// faultOf finds the one key of an entry that is a kind of fault.
func (l *loader) faultOf(n *yamlfile.Node, kinds []string) (kind string, value *yamlfile.Node, ok bool) {
	var known []string
	for _, e := range n.Entries() {
		switch _, registered := sim.Faults.Lookup(e.Key); {
		case !slices.Contains(kinds, e.Key):
		case registered:
			known = append(known, e.Key)
		default:
			l.ps.Add(e.KeyPos, suggest(e.Key, slices.Concat(sim.Faults.Names(), timingKeys), "faults"), "no fault called %q", e.Key)
		}
	}
	switch {
	case len(known) == 1 && len(kinds) == 1:
		return known[0], n.Lookup(known[0]), true
	case len(kinds) == 0:
		l.ps.Add(n.Pos(), "such as reboot: core; see dcdrill list faults", "no fault in this entry")
	case len(known) > 1:
		l.ps.Add(n.Pos(), "give each an entry of its own", "more than one fault in this entry: %s", strings.Join(known, ", "))
	}
	return "", nil, false
}

// suggest is the word that was probably meant, or where to find the words there are.
func suggest(word string, have []string, list string) string {
	if near := yamlfile.Suggest(word, have); near != "" {
		return near
	}
	return "see dcdrill list " + list
}

// schedule reads when an entry happens.
func (l *loader) schedule(e *sim.Entry, t timing, n *yamlfile.Node, sc *sim.Scenario) {
	switch {
	case t.When != nil && t.At.Kind() != yamlfile.Null:
		l.ps.Add(t.At.Pos(), "use after: with when:", "an entry happens at a time or when something happens, not both")
	case t.When == nil && t.After > 0:
		l.ps.Add(n.Lookup("after").Pos(), "use at: for a time", "after needs a when")
	case t.When != nil:
		e.When = l.trigger(t.When, n.Lookup("when"))
	default:
		e.At = l.at(t.At, sc.Start)
		if end := cmp.Or(sc.Until, sim.DefaultUntil); e.At >= end {
			l.ps.Add(n.Pos(), "", "it would never begin: the run ends at %s (until)", end)
		}
	}
}

// fault decodes a fault and resolves its names; nil when either fails.
func (l *loader) fault(kind string, value *yamlfile.Node, sc *sim.Scenario) sim.Fault {
	k, _ := sim.Faults.Lookup(kind)
	fault := k.New()
	var ps yamlfile.Problems
	yamlfile.Decode(value, fault, &ps)
	if len(ps) == 0 && sc.Plant != nil {
		take(&ps, value, fault.Resolve(sc.Plant))
	}
	l.ps = append(l.ps, ps...)
	if len(ps) > 0 {
		return nil
	}
	return fault
}

// describe writes an entry as people read it: "reboot core, offset 8m".
func describe(kind string, value *yamlfile.Node) string {
	if value.Kind() != yamlfile.Map {
		return strings.TrimSpace(kind + " " + words(value))
	}
	text := kind
	for _, first := range []string{"target", "conduit", "feed"} {
		if v := value.Lookup(first); v != nil {
			text += " " + words(v)
			value = value.Without(first)
		}
	}
	for _, e := range value.Entries() {
		text += fmt.Sprintf(", %s %s", strings.ReplaceAll(e.Key, "_", " "), words(e.Value))
	}
	return text
}

// words writes a value or list without YAML's marks.
func words(n *yamlfile.Node) string {
	var all []string
	for _, item := range n.Items() {
		if item.Kind() == yamlfile.Scalar {
			all = append(all, item.Text())
		} else {
			all = append(all, strings.TrimSpace(item.String()))
		}
	}
	if len(all) == 0 {
		return ""
	}
	if last := len(all) - 1; last > 0 {
		return strings.Join(all[:last], ", ") + " and " + all[last]
	}
	return all[0]
}
