package scenarios

import (
	"strings"
	"unicode"

	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// take writes down an error about an entry. Words that name nothing get their own places.
func take(ps *yamlfile.Problems, n *yamlfile.Node, err error) {
	unknowns := topology.Unknowns(err)
	for _, u := range unknowns {
		ps.Add(place(n, u.Word), u.Hint, "%s", u.Msg)
	}
	if len(unknowns) == 0 {
		ps.Take(n.Pos(), err)
	}
}

// printable refuses control characters: reports show these words on terminals, which would obey them.
func (l *loader) printable(n *yamlfile.Node) {
	odd := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
	if i := strings.IndexFunc(n.Text(), odd); i >= 0 {
		l.ps.Add(n.Pos(), "", "a control character (%q) is no text", n.Text()[i:i+1])
	}
	for _, item := range n.Items() {
		if n.Kind() == yamlfile.List {
			l.printable(item)
		}
	}
	for _, e := range n.Entries() {
		l.printable(yamlfile.NewScalar(e.Key))
		l.printable(e.Value)
	}
}

// place finds where a word was typed within an entry; the entry itself when it was not typed as such.
func place(n *yamlfile.Node, word string) yamlfile.Pos {
	if at, ok := find(n, word); ok {
		return at
	}
	return n.Pos()
}

func find(n *yamlfile.Node, word string) (yamlfile.Pos, bool) {
	if n.Kind() == yamlfile.Scalar {
		return n.Pos(), n.Text() == word
	}
	if n.Kind() == yamlfile.List {
		for _, item := range n.Items() {
			if at, ok := find(item, word); ok {
				return at, true
			}
		}
	}
	for _, e := range n.Entries() {
		if at, ok := find(e.Value, word); ok {
			return at, true
		}
	}
	return yamlfile.Pos{}, false
}
