package topology

import (
	"maps"
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Daemon is a program that a node runs in its own network, as long as the node is in service: a routing daemon, or any
// other. A node that routes and runs daemons has the routes that they give its kernel, and no others.
type Daemon struct {
	Name string
	// Run is the program and its arguments, in which ConfigWord stands for the path of its configuration.
	Run []string
	// File is what its configuration is called in the plant's file; empty where that holds the configuration itself.
	File string
	// Config is the configuration; empty for a program that needs none, or whose File nobody has read.
	Config string
	// Package is Debian's package with the program; empty where that is not known.
	Package string
	// Folder is where it keeps its sockets, below /run.
	Folder string
	Pos    Pos
}

// ConfigWord stands in a daemon's arguments for the path of its configuration.
const ConfigWord = "{config}"

// program is a daemon that a plant need only name: how it runs in the foreground, and Debian's package with it.
type program struct {
	args   []string
	pack   string
	folder string
}

// programs are the daemons that are known by name (manuals bird(8) and keepalived(8)).
var programs = map[string]program{
	"bird":       {[]string{"-f", "-c", ConfigWord}, "bird2", "bird"},
	"keepalived": {[]string{"-n", "-l", "-f", ConfigWord}, "keepalived", "keepalived"},
}

// daemonsOf reads what a node runs.
func (b *builder) daemonsOf(s *NodeSpec) []*Daemon {
	var all []*Daemon
	for _, item := range s.Daemons {
		b.checkID(item.Key, item.Pos)
		if d := b.daemon(item); d != nil {
			all = append(all, d)
		}
	}
	return all
}

// daemon reads one; nil when nobody could start it.
func (b *builder) daemon(item yamlfile.Item[DaemonSpec]) *Daemon {
	s := item.Value
	known, byName := programs[item.Key]
	d := &Daemon{
		Name: item.Key, File: s.Config.Text, Config: s.Text, Package: known.pack, Folder: item.Key, Pos: item.Pos,
		Run: append([]string{item.Key}, known.args...),
	}
	if known.folder != "" {
		d.Folder = known.folder
	}
	if len(s.Run) > 0 {
		d.Run = s.Run
	} else if !byName {
		b.ps.Add(item.Pos, "say run: ["+item.Key+", -f, \""+ConfigWord+"\"]; known by name are "+strings.Join(slices.Sorted(maps.Keys(programs)), ", "),
			"how daemon %s is started is not known", item.Key)
		return nil
	}
	wants := slices.ContainsFunc(d.Run, func(arg string) bool { return strings.Contains(arg, ConfigWord) })
	has := d.File != "" || d.Config != ""
	switch {
	case wants && !has:
		b.ps.Add(item.Pos, "say config: "+item.Key+".conf, or text: with the configuration itself", "daemon %s has no configuration", item.Key)
	case has && !wants:
		b.ps.Add(item.Pos, "put "+ConfigWord+" where its path belongs", "daemon %s has a configuration that run does not speak of", item.Key)
	}
	return d
}

// RunsDaemons says whether any node of the plant runs one.
func (p *Plant) RunsDaemons() bool {
	return slices.ContainsFunc(p.Nodes, func(n *Node) bool { return len(n.Daemons) > 0 })
}

// Configs is a patch over a plant (yamlfile.Merge) that puts the configuration of each daemon that names a file beside that
// name, so that the plant is whole without any other file. Read gets the name, whose place says which file names it, and
// says false for what cannot be read. It is nil where there is nothing to be put.
func Configs(plant *yamlfile.Node, read func(name *yamlfile.Node) (text string, ok bool)) *yamlfile.Node {
	var nodes []yamlfile.Entry
	for _, n := range plant.Lookup("topology").Lookup("nodes").Entries() {
		var daemons []yamlfile.Entry
		for _, d := range n.Value.Lookup("daemons").Entries() {
			name := d.Value
			if name.Kind() == yamlfile.Map {
				name = name.Lookup("config")
			}
			if name.Kind() != yamlfile.Scalar || d.Value.Lookup("text") != nil {
				continue
			}
			if text, ok := read(name); ok {
				daemons = append(daemons, within(d.Key,
					yamlfile.Entry{Key: "config", KeyPos: name.Pos(), Value: name},
					yamlfile.Entry{Key: "text", KeyPos: name.Pos(), Value: yamlfile.NewScalar(text).At(name.Pos())}))
			}
		}
		if len(daemons) > 0 {
			nodes = append(nodes, within(n.Key, within("daemons", daemons...)))
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	return yamlfile.NewMap(within("topology", within("nodes", nodes...)))
}

// within is a map of entries under a key.
func within(key string, entries ...yamlfile.Entry) yamlfile.Entry {
	return yamlfile.Entry{Key: key, Value: yamlfile.NewMap(entries...)}
}
