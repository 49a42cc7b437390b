package topology

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Shape is a built-in plant. Its text is a topology file like any other, to be read, copied and changed.
type Shape struct {
	Name string
	Doc  string
	// Params are what may be set after its name: leaf-spine:spines=4,leaves=16.
	Params []string
	text   func(params *yamlfile.Node, ps *yamlfile.Problems) string
}

//go:embed two-core.yaml
var twoCore string

//go:embed two-core-vms.yaml
var twoCoreVMs string

//go:embed tagged-core.yaml
var taggedCore string

//go:embed sconet.yaml
var sconet string

// shapes are all built-in plants.
var shapes = []Shape{
	{
		Name: "two-core", Doc: "two core switches, hosts and storage wired to both, a voice network apart",
		text: func(*yamlfile.Node, *yamlfile.Problems) string { return twoCore },
	},
	{
		Name: "two-core-vms", Doc: "two core switches, and virtual machines whose disks lie on an array behind them",
		text: func(*yamlfile.Node, *yamlfile.Problems) string { return twoCoreVMs },
	},
	{
		Name: "tagged-core", Doc: "two core switches, and hosts with all their networks on one bond, by VLAN tags",
		text: func(*yamlfile.Node, *yamlfile.Problems) string { return taggedCore },
	},
	{
		Name: "sconet", Doc: "the data centre of the incident of 2023: 300 virtual machines behind two cores, voice apart",
		text: func(*yamlfile.Node, *yamlfile.Problems) string { return sconet },
	},
	shapeOf[LeafSpine]("leaf-spine", "a routed fabric of two tiers, every leaf wired to every spine"),
	shapeOf[FatTree]("fat-tree", "a routed fabric of three tiers of switches with k ports each"),
	shapeOf[TwoTier]("two-tier", "two core switches, top-of-rack switches wired to both, one host port each"),
	shapeOf[Star]("star", "hosts around one switch"),
}

// Shapes lists the built-in plants.
func Shapes() []Shape { return slices.Clone(shapes) }

func shapeNames() []string {
	var have []string
	for _, s := range shapes {
		have = append(have, s.Name)
	}
	return have
}

// mostOfEach bounds a parameter: a plant of 1,000 spines is a typing error.
const mostOfEach = 1000

// checkParams finds parameters that make no plant, before a plant is made of them.
func checkParams(params *yamlfile.Node) error {
	for _, e := range params.Entries() {
		n, err := strconv.Atoi(e.Value.Text())
		switch {
		case err != nil: // decoding says it better
		case n < 1 || n > mostOfEach:
			return fmt.Errorf("%s is %d, want 1 to %d", e.Key, n, mostOfEach)
		case e.Key == "k" && (n%2 != 0 || n > mostPorts):
			return fmt.Errorf("k is %d, want an even number up to %d", n, mostPorts)
		}
	}
	return nil
}

// generator makes the text of a plant; its zero value is the plant without parameters.
type generator interface{ YAML() string }

// shapeOf makes a shape whose parameters are the fields of a generator.
func shapeOf[G generator](name, doc string) Shape {
	var g G
	return Shape{Name: name, Doc: doc, Params: yamlfile.Keys(g), text: func(params *yamlfile.Node, ps *yamlfile.Problems) string {
		var g G
		yamlfile.Decode(params, &g, ps)
		return g.YAML()
	}}
}

// IsBuiltin says whether a word is meant as the name of a built-in plant, with or without parameters.
func IsBuiltin(word string) bool {
	name, _, _ := strings.Cut(word, ":")
	return slices.ContainsFunc(shapes, func(s Shape) bool { return s.Name == name })
}

// Text is the file of a built-in plant: "two-core", "leaf-spine:spines=4,leaves=16,hosts=8".
func Text(word string) (string, error) {
	name, params, _ := strings.Cut(word, ":")
	i := slices.IndexFunc(shapes, func(s Shape) bool { return s.Name == name })
	if i < 0 {
		return "", fmt.Errorf("no built-in topology %q: there are %s", name, strings.Join(shapeNames(), ", "))
	}
	n, err := yamlfile.Parse(word, []byte("{"+strings.ReplaceAll(params, "=", ": ")+"}"))
	if err != nil {
		return "", fmt.Errorf("read parameters of %s: write %s:%s=4", word, name, strings.Join(shapes[i].Params, "=2,"))
	}
	if err := checkParams(n); err != nil {
		return "", fmt.Errorf("read parameters of %s: %w", word, err)
	}
	var ps yamlfile.Problems
	text := shapes[i].text(n, &ps)
	for _, e := range n.Entries() {
		if !slices.Contains(shapes[i].Params, e.Key) {
			return "", fmt.Errorf("%s has no parameter %q: it has %s", name, e.Key, strings.Join(shapes[i].Params, ", "))
		}
	}
	if len(ps) > 0 {
		return "", fmt.Errorf("read parameters of %s: %s", word, ps[0].Msg)
	}
	return text, nil
}
