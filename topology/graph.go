package topology

import "slices"

// Graph is the wiring of a plant, or of some of its networks. Hosts and storage are ends of ways, never on them.
//
// Its questions are about cables and boxes only: what protocols make of them is the business of the worlds.
type Graph struct {
	plant *Plant
	links []*Link
	at    map[*Node][]*Link
}

// Graph is the wiring of the networks, of the whole plant when none is named.
func (p *Plant) Graph(on ...*Network) *Graph {
	g := &Graph{plant: p, at: map[*Node][]*Link{}}
	for _, l := range p.Links {
		if len(on) > 0 && !slices.ContainsFunc(on, l.Carries) {
			continue
		}
		g.links = append(g.links, l)
		g.at[l.A.Node] = append(g.at[l.A.Node], l)
		g.at[l.B.Node] = append(g.at[l.B.Node], l)
	}
	return g
}

// Lost is what is missing from a graph; nil maps mean nothing.
type Lost struct {
	Nodes map[*Node]bool
	Links map[*Link]bool
}

// Connected says whether there is a way from one node to another beside what is lost.
func (g *Graph) Connected(from, to *Node, lost Lost) bool {
	if lost.Nodes[from] || lost.Nodes[to] {
		return false
	}
	seen := map[*Node]bool{from: true}
	for queue := []*Node{from}; len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		if n == to {
			return true
		}
		if n != from && !n.forwards() {
			continue
		}
		for _, l := range g.at[n] {
			if next := l.other(n); !lost.Links[l] && !lost.Nodes[next] && !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	return false
}

func (l *Link) other(n *Node) *Node {
	if l.A.Node == n {
		return l.B.Node
	}
	return l.A.Node
}

// LinkCut is a smallest set of links without which there is no way from one node to another; its size is the number of
// ways that share no link (Menger). It is empty when there is no way.
func (g *Graph) LinkCut(from, to *Node) []*Link {
	f := g.flow(from, to, len(g.links)+1)
	var cut []*Link
	for _, l := range g.links {
		a, z := 2*l.A.Node.Index, 2*l.B.Node.Index
		if f.crosses(a+1, z) || f.crosses(z+1, a) {
			cut = append(cut, l)
		}
	}
	return cut
}

// NodeCut is a smallest set of other nodes without which there is no way from one node to another; its size is the
// number of ways that share no node. When a link joins the two there is none, and ok is false.
func (g *Graph) NodeCut(from, to *Node) (cut []*Node, ok bool) {
	if slices.ContainsFunc(g.at[from], func(l *Link) bool { return l.other(from) == to }) {
		return nil, false
	}
	f := g.flow(from, to, 1)
	for _, n := range g.plant.Nodes {
		if n.forwards() && f.crosses(2*n.Index, 2*n.Index+1) {
			cut = append(cut, n)
		}
	}
	return cut, true
}

// flow lets as much as possible flow from one node to another. Each node is an edge of the given capacity from its
// entry (2*Index) to its exit (2*Index+1); where nodes limit, links do not.
func (g *Graph) flow(from, to *Node, node int) *flow {
	f := newFlow(2 * len(g.plant.Nodes))
	for _, n := range g.plant.Nodes {
		switch {
		case n == from || n == to:
			f.edge(2*n.Index, 2*n.Index+1, len(g.links)+1)
		case n.forwards():
			f.edge(2*n.Index, 2*n.Index+1, node)
		}
	}
	link := 1
	if node == 1 {
		link = len(g.links) + 1
	}
	for _, l := range g.links {
		a, z := l.A.Node.Index, l.B.Node.Index
		f.edge(2*a+1, 2*z, link)
		f.edge(2*z+1, 2*a, link)
	}
	f.run(2*from.Index, 2*to.Index+1)
	return f
}
