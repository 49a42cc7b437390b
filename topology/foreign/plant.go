package foreign

import (
	"fmt"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Plant is a topology of ours, made of something else.
type Plant struct {
	// Root is the topology file, each part at its place in the file that it was made of.
	Root *yamlfile.Node
	// left is what could not be carried, by what it is about: a node's name, a place in the list of links, or empty for the
	// file as a whole.
	left map[string][]string
}

// importer gathers devices and wires, and what is wrong, while a file is read.
type importer struct {
	ps    yamlfile.Problems
	name  *yamlfile.Node
	pos   yamlfile.Pos // of what has no place of its own
	left  map[string][]string
	nodes []*device
	byID  map[string]*device
	wires []*wire
	nets  []*segment
}

func newImporter() *importer {
	return &importer{left: map[string][]string{}, byID: map[string]*device{}}
}

func (im *importer) add(d *device) {
	im.nodes = append(im.nodes, d)
	im.byID[d.id] = d
}

// leave notes what of a map is not carried.
func (im *importer) leave(about string, n *yamlfile.Node) {
	for _, e := range n.Entries() {
		im.leftover(about, e.Key+": "+e.Value.Line())
	}
}

func (im *importer) leftover(about, text string) { im.left[about] = append(im.left[about], text) }

// device is a node.
type device struct {
	id    string
	pos   yamlfile.Pos
	role  role
	model string
	stp   bool
}

// wire is a link, with what is said of it in our words.
type wire struct {
	at    int // in the list of links
	id    string
	pos   yamlfile.Pos
	ends  [2]end
	says  []yamlfile.Entry
	inNet *segment
}

// end is where a wire is plugged in.
type end struct {
	device *device
	port   string
	pos    yamlfile.Pos
}

// plant makes a topology of what was read.
func (im *importer) plant() (*Plant, error) {
	im.segments()
	im.apart()
	return &Plant{Root: im.tree(), left: im.left}, im.ps.Err()
}

// tree writes it all as a topology file.
func (im *importer) tree() *yamlfile.Node {
	var nodes []yamlfile.Entry
	for _, d := range im.nodes {
		nodes = append(nodes, entry(d.id, d.pos, d.node()))
	}
	inside := []yamlfile.Entry{entry("nodes", im.pos, yamlfile.NewMap(nodes...).At(im.pos))}
	var links []*yamlfile.Node
	for _, w := range im.wires {
		links = append(links, w.node())
	}
	if len(links) > 0 {
		inside = append(inside, entry("links", im.pos, yamlfile.NewList(links...)))
	}
	var entries []yamlfile.Entry
	if im.name != nil {
		entries = append(entries, entry("name", im.name.Pos(), im.name))
	}
	entries = append(entries, entry("fabric", im.pos, yamlfile.NewScalar("routed")))
	if len(im.nets) > 0 {
		entries = append(entries, entry("networks", im.pos, im.networks()))
	}
	entries = append(entries, entry("topology", im.pos, yamlfile.NewMap(inside...).At(im.pos)))
	if groups := im.gateways(); len(groups) > 0 {
		entries = append(entries, entry("groups", im.pos, yamlfile.NewMap(groups...)))
	}
	return yamlfile.NewMap(entries...).At(im.pos)
}

func entry(key string, at yamlfile.Pos, value *yamlfile.Node) yamlfile.Entry {
	return yamlfile.Entry{Key: key, KeyPos: at, Value: value}
}

// node is a device in our words.
func (d *device) node() *yamlfile.Node {
	word := func(key, value string) yamlfile.Entry {
		return entry(key, d.pos, yamlfile.NewScalar(value).At(d.pos))
	}
	kind := d.role
	if kind == toBridge {
		kind = toSwitch
	}
	entries := []yamlfile.Entry{word("kind", string(kind))}
	if d.model != "" {
		entries = append(entries, word("model", d.model))
	}
	if d.role == toBridge {
		entries = append(entries, word("fabric", "bridged"))
	}
	if d.stp {
		entries = append(entries, word("stp", "true"))
	}
	return yamlfile.NewMap(entries...).At(d.pos).Flow()
}

// node is a wire in our words.
func (w *wire) node() *yamlfile.Node {
	var ends []*yamlfile.Node
	for _, e := range w.ends {
		ends = append(ends, yamlfile.NewScalar(e.device.id+":"+e.port).At(e.pos))
	}
	var entries []yamlfile.Entry
	if w.id != "" {
		entries = append(entries, entry("id", w.pos, yamlfile.NewScalar(w.id).At(w.pos)))
	}
	entries = append(entries, entry("endpoints", w.pos, yamlfile.NewList(ends...).At(w.pos)))
	if w.inNet != nil {
		entries = append(entries, entry("networks", w.pos, yamlfile.NewList(yamlfile.NewScalar(w.inNet.id).At(w.pos))))
	}
	return yamlfile.NewMap(append(entries, w.says...)...).At(w.pos).Flow()
}

// String is the topology file, with what could not be carried as comments.
func (p *Plant) String() string {
	var b strings.Builder
	for _, text := range p.left[""] {
		comment(&b, "", text)
	}
	section := ""
	link := 0
	for line := range strings.Lines(p.Root.String()) {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		word := strings.TrimSpace(line)
		if indent <= 2 {
			section = strings.TrimSuffix(word, ":")
		}
		about := ""
		switch {
		case section == "nodes" && indent == 4:
			about, _, _ = strings.Cut(word, ":")
		case section == "links" && indent == 4 && strings.HasPrefix(word, "-"):
			about = linkKey(link)
			link++
		}
		if about != "" {
			for _, text := range p.left[about] {
				comment(&b, line[:indent], text)
			}
		}
		b.WriteString(line)
	}
	return b.String()
}

// comment writes a text as comments, line by line.
func comment(b *strings.Builder, indent, text string) {
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		b.WriteString(indent + "# " + line + "\n")
	}
}

func linkKey(at int) string { return fmt.Sprintf("link %d", at) }
