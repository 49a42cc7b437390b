package scenarios

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/foreign"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Topology reads a built-in plant or a file.
func Topology(nameOrPath string) (*topology.Plant, error) {
	l := loader{}
	n := l.withConfigs(l.named(yamlfile.NewScalar(nameOrPath)))
	if err := l.ps.Err(); err != nil {
		return nil, err
	}
	return topology.FromNode(withName(n, nameOrPath))
}

// plant finds and builds the scenario's plant; the scenario has none when that fails. Its workloads come back as typed.
func (l *loader) plant(sc *sim.Scenario, f file, patch *yamlfile.Node) (workloads *yamlfile.Node) {
	n, name := f.Topology, f.Name
	switch {
	case l.opts.TopologyText != "":
		var err error
		n, err = readPlant(cmp.Or(l.opts.Topology, "topology"), []byte(l.opts.TopologyText))
		l.ps.Take(yamlfile.Pos{}, err)
	case n.Kind() == yamlfile.Null:
		return nil // it is missing, and decoding has said so
	case n.Kind() == yamlfile.Scalar:
		name = n.Text()
		n = l.named(n)
	}
	if base := n.Lookup("base"); base != nil {
		name = f.Name
		n = yamlfile.Merge(l.named(base), n.Without("base"))
	}
	if n == nil {
		return nil // it could not be read, which has been said
	}
	if patch != nil {
		n = yamlfile.Merge(n, patch)
	}
	if f.Workloads.Kind() != yamlfile.Null {
		n = yamlfile.Merge(n, yamlfile.NewMap(yamlfile.Entry{Key: "workloads", Value: f.Workloads}))
	}
	n = l.withConfigs(withName(n, name))
	plant, err := topology.FromNode(n)
	l.ps.Take(n.Pos(), err)
	if err == nil {
		sc.Plant, sc.TopologyText = plant, n.String()
	}
	return n.Lookup("workloads")
}

// withName gives a plant that does not name itself the name of its file.
func withName(n *yamlfile.Node, nameOrPath string) *yamlfile.Node {
	if n.Kind() != yamlfile.Map || n.Lookup("name") != nil {
		return n
	}
	base := strings.TrimSuffix(filepath.Base(nameOrPath), filepath.Ext(nameOrPath))
	return set(n, "name", base)
}

// named reads the plant that a word stands for: a built-in one, or a file, found from the scenario's own place.
func (l *loader) named(word *yamlfile.Node) *yamlfile.Node {
	name := word.Text()
	if topology.IsBuiltin(name) {
		text, err := topology.Text(name)
		if err != nil {
			l.ps.Take(word.Pos(), err)
			return nil
		}
		return l.parsed(name, []byte(text))
	}
	path := name
	if l.dir != "" && !filepath.IsAbs(name) && l.opts.Topology == "" {
		path = filepath.Join(l.dir, name)
	}
	data, err := readFile(path)
	if err != nil {
		l.ps.Take(word.Pos(), missing(word.Pos(), "topology", name, Topologies(), err))
		return nil
	}
	return l.parsed(path, data)
}

// withConfigs puts the configurations of daemons into a plant, so that it can be played from its text alone, inside a box
// or from a log. Each is found from the file that names it.
func (l *loader) withConfigs(n *yamlfile.Node) *yamlfile.Node {
	if patch := topology.Configs(n, l.config); patch != nil {
		return yamlfile.Merge(n, patch)
	}
	return n
}

// config reads the configuration of a daemon, and says false when it cannot.
func (l *loader) config(name *yamlfile.Node) (string, bool) {
	path := name.Text()
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(name.Pos().File), path)
	}
	data, err := readFile(path)
	var at *fs.PathError
	switch {
	case errors.As(err, &at):
		l.ps.Add(name.Pos(), "", "read configuration %s: %s", path, at.Err)
	case err != nil:
		l.ps.Add(name.Pos(), "", "read configuration: %s", err)
	case len(data) > mostConfig || !utf8.Valid(data):
		l.ps.Add(name.Pos(), "", "configuration %s: want text of at most %d bytes", path, mostConfig)
	default:
		return string(data), true
	}
	return "", false
}

// mostConfig bounds a configuration: ten times what a border router of many peers has, and all of them have to find room
// in one file (yamlfile.MaxSize).
const mostConfig = 64 << 10

// Topologies lists the names of the built-in plants.
func Topologies() []string {
	var names []string
	for _, s := range topology.Shapes() {
		names = append(names, s.Name)
	}
	return names
}

func (l *loader) parsed(name string, data []byte) *yamlfile.Node {
	n, err := readPlant(name, data)
	l.ps.Take(yamlfile.Pos{File: name}, err)
	return n
}

// readPlant parses a topology file, be it containerlab's: each part of it keeps its place in the file.
func readPlant(name string, data []byte) (*yamlfile.Node, error) {
	n, err := yamlfile.Parse(name, data)
	if err == nil && isScenario(n) {
		var ps yamlfile.Problems
		ps.Add(yamlfile.Pos{File: name}, "play it with: dcdrill run "+name, "this is a scenario, no topology")
		return nil, ps.Err()
	}
	if err != nil || !foreign.IsClab(name) {
		return n, err
	}
	lab, err := foreign.FromClab(n, os.LookupEnv)
	if err != nil {
		return nil, err
	}
	return lab.Root, nil
}
