package sweep

import (
	"math/big"
	"slices"
)

// Combinations is how many of all combinations of Failures elements leave some workload without a path.
type Combinations struct {
	Failures int
	Cut, All *big.Int
}

// Combinations counts what cuts at least one workload, of every size up to Depth, without going through them: all that
// hold a smaller cut set, and the minimal ones of that size. An element counts for itself even where others share its
// fate.
func (r *Result) Combinations() []Combinations {
	var sets []set
	total := 0
	for _, w := range r.Workloads {
		sets = append(sets, w.sets...)
	}
	for _, n := range r.Elements {
		total += n
	}
	t := newTally(r.fates, minimal(sets))
	all := make([]Combinations, r.Depth)
	for i := range all {
		all[i] = Combinations{Failures: i + 1, All: choice(total, i+1)}
		all[i].Cut = t.count(total, i+1)
	}
	return all
}

// tally is the elements that cut alone, and the pairs and triples that do so together, of which no part does.
type tally struct {
	weight  func(fate int32) int // how many elements share it
	singles int
	doubles []set
	triples int
	next    map[int32][]int32 // by fate: what makes a double with it
}

func newTally(f *fates, sets []set) *tally {
	t := &tally{next: map[int32][]int32{}, weight: func(x int32) int { return len(f.all[x].Elements) }}
	for _, s := range sets {
		switch s.size() {
		case 1:
			t.singles += t.weight(s[0])
		case 2:
			t.doubles = append(t.doubles, s)
			t.next[s[0]] = append(t.next[s[0]], s[1])
			t.next[s[1]] = append(t.next[s[1]], s[0])
		case 3:
			t.triples += t.weight(s[0]) * t.weight(s[1]) * t.weight(s[2])
		}
	}
	for _, list := range t.next {
		slices.Sort(list)
	}
	return t
}

// count is how many combinations of a size, up to 3, hold a cut set.
func (t *tally) count(total, size int) *big.Int {
	rest := total - t.singles
	n := new(big.Int).Sub(choice(total, size), choice(rest, size))
	switch size {
	case 2:
		n.Add(n, big.NewInt(int64(t.pairs())))
	case 3:
		n.Add(n, big.NewInt(int64(t.withDouble(rest)+t.triples)))
	}
	return n
}

// pairs counts the doubles, element by element.
func (t *tally) pairs() int {
	n := 0
	for _, d := range t.doubles {
		n += t.weight(d[0]) * t.weight(d[1])
	}
	return n
}

// withDouble counts the triples without a single that hold a double: one for each double and third element, less those
// that hold two doubles, which were counted twice, and three of them (plus one), which were counted three times.
func (t *tally) withDouble(rest int) int {
	n := t.pairs() * (rest - 2)
	for x, list := range t.next {
		others := 0
		for _, y := range list {
			others += t.weight(y)
		}
		n -= t.weight(x) * others * (others - 1) / 2
	}
	for _, d := range t.doubles {
		for _, z := range t.next[d[0]] {
			if _, third := slices.BinarySearch(t.next[d[1]], z); third && z > d[1] {
				n += t.weight(d[0]) * t.weight(d[1]) * t.weight(z)
			}
		}
	}
	return n
}

// choice is the number of ways to take some of n.
func choice(n, some int) *big.Int { return new(big.Int).Binomial(int64(n), int64(some)) }
