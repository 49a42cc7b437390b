package topology

// flow is a network with capacities and the largest flow through it (Dinic, 1970: shortest ways first, a layer at a time).
type flow struct {
	edges []edge
	at    [][]int // edges by their tail
	layer []int   // distance from the source over edges with room; 0: not reached, the source is 1
	next  []int   // the first edge of each vertex that is not yet known to be useless
}

// edge has its reverse at the index with the lowest bit flipped.
type edge struct {
	to, room int
}

func newFlow(vertices int) *flow {
	return &flow{at: make([][]int, vertices), layer: make([]int, vertices), next: make([]int, vertices)}
}

func (f *flow) edge(from, to, capacity int) {
	f.at[from] = append(f.at[from], len(f.edges))
	f.at[to] = append(f.at[to], len(f.edges)+1)
	f.edges = append(f.edges, edge{to, capacity}, edge{from, 0})
}

// run pushes until nothing more fits. Afterwards layer says what the source still reaches: one side of a smallest cut.
func (f *flow) run(source, sink int) {
	for f.survey(source); f.layer[sink] > 0; f.survey(source) {
		clear(f.next)
		for f.push(source, sink, unlimited) > 0 {
		}
	}
}

// sent is how much has left the source.
func (f *flow) sent(source int) int {
	sum := 0
	for _, e := range f.at[source] {
		sum += f.edges[e^1].room
	}
	return sum
}

// survey works out the layers.
func (f *flow) survey(source int) {
	clear(f.layer)
	f.layer[source] = 1
	for queue := []int{source}; len(queue) > 0; queue = queue[1:] {
		for _, e := range f.at[queue[0]] {
			if to := f.edges[e].to; f.edges[e].room > 0 && f.layer[to] == 0 {
				f.layer[to] = f.layer[queue[0]] + 1
				queue = append(queue, to)
			}
		}
	}
}

// push sends up to amount on from a vertex, from layer to layer, and returns how much arrived.
func (f *flow) push(at, sink, amount int) int {
	if at == sink {
		return amount
	}
	for ; f.next[at] < len(f.at[at]); f.next[at]++ {
		e := f.at[at][f.next[at]]
		to := f.edges[e].to
		if f.edges[e].room == 0 || f.layer[to] != f.layer[at]+1 {
			continue
		}
		if sent := f.push(to, sink, min(amount, f.edges[e].room)); sent > 0 {
			f.edges[e].room -= sent
			f.edges[e^1].room += sent
			return sent
		}
	}
	return 0
}

// crosses says whether an edge leads from what the source reaches to what it does not.
func (f *flow) crosses(from, to int) bool { return f.layer[from] > 0 && f.layer[to] == 0 }
