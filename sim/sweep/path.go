package sweep

// finder finds paths through what has not failed.
type finder struct {
	g    *graph
	harm *harm

	seen  []int32 // by vertex: the round in which it was reached
	back  []arc   // by vertex: where from, and over which link
	goal  []int32 // by vertex: the trip in which it is one
	last  []int32 // by vertex: the link to the host from there
	round int32
	trips int32
	queue []int32

	// begun remembers the first leg, to the gateway, while the second is looked for.
	begun []arc
}

func newFinder(g *graph, h *harm) *finder {
	n := len(g.vertices)
	return &finder{
		g: g, harm: h, seen: make([]int32, n), back: make([]arc, n), goal: make([]int32, n), last: make([]int32, n),
		begun: make([]arc, n),
	}
}

// path is what a flow rests on: nodes and links, some perhaps twice.
type path struct{ nodes, links []int32 }

func (p *path) clear() { p.nodes, p.links = p.nodes[:0], p.links[:0] }

// flow finds what keeps a flow whole: one of its ways, there and back.
func (f *finder) flow(ways []way, p *path) bool {
	for i := range ways {
		p.clear()
		if f.whole(&ways[i], p) {
			return true
		}
	}
	return false
}

func (f *finder) whole(w *way, p *path) bool {
	if f.harm.nodes[w.from.node] > 0 || f.harm.nodes[w.to.node] > 0 {
		return false
	}
	p.nodes = append(p.nodes, w.from.node, w.to.node)
	for _, l := range w.direct {
		if f.harm.links[l] == 0 {
			p.links = append(p.links, l)
			return true
		}
	}
	if w.flat {
		_, ok := f.trip(&w.from, &w.to, true, p)
		return ok
	}
	router, ok := f.trip(&w.from, &w.to, false, p)
	if !ok || w.to.gates == nil || w.to.gates[router] && !w.to.aside {
		return ok // the same path leads back
	}
	_, ok = f.trip(&w.to, &w.from, false, p)
	return ok
}

// trip finds a path in one direction, and says which node routed last.
func (f *finder) trip(from, to *end, flat bool, p *path) (router int32, ok bool) {
	f.aim(to)
	f.enter(from)
	if from.gates != nil && !flat {
		f.toGateway(from)
	}
	at := f.search(to, flat)
	if at == none {
		return none, false
	}
	if to.host {
		p.links = append(p.links, f.last[at])
	}
	router, at = f.trace(at, f.back, p)
	if from.gates != nil && !flat {
		f.trace(at, f.begun, p)
	}
	return router, true
}

// aim marks the vertices from which a host is reached.
func (f *finder) aim(to *end) {
	f.trips++
	for _, x := range to.exits {
		if f.harm.links[x.link] == 0 {
			f.goal[x.at], f.last[x.at] = f.trips, x.link
		}
	}
}

// enter begins a search where an end's packets come in.
func (f *finder) enter(from *end) {
	f.round++
	f.queue = f.queue[:0]
	if from.start != none {
		f.reach(from.start, arc{none, none})
	}
	for _, d := range from.doors {
		f.step(none, d)
	}
}

// reach puts a vertex in the queue.
func (f *finder) reach(v int32, from arc) {
	f.seen[v] = f.round
	f.back[v] = from
	f.queue = append(f.queue, v)
}

// step goes over an arc unless it has failed or leads to where the search has been.
func (f *finder) step(from int32, a arc) {
	if f.seen[a.to] == f.round || a.link != none && f.harm.links[a.link] > 0 || f.harm.nodes[f.g.vertices[a.to].node] > 0 {
		return
	}
	f.reach(a.to, arc{from, a.link})
}

// search goes on from what is in the queue until it finds the end; none when it does not.
func (f *finder) search(to *end, flat bool) int32 {
	for i := 0; i < len(f.queue); i++ {
		v := f.queue[i]
		x := f.g.vertices[v]
		switch {
		case !to.host && x.routing && x.node == to.node:
			return v
		case flat && x.routing:
			continue
		case to.host && f.goal[v] == f.trips:
			return v
		}
		for _, a := range f.g.arcs[v] {
			f.step(v, a)
		}
	}
	return none
}

// toGateway goes as far as a host's network reaches, and begins anew at the gateways that it finds there.
func (f *finder) toGateway(from *end) {
	var gates []int32
	for i := 0; i < len(f.queue); i++ {
		v := f.queue[i]
		if x := f.g.vertices[v]; x.routing {
			if from.gates[x.node] {
				gates = append(gates, v)
			}
			continue
		}
		for _, a := range f.g.arcs[v] {
			f.step(v, a)
		}
	}
	f.begun, f.back = f.back, f.begun
	f.round++
	f.queue = f.queue[:0]
	for _, v := range gates {
		f.reach(v, arc{none, none})
	}
}

// trace notes what a path rests on, from its end to where it began, and which node routed last.
func (f *finder) trace(at int32, back []arc, p *path) (router, start int32) {
	router = none
	for {
		x := f.g.vertices[at]
		if x.routing && router == none {
			router = x.node
		}
		p.nodes = append(p.nodes, x.node)
		if back[at].link != none {
			p.links = append(p.links, back[at].link)
		}
		if back[at].to == none {
			return router, at
		}
		at = back[at].to
	}
}
