package check

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// limit is what a value must be: within low and high, or within them without the ends themselves.
type limit struct {
	low, high         float64
	lowOpen, highOpen bool
	text              string // as typed; empty: nothing is asked
}

// Time is a limit on a duration: "<= 30m", "< 1s", ">= 8h", "at most 30m", "between 6m, 7m".
type Time struct{ limit }

// Count is a limit on a number: "2" (exactly), "<= 2", "at least 1".
type Count struct{ limit }

// Share is a limit on a percentage: "< 1%", "at least 99.9%".
type Share struct{ limit }

// UnmarshalText reads a limit on a duration.
func (t *Time) UnmarshalText(text []byte) (err error) {
	t.limit, err = parseLimit(string(text), false, func(s string) (float64, error) {
		d, err := yamlfile.ParseDuration(s)
		return float64(d), err
	})
	return err
}

// UnmarshalText reads a limit on a number.
func (c *Count) UnmarshalText(text []byte) (err error) {
	c.limit, err = parseLimit(string(text), true, func(s string) (float64, error) {
		n, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			return 0, fmt.Errorf("%q is not a whole number", s)
		}
		return float64(n), nil
	})
	return err
}

// UnmarshalText reads a limit on a percentage.
func (s *Share) UnmarshalText(text []byte) (err error) {
	s.limit, err = parseLimit(string(text), false, func(s string) (float64, error) {
		var p yamlfile.Percent
		err := p.UnmarshalText([]byte(s))
		return float64(p), err
	})
	return err
}

// comparisons are the ways to write a limit on one side, longer before shorter.
var comparisons = []struct {
	word        string
	atMost      bool // else at least
	open, exact bool
}{
	{word: "at most", atMost: true}, {word: "at least"},
	{word: "<=", atMost: true}, {word: ">="}, {word: "<", atMost: true, open: true}, {word: ">", open: true},
}

// parseLimit reads a limit; bare says whether a value alone is one ("2": exactly two).
func parseLimit(text string, bare bool, parse func(string) (float64, error)) (limit, error) {
	text = strings.Join(strings.Fields(text), " ")
	if rest, ok := strings.CutPrefix(text, "between "); ok {
		return parseBetween(text, rest, parse)
	}
	for _, c := range comparisons {
		rest, ok := strings.CutPrefix(text, c.word)
		if !ok {
			continue
		}
		v, err := parse(strings.TrimSpace(rest))
		if c.atMost {
			return limit{low: math.Inf(-1), high: v, highOpen: c.open, text: text}, err
		}
		return limit{low: v, high: math.Inf(1), lowOpen: c.open, text: text}, err
	}
	if strings.HasPrefix(text, "=") {
		return limit{}, fmt.Errorf("%q is no limit: write \"<= a\", \">= a\" or \"between a, b\"", text)
	}
	v, err := parse(text)
	if err == nil && !bare {
		err = fmt.Errorf("%q does not say which way: write \"<= %s\", \">= %s\" or \"between a, b\"", text, text, text)
	}
	return limit{low: v, high: v, text: text}, err
}

func parseBetween(text, rest string, parse func(string) (float64, error)) (limit, error) {
	a, b, ok := strings.Cut(strings.Replace(rest, " and ", ",", 1), ",")
	if !ok {
		return limit{}, fmt.Errorf("%q needs two ends: write \"between a, b\"", text)
	}
	low, err := parse(strings.TrimSpace(a))
	if err != nil {
		return limit{}, err
	}
	high, err := parse(strings.TrimSpace(b))
	if err == nil && low > high {
		err = fmt.Errorf("%q ends before it begins", text)
	}
	return limit{low: low, high: high, text: text}, err
}

// atMost is the limit "<= d".
func atMost(d time.Duration) limit {
	return limit{low: math.Inf(-1), high: float64(d), text: "<= " + d.String()}
}

// atMostShare is the limit "<= 5%".
func atMostShare(share float64) limit {
	return limit{low: math.Inf(-1), high: share, text: "<= " + yamlfile.Percent(share).String()}
}

func (l limit) asked() bool { return l.text != "" }

// value is what was found: somewhere from least to most.
type value struct{ least, most float64 }

// about is a measured value, known within a resolution; a time or a number is never negative.
func about(v, resolution float64) value {
	return value{math.Max(0, v-resolution), v + resolution}
}

// judge passes when all of the value is within the limit, and fails when none of it is.
func (l limit) judge(v value) sim.Outcome {
	switch {
	case l.within(v.least) && l.within(v.most):
		return sim.Passed
	case v.most < l.low || v.least > l.high, l.lowOpen && v.most == l.low, l.highOpen && v.least == l.high:
		return sim.Failed
	}
	return sim.Inconclusive
}

func (l limit) within(v float64) bool {
	if l.lowOpen && v == l.low || l.highOpen && v == l.high {
		return false
	}
	return l.low <= v && v <= l.high
}
