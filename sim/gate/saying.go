package gate

import (
	"strings"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
)

// part is what a rule speaks of: a node, a port or bond of one, or a link with a name of its own.
type part struct {
	family string // the node's, or the link's name
	id     string
	rest   string // ":team0"
	of     int    // how many nodes the family has
}

func (c *Case) node(n *topology.Node) part { return c.at(n, "") }
func (c *Case) bond(b *topology.Bond) part { return c.at(b.Node, ":"+b.Name) }

func (c *Case) link(l *topology.Link) part {
	if l.Named {
		return part{l.ID, l.ID, "", 1}
	}
	return c.at(l.A.Node, ":"+l.A.Name)
}

func (c *Case) at(n *topology.Node, rest string) part {
	return part{n.Family, n.ID, rest, len(c.Plant.Family(n.Family))}
}

// sayings gathers what a rule says of parts: one finding for all nodes that a count makes, where it is the same.
type sayings struct {
	order []saying
	ids   map[saying][]string
	of    map[saying]int
	at    map[saying][]topology.Pos
}

type saying struct{ family, rest, text string }

// say takes one down: text says what is wrong with it. Places are where it was typed.
func (s *sayings) say(p part, text string, at ...topology.Pos) {
	if s.ids == nil {
		s.ids, s.of, s.at = map[saying][]string{}, map[saying]int{}, map[saying][]topology.Pos{}
	}
	k := saying{p.family, p.rest, text}
	if s.ids[k] == nil {
		s.order = append(s.order, k)
	}
	s.ids[k] = append(s.ids[k], p.id)
	s.of[k] = p.of
	s.at[k] = append(s.at[k], at...)
}

// findings are what was said, each with the remedy.
func (s *sayings) findings(remedy string) []finding.Finding {
	var all []finding.Finding
	for _, k := range s.order {
		names := report.Fold(s.ids[k])
		for i := range names {
			names[i] += k.rest
		}
		f := finding.Finding{Subject: k.family + k.rest, Message: report.And(names) + ": " + k.text, Remedy: remedy}
		if len(s.ids[k]) < s.of[k] {
			f.Subject = strings.Join(names, " ")
		}
		put(&f, inOrder(s.at[k]))
		all = append(all, f)
	}
	return all
}
