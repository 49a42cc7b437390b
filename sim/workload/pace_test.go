package workload

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
)

func uses(talks ...sim.Talk) []*sim.Use {
	u := &sim.Use{ID: "u"}
	for i, t := range talks {
		u.Members = append(u.Members, &sim.Member{Workload: u, Index: i, Talk: t})
	}
	return []*sim.Use{u}
}

func crowdOf(n int, asked time.Duration) []sim.Talk {
	talks := make([]sim.Talk, n)
	for i := range talks {
		talks[i] = &reach{rhythm: every(asked, ReachInterval)}
	}
	return talks
}

func TestPaceLeavesAFewAlone(t *testing.T) {
	talks := crowdOf(200, 0)
	Pace(uses(talks...))
	Pace(uses(talks[:10]...))
	assert.Equal(t, 10*time.Millisecond, talks[0].(*reach).interval)
}

func TestPaceStretchesWhatNobodyAskedFor(t *testing.T) {
	asked, chosen := crowdOf(100, 10*time.Millisecond), crowdOf(300, 0)
	Pace(uses(append(asked, chosen...)...))
	assert.Equal(t, 10*time.Millisecond, asked[0].(*reach).interval)
	assert.Equal(t, 30*time.Millisecond, chosen[0].(*reach).interval, "10,000 a second are asked for, 300 share the rest")
}

func TestPaceTwiceIsPaceOnce(t *testing.T) {
	talks := crowdOf(300, 0)
	Pace(uses(talks...))
	Pace(uses(talks...))
	assert.Equal(t, 15*time.Millisecond, talks[0].(*reach).interval)
}
