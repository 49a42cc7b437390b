package recovery

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Time is how long something takes: always the same, or by the dice. Repair times are skewed to the right, so they are
// drawn from a lognormal distribution (MIL-HDBK-472, which finds it for maintenance times).
type Time struct {
	Pos    yamlfile.Pos
	Median time.Duration `yaml:"median,scalar,positive" doc:"how long it takes; with p95, in half of the cases at most"`
	P95    time.Duration `yaml:"p95,positive" doc:"how long it takes in 95 of 100 cases at most; without it always the median"`
}

// z95 is the 95 % quantile of the standard normal distribution.
const z95 = 1.6448536269514722

// draw throws the dice. What takes people minutes is drawn in whole minutes: nobody knows it any better.
func (t Time) draw(dice *rand.Rand) time.Duration {
	if t.P95 == 0 || t.Median == 0 {
		return t.Median
	}
	unit := time.Second
	if t.Median >= 2*time.Minute {
		unit = time.Minute
	}
	drawn := time.Duration(float64(t.Median) * math.Exp(t.sigma()*dice.NormFloat64()))
	return max(unit, drawn.Round(unit))
}

func (t Time) sigma() float64 { return math.Log(float64(t.P95)/float64(t.Median)) / z95 }

// Mean is how long it takes on average.
func (t Time) Mean() time.Duration {
	if t.P95 == 0 || t.Median == 0 {
		return t.Median
	}
	return time.Duration(float64(t.Median) * math.Exp(t.sigma()*t.sigma()/2))
}

func (t Time) check(ps *yamlfile.Problems) {
	switch {
	case t.P95 > 0 && t.Median == 0:
		ps.Add(t.Pos, "write it as {median: 3m, p95: 6m}", "p95 needs a median")
	case t.P95 > 0 && t.P95 < t.Median:
		ps.Add(t.Pos, "", "95 of 100 cannot take less than half of them do: p95 %s is below the median %s", t.P95, t.Median)
	}
}
