package yamlfile

import "slices"

// Kind is what a Node is.
type Kind int

// The kinds of nodes. Null is an empty value, "~" or "null".
const (
	Null Kind = iota
	Scalar
	Map
	List
)

var kindNames = [...]string{"nothing", "a value", "a map", "a list"}

// String says it in words, for errors.
func (k Kind) String() string { return kindNames[k] }

// Node is a piece of a YAML file that knows where it stands. Nodes never change, so they may be shared.
type Node struct {
	kind    Kind
	pos     Pos
	text    string
	quoted  bool
	flow    bool
	entries []Entry
	items   []*Node
	size    int // of the tree below, aliases followed
}

// Entry is a key of a map and its value.
type Entry struct {
	Key    string
	KeyPos Pos
	Value  *Node
}

// NewScalar makes a scalar that was in no file.
func NewScalar(s string) *Node { return &Node{kind: Scalar, text: s, quoted: !plain(s), size: 1} }

// NewMap makes a map that was in no file.
func NewMap(entries ...Entry) *Node { return &Node{kind: Map, entries: entries, size: 1} }

// NewList makes a list that was in no file.
func NewList(items ...*Node) *Node { return &Node{kind: List, items: items, size: 1} }

// Kind says what it is; a missing node is Null.
func (n *Node) Kind() Kind {
	if n == nil {
		return Null
	}
	return n.kind
}

// Pos is where it begins.
func (n *Node) Pos() Pos {
	if n == nil {
		return Pos{}
	}
	return n.pos
}

// Text is a scalar as typed, without its quotes; empty for the others.
func (n *Node) Text() string {
	if n == nil {
		return ""
	}
	return n.text
}

// Quoted says whether a scalar stood in quotes: "7" is a string then, never a number.
func (n *Node) Quoted() bool { return n != nil && n.quoted }

// Entries lists the entries of a map in file order.
func (n *Node) Entries() []Entry {
	if n == nil {
		return nil
	}
	return n.entries
}

// Items lists the items of a list; anything else but nothing is a list of one.
func (n *Node) Items() []*Node {
	switch n.Kind() {
	case Null:
		return nil
	case List:
		return n.items
	}
	return []*Node{n}
}

// Lookup finds the value of a key in a map; nil when there is none.
func (n *Node) Lookup(key string) *Node {
	for _, e := range n.Entries() {
		if e.Key == key {
			return e.Value
		}
	}
	return nil
}

// Keys lists the keys of a map in file order.
func (n *Node) Keys() []string {
	keys := make([]string, 0, len(n.Entries()))
	for _, e := range n.Entries() {
		keys = append(keys, e.Key)
	}
	return keys
}

// Without is a map without some of its keys.
func (n *Node) Without(keys ...string) *Node {
	if n.Kind() != Map {
		return n
	}
	out := *n
	out.entries = nil
	for _, e := range n.entries {
		if !slices.Contains(keys, e.Key) {
			out.entries = append(out.entries, e)
		}
	}
	return &out
}

// Words are the texts of a scalar, or of a list of them.
func Words(n *Node) []string {
	var all []string
	for _, item := range n.Items() {
		all = append(all, item.Text())
	}
	return all
}

// At is a node that was in no file, put at a place: what is wrong with it is said there.
func (n *Node) At(p Pos) *Node {
	out := *n
	out.pos = p
	return &out
}

// Flow is a node that prints on one line where that is readable.
func (n *Node) Flow() *Node {
	if n == nil {
		return nil
	}
	out := *n
	out.flow = true
	return &out
}
