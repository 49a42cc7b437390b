package report

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// bandSteps is how finely a band shows time where much happens: finer than any screen, coarse enough for 300 members
// that boot one after the other.
const bandSteps = 1200

// band folds many lanes into one whose height says how many are in which state.
func band(members []*lane, end time.Duration) []span {
	grid := edges(members, end)
	var all []span
	for i := range grid[:max(0, len(grid)-1)] {
		at := countAt(members, grid[i], grid[i+1])
		step := span{From: grid[i], To: grid[i+1], Open: at.open && i == len(grid)-2, State: "many", Cause: at.cause, Why: at.why}
		step.fill(at.by, len(members))
		last := len(all) - 1
		switch {
		case len(step.Levels) == 0:
		case last >= 0 && all[last].To == step.From && all[last].Text == step.Text && all[last].Why == step.Why:
			all[last].To, all[last].Open = step.To, step.Open
		default:
			all = append(all, step)
		}
	}
	return all
}

// edges are the moments at which some member changes, on a grid when there are many.
func edges(members []*lane, end time.Duration) []time.Duration {
	var all []time.Duration
	for _, m := range members {
		for _, s := range m.Spans {
			all = append(all, s.From, s.To)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) <= bandSteps/2 {
		return all
	}
	step := time.Millisecond
	for step < end/bandSteps {
		step *= 2 // seldom another one: a live page's band stays as it was drawn
	}
	for i := range all {
		all[i] -= all[i] % step
	}
	return slices.Compact(all)
}

// counts are how many members are in which state, and what led to it where that is one thing.
type counts struct {
	by         map[string]int
	open       bool
	cause, why string
}

// countAt counts the members in the middle of a step.
func countAt(members []*lane, from, to time.Duration) counts {
	c, mid, first := counts{by: map[string]int{}}, from+(to-from)/2, true
	for _, m := range members {
		for _, s := range m.Spans {
			if s.From > mid || mid >= s.To {
				continue
			}
			c.by[s.State]++
			c.open = c.open || s.Open
			if first {
				c.cause, c.why = s.Cause, s.Why
			} else if s.Why != c.why {
				c.cause, c.why = "", ""
			}
			first = false
			break
		}
	}
	return c
}

// fill stacks the states in the order of the legend.
func (s *span) fill(counts map[string]int, members int) {
	var words []string
	y := 0.0
	for _, st := range states {
		n := counts[st.Class]
		if n == 0 {
			continue
		}
		h := float64(n) / float64(members) * 100
		s.Levels = append(s.Levels, level{st.Class, fmt.Sprintf("%.2f%%", y), fmt.Sprintf("%.2f%%", h)})
		words = append(words, fmt.Sprintf("%d of %d %s", n, members, st.Words))
		y += h
	}
	s.Text = strings.Join(words, ", ")
}
