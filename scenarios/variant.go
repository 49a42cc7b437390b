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
	if t := patch.Lookup("topology"); t.Kind() == yamlfile.Map && root.Lookup("topology").Kind() == yamlfile.Scalar {
		plantPatch = t
		patch = patch.Without("topology")
	}
	merged := yamlfile.Merge(root, patch)
	if l.opts.Variant != "" && plantPatch == nil && merged.String() == root.String() {
		l.ps.Add(patch.Pos(), "", "the variant changes nothing: the scenario says all of that already")
	}
	root = merged
	for _, s := range l.opts.Set {
		root = s.apply(root)
	}
	if l.opts.Variant != "" {
		root = set(root, "variant", l.opts.Variant)
		if patch.Lookup("name").Kind() == yamlfile.Null {
			root = set(root, "name", root.Lookup("name").Text()+"+"+l.opts.Variant)
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
