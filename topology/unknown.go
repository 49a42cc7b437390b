package topology

import "fmt"

// Unknown is a name that stands for nothing in the plant. Whoever knows where the name was typed adds the place and a
// suggestion.
type Unknown struct {
	What string // "node", "port or link"
	Name string
}

// Error says `no node "cor1"`.
func (u *Unknown) Error() string { return fmt.Sprintf("no %s %q", u.What, u.Name) }

// Names lists everything in the plant that a target can name, for suggestions.
func (p *Plant) Names() []string {
	var all []string
	for _, n := range p.Nodes {
		all = append(all, n.ID)
		if n.Family != n.ID {
			all = append(all, n.Family)
		}
		for _, port := range n.Ports {
			all = append(all, port.String())
		}
		for _, b := range n.Bonds {
			all = append(all, b.String())
		}
	}
	for _, l := range p.Links {
		all = append(all, l.ID)
	}
	for _, g := range p.Groups {
		all = append(all, g.ID)
	}
	for _, n := range p.Networks {
		all = append(all, n.ID)
	}
	return all
}
