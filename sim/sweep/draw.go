package sweep

import (
	"math/big"
	"math/rand/v2"
	"slices"
)

// Coverage is how many of all sets of a size were played.
type Coverage struct {
	Failures int
	Played   int
	All      *big.Int
}

// Exact says whether no set of this size was left out.
func (c Coverage) Exact() bool { return c.All.IsInt64() && c.All.Int64() == int64(c.Played) }

// combination is a set as numbers of failures, rising.
type combination []int

// draw chooses what is played of the sets of 1 to depth of n failures: every set of a size as long as all of them and of
// the smaller ones are no more than most; of the larger sizes random ones, as many as are left of it, in equal shares.
// The same seed draws the same.
func draw(n, depth, most int, seed uint64) (all []combination, covers []Coverage) {
	left := most
	for size := 1; size <= min(depth, n); size++ {
		c := Coverage{Failures: size, All: choice(n, size)}
		var sets []combination
		if c.All.IsInt64() && c.All.Int64() <= int64(left) {
			sets = every(n, size)
		} else {
			sets = some(n, size, left/(min(depth, n)-size+1), seed)
		}
		left -= len(sets)
		c.Played = len(sets)
		all, covers = append(all, sets...), append(covers, c)
	}
	return all, covers
}

// every lists all sets of a size, in order.
func every(n, size int) []combination {
	if size == 0 {
		return []combination{nil}
	}
	var all []combination
	for _, head := range every(n, size-1) {
		from := 0
		if size > 1 {
			from = head[size-2] + 1
		}
		for i := from; i < n; i++ {
			all = append(all, append(slices.Clone(head), i))
		}
	}
	return all
}

// some draws different sets of a size, and puts them in order. There are more of them than are drawn.
func some(n, size, many int, seed uint64) []combination {
	dice := rand.New(rand.NewPCG(seed, uint64(size)))
	var all []combination
	drawn := map[string]bool{}
	for len(all) < many {
		c := make(combination, 0, size)
		for len(c) < size {
			if i := dice.IntN(n); !slices.Contains(c, i) {
				c = append(c, i)
			}
		}
		slices.Sort(c)
		if key := string(appendInts(nil, c...)); !drawn[key] {
			drawn[key] = true
			all = append(all, c)
		}
	}
	slices.SortFunc(all, slices.Compare[combination])
	return all
}
