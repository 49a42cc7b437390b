package scenarios

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// ParseFault reads an entry as typed on a command line, for a plant that stands: 'reboot: core',
// 'optic-dead: [stor-a, stor-b]', 'reboot: {target: core, offset: 8m}'. The error is yamlfile.Problems, positioned in
// the text.
func ParseFault(text string, p *topology.Plant) (*sim.Entry, error) {
	l := loader{}
	n := l.inline(0, text)
	if n == nil {
		return nil, l.ps.Err()
	}
	e := l.entry(cmp.Or(kindOf(n), "fault"), n.Pos(), n, &sim.Scenario{Plant: p})
	if err := l.ps.Err(); err != nil {
		return nil, err
	}
	return e, l.later.err()
}

// spaceless is a fault that needs no quotes in a shell: reboot:core.
var spaceless = regexp.MustCompile(`^[a-z-]+:[^\s{}]+$`)

// inline parses an entry as typed on a command line; nil when it is none. Number counts them; 0 is the only one.
func (l *loader) inline(number int, text string) *yamlfile.Node {
	name := "fault"
	if number > 0 {
		name = fmt.Sprintf("fault %d", number)
	}
	if spaceless.MatchString(text) {
		text = strings.Replace(text, ":", ": ", 1)
	}
	n, err := yamlfile.Parse(name, []byte(text))
	switch {
	case err != nil:
		l.ps.Take(yamlfile.Pos{File: name}, err)
	case n.Kind() == yamlfile.Scalar:
		// "reboot core" is what fingers type.
		l.ps.Add(n.Pos(), "write it as 'reboot: core'", "a fault is a kind and its target, with a colon between")
	case n.Kind() != yamlfile.Map || len(n.Entries()) == 0:
		l.ps.Add(n.Pos(), "write it as 'reboot: core'", "a fault is a kind and its target, this is %s", n.Kind())
	default:
		return n
	}
	return nil
}
