package sweep

import (
	"context"
	"slices"
)

// MaxDepth is the largest cut sets that a sweep looks for. Beyond three failures at once nobody reads the answer, and up
// to there it is checked against brute force.
const MaxDepth = 3

// set is a cut set as numbers of fates, sorted, filled up with none.
type set [MaxDepth]int32

// search finds the minimal cut sets of a flow.
//
// It finds a path, and since every cut set takes something of that path, it tries each cause that does: what fails now,
// and which path is left? A cause that cuts at once need never be tried again, for every larger set with it is not
// minimal; a cause that has been tried to the end need not be tried again beside its siblings. Where more paths are left
// that have no cause in common than there are failures to come, nothing can cut them all.
type search struct {
	ctx    context.Context
	harm   *harm
	find   *finder
	depth  int
	byNode [][]int32 // causes, by node
	byLink [][]int32
	causes []cause

	ways  []way
	out   []bool  // causes that are not to be tried
	noted []int32 // by cause: the round in which it was listed
	round int32
	taken []int32 // fates that have failed
	found []set
}

func newSearch(ctx context.Context, g *graph, f *fates, depth int) *search {
	h := newHarm(g.plant, f)
	s := &search{
		ctx: ctx, harm: h, find: newFinder(g, h), depth: depth,
		byNode: make([][]int32, len(g.plant.Nodes)), byLink: make([][]int32, len(g.plant.Links)),
	}
	for _, x := range f.all {
		if !x.feed {
			s.cause(cause{fate: x}, x.nodes, x.links)
		}
	}
	for _, p := range h.packs {
		if len(p.feeds) <= depth {
			s.cause(cause{pack: p}, p.nodes, nil)
		}
	}
	s.out = make([]bool, len(s.causes))
	s.noted = make([]int32, len(s.causes))
	return s
}

func (s *search) cause(c cause, nodes, links []int) {
	i := int32(len(s.causes))
	s.causes = append(s.causes, c)
	for _, n := range nodes {
		s.byNode[n] = append(s.byNode[n], i)
	}
	for _, l := range links {
		s.byLink[l] = append(s.byLink[l], i)
	}
}

// cuts are the minimal cut sets of a flow with these ways; one that is empty says that it is cut from the start.
func (s *search) cuts(ways []way) []set {
	s.ways, s.found = ways, nil
	var p path
	if !s.find.flow(ways, &p) {
		return []set{emptySet()}
	}
	s.grow(&p)
	return minimal(s.found)
}

// grow goes on from what has failed already and the path that is left.
func (s *search) grow(left *path) {
	budget := s.depth - len(s.taken)
	tries := s.list(left)
	if len(tries) == 0 || s.ctx.Err() != nil || len(s.taken) > 0 && s.beyond(left, budget) {
		return
	}
	paths, cut := s.try(tries)
	cut = cut || len(s.taken) == 0
	if len(paths) > 0 && !(cut && s.beyond(left, budget)) {
		s.deeper(tries, paths)
	}
	for _, c := range tries {
		s.out[c] = false
	}
}

// try lets each cause come true alone. Those that cut are noted and out; of the others it returns the path that is left.
func (s *search) try(tries []int32) (paths map[int32]*path, cut bool) {
	paths = map[int32]*path{}
	for _, c := range tries {
		fresh, mark := s.harm.fresh(s.causes[c]), s.harm.fail(s.causes[c])
		p := &path{}
		switch {
		case !s.find.flow(s.ways, p):
			s.found = append(s.found, setOf(s.taken, fresh))
			s.out[c], cut = true, true
		case len(s.taken)+len(fresh) < s.depth:
			paths[c] = p
		}
		s.harm.undo(mark)
	}
	return paths, cut
}

// deeper goes on with each cause that did not cut alone.
func (s *search) deeper(tries []int32, paths map[int32]*path) {
	for _, c := range tries {
		if paths[c] == nil {
			continue
		}
		fresh, mark := s.harm.fresh(s.causes[c]), s.harm.fail(s.causes[c])
		before := len(s.taken)
		for _, f := range fresh {
			s.taken = append(s.taken, int32(f))
		}
		s.out[c] = true
		s.grow(paths[c])
		s.taken = s.taken[:before]
		s.harm.undo(mark)
	}
}

// list is all that takes something of a path and may still be tried.
func (s *search) list(p *path) []int32 {
	s.round++
	var list []int32
	note := func(causes []int32) {
		for _, c := range causes {
			if !s.out[c] && s.noted[c] != s.round && s.affordable(c) {
				s.noted[c] = s.round
				list = append(list, c)
			}
		}
	}
	for _, n := range p.nodes {
		note(s.byNode[n])
	}
	for _, l := range p.links {
		note(s.byLink[l])
	}
	return list
}

func (s *search) affordable(c int32) bool {
	return s.causes[c].fate != nil || len(s.harm.fresh(s.causes[c])) <= s.depth-len(s.taken)
}

// beyond says whether more separate paths are left than so many failures can take. Each path is looked for where all
// causes of those before have come true, feeds included: so whatever takes it needs an element, of several feeds at least
// one, that takes none of those.
func (s *search) beyond(left *path, budget int) bool {
	mark := len(s.harm.doing)
	p := path{nodes: left.nodes, links: left.links}
	more := true
	for n := 1; more && n <= budget; n++ {
		tries := s.list(&p)
		if len(tries) == 0 {
			break
		}
		for _, c := range tries {
			s.harm.fail(s.causes[c])
		}
		p = path{}
		more = s.find.flow(s.ways, &p)
	}
	s.harm.undo(mark)
	return more
}

func emptySet() set {
	var s set
	for i := range s {
		s[i] = none
	}
	return s
}

// setOf is what has failed and what comes now.
func setOf(taken []int32, fresh []int) set {
	s := emptySet()
	copy(s[:], taken)
	for i, f := range fresh {
		s[len(taken)+i] = int32(f)
	}
	return s.sorted()
}

func (s set) sorted() set {
	n := s.size()
	slices.Sort(s[:n])
	return s
}

func (s set) size() int {
	n := slices.Index(s[:], none)
	if n < 0 {
		return len(s)
	}
	return n
}

// parts calls with every part of a set that is not empty and not all of it.
func (s set) parts(call func(set)) {
	n := s.size()
	for mask := 1; mask < 1<<n-1; mask++ {
		part, at := emptySet(), 0
		for i := range n {
			if mask>>i&1 == 1 {
				part[at] = s[i]
				at++
			}
		}
		call(part)
	}
}

// minimal drops sets of which a part is there too, and what is there twice.
func minimal(sets []set) []set {
	have := make(map[set]bool, len(sets))
	for _, s := range sets {
		have[s] = true
	}
	var list []set
	for s := range have {
		small := true
		s.parts(func(part set) { small = small && !have[part] })
		if small {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, compareSets)
	return list
}

// compareSets orders by size, then by fates.
func compareSets(a, b set) int {
	if d := a.size() - b.size(); d != 0 {
		return d
	}
	return slices.Compare(a[:], b[:])
}
