package proto

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/topology"
)

func TestLACPGivesAMemberUp(t *testing.T) {
	silence := func(l *LACP) { l.Hear(time.Hour, 0, false) }
	pulled := func(l *LACP) { l.Link(time.Hour, 0, false); l.Hear(time.Hour, 0, false) }
	for name, c := range map[string]struct {
		rate             topology.LACPRate
		harm             func(*LACP)
		earliest, latest time.Duration
	}{
		"silence, slow": {topology.SlowLACP, silence, 60 * time.Second, 99110 * time.Millisecond},
		"silence, fast": {topology.FastLACP, silence, 2 * time.Second, 3410 * time.Millisecond},
		"no carrier":    {topology.SlowLACP, pulled, 0, 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			for phase, want := range map[float64]time.Duration{0: c.earliest, 1: c.latest} {
				l := NewLACP(&topology.Bond{Members: make([]*topology.Port, 2), Miimon: 100 * time.Millisecond, Rate: c.rate}, phase)
				assert.False(t, l.Pending())
				c.harm(l)
				assert.True(t, l.Pending())
				assert.Equal(t, time.Hour+want, l.Next())
				assert.Equal(t, []int{0, 1}, l.Used(), "until then it is sent into the dark")
				assert.True(t, l.Step(l.Next()))
				assert.Equal(t, []int{1}, l.Used())
				assert.False(t, l.Pending())
			}
		})
	}
}

func TestLACPTakesAMemberBack(t *testing.T) {
	l := NewLACP(&topology.Bond{Members: make([]*topology.Port, 2), Rate: topology.FastLACP}, 1)
	l.Hear(0, 1, false)
	l.Hear(time.Second, 1, true)
	assert.False(t, l.Pending(), "a silence too short to be noticed")
	l.Hear(time.Minute, 1, false)
	l.Step(l.Next())
	l.Hear(2*time.Minute, 1, true)
	assert.Equal(t, 2*time.Minute+4*time.Second, l.Next(), "it is negotiated with")
	l.Hear(2*time.Minute+time.Second, 1, false)
	assert.Equal(t, Never, l.Next())
	assert.Equal(t, []int{0}, l.Used())
}

// As the kernel's layer2 policy: the last octets of both addresses.
func TestShares(t *testing.T) {
	id := func(last byte) topology.HardwareID { return topology.HardwareID{2, 0, 0, 0, 0, last} }
	assert.Equal(t, []int{0, 1, 1, 0, 0}, []int{
		ShareOf(id(1), id(3), 2), ShareOf(id(1), id(2), 2), ShareOf(id(2), id(1), 2), ShareOf(id(7), id(7), 2), ShareOf(id(1), id(2), 1),
	})
}
