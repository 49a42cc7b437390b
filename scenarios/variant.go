package scenarios

import (
	"strconv"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// override lays the chosen variant, seed and topology over a scenario. What the variant says of a topology that stands
// in another file comes back by itself, to be laid over that.
func (l *loader) override(root *yamlfile.Node) (over, plantPatch *yamlfile.Node) {
	patch := l.variant(root)
	if l.opts.Patch != "" {
		root, patch = root.Without("expect"), patch.Without("expect") // that says how the incident was, and this is to change it
	}
	elsewhere := root.Lookup("topology").Kind() == yamlfile.Scalar || l.opts.TopologyText != ""
	if t := patch.Lookup("topology"); t.Kind() == yamlfile.Map && elsewhere {
		plantPatch = t
		patch = patch.Without("topology")
	}
	merged := yamlfile.Merge(root, patch)
	l.checkTaken(root, patch)
	found := l.opts.Patch != "" || root.Lookup("variants").Lookup(l.opts.Variant) != nil
	if found && plantPatch == nil && merged.String() == root.String() {
		l.ps.Add(patch.Pos(), "", "the variant changes nothing: the scenario says all of that already")
	}
	root = merged
	for _, s := range l.opts.Set {
		root = s.apply(root)
	}
	if name := l.overlaid(); name != "" {
		root = set(root, "variant", name)
		if patch.Lookup("name").Kind() == yamlfile.Null {
			root = set(root, "name", root.Lookup("name").Text()+"+"+name)
		}
	}
	if l.opts.Seed != nil {
		root = set(root, "seed", strconv.FormatUint(*l.opts.Seed, 10))
	}
	if l.opts.Topology != "" {
		root = set(root, "topology", l.opts.Topology)
	}
	return root, plantPatch
}

// overlaid is the name of what is laid over the scenario; empty when nothing is.
func (l *loader) overlaid() string {
	if l.opts.Patch != "" {
		return "patch"
	}
	return l.opts.Variant
}

// checkTaken complains of what a variant takes away and the scenario does not have.
func (l *loader) checkTaken(root, patch *yamlfile.Node) {
	for _, section := range []string{"timeline", "expect"} {
		have := root.Lookup(section)
		for _, e := range patch.Lookup(section).Entries() {
			if e.Value.Kind() == yamlfile.Null && have.Kind() != yamlfile.List && have.Lookup(e.Key) == nil {
				l.ps.Add(e.KeyPos, yamlfile.Suggest(e.Key, have.Keys()), "the variant takes %s %q away, and there is none", section, e.Key)
			}
		}
	}
}

func set(root *yamlfile.Node, key, value string) *yamlfile.Node {
	return yamlfile.Merge(root, yamlfile.NewMap(yamlfile.Entry{Key: key, Value: yamlfile.NewScalar(value)}))
}

// variant finds the patch of the chosen variant; an empty map when none is chosen.
func (l *loader) variant(root *yamlfile.Node) *yamlfile.Node {
	none := yamlfile.NewMap()
	all := root.Lookup("variants")
	for _, e := range all.Entries() {
		if e.Value.Kind() != yamlfile.Map {
			l.ps.Add(e.Value.Pos(), "", "a variant is a map that is laid over the scenario, this is %s", e.Value.Kind())
		}
	}
	if l.opts.Patch != "" {
		return l.patch()
	}
	if l.opts.Variant == "" {
		return none
	}
	patch := all.Lookup(l.opts.Variant)
	if patch == nil {
		hint := yamlfile.Suggest(l.opts.Variant, all.Keys())
		if hint == "" {
			hint = "it has " + listOr(all.Keys(), "none")
		}
		l.ps.Add(root.Pos(), hint, "the scenario has no variant %q", l.opts.Variant)
	}
	if patch.Kind() != yamlfile.Map {
		return none
	}
	return patch
}

// patch reads a patch that stands in no file.
func (l *loader) patch() *yamlfile.Node {
	n, err := yamlfile.Parse("patch", []byte(l.opts.Patch))
	l.ps.Take(yamlfile.Pos{File: "patch"}, err)
	if err == nil && n.Kind() != yamlfile.Map {
		l.ps.Add(n.Pos(), "write what changes as in a scenario, such as {parts: {...}}", "a patch is a map that is laid over the scenario, this is %s", n.Kind())
	}
	if n.Kind() != yamlfile.Map {
		return yamlfile.NewMap()
	}
	return n
}

func listOr(names []string, none string) string {
	if len(names) == 0 {
		return none
	}
	return strings.Join(names, ", ")
}

// Variants lists the names of a scenario's variants.
func Variants(nameOrPath string) ([]string, error) {
	root, err := rootOf(nameOrPath)
	if err != nil {
		return nil, err
	}
	return root.Lookup("variants").Keys(), nil
}
