package sim

import (
	"math"
	"time"
)

// Lossy is a Machine with a law for a way on which requests are lost by chance.
type Lossy interface {
	// Chance is told the probabilities that a request and its answer are lost, for each of the ways that the talk may
	// take at present, any of which is enough.
	Chance(ways [][2]float64) Chance
}

// Chance is what losses by chance do to those who talk.
type Chance struct {
	// Share of requests is never answered.
	Share float64
	// Longest is how long one request in a million leaves the users unserved: what is longer is an outage, and has
	// another cause.
	Longest time.Duration
	// Late is how late the latest hundredth of all answers is at least.
	Late time.Duration
	// Interval is from one request to the next.
	Interval time.Duration
	// Patient says that the law holds however long a round trip takes.
	Patient bool
}

// Odds are what chance and distance do to a member's requests while its way stays as it is. The zero value: nothing.
type Odds struct {
	Chance
	// Delay is how long a request and its answer are on their way at least, and Jitter how much longer they may be.
	Delay, Jitter time.Duration
	// Lawless says why nobody can say what becomes of the member; empty when somebody can.
	Lawless string
}

// Rare is what befalls one request in a million: what is rarer is not put down to chance.
const Rare = 1e-6

// InARow is the most that are lost in a row by chance, each with the given probability, when a longer row is as rare as
// told.
func InARow(loss, rare float64) int {
	switch {
	case loss <= 0:
		return 0
	case loss >= 1:
		return math.MaxInt32
	}
	return int(math.Log(rare) / math.Log(loss))
}

// SampleChance is how long a way on which chance has a say is sampled after each change, before a clock jumps: at
// the 50 requests a second of a telephone, 2 % are then known to half a percent. Chosen.
const SampleChance = time.Minute

// deviations is how many standard deviations a measured share may be off: chance alone goes further once in 16,000.
const deviations = 4

// spread is how far a measured share may be from the true one, by chance, when that many were counted.
func spread(share float64, counted uint64) float64 {
	if counted == 0 {
		return 1
	}
	return deviations*math.Sqrt(share*(1-share)/float64(counted)) + 1/float64(counted)
}

// LossOf is the least and the most of requests that are lost when that many are made.
func (d OddsData) LossOf(requests uint64) (least, most float64) {
	return max(0, d.Loss[0]-spread(d.Loss[0], requests)), min(1, d.Loss[1]+spread(d.Loss[1], requests))
}
