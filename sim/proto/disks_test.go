package proto

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// about compares moments that were worked out in fractions of a second.
func about(t *testing.T, want, got time.Duration) {
	t.Helper()
	assert.InDelta(t, want.Seconds(), got.Seconds(), 1e-6)
}

func TestDisksAreSharedEvenly(t *testing.T) {
	d := NewDisks(1)
	assert.Equal(t, Never, d.Next())
	first := d.Begin(time.Second, 10*time.Second)
	about(t, 11*time.Second, d.Next())
	second := d.Begin(6*time.Second, 2*time.Second) // the first has 5 s to go, the second 2
	about(t, 10*time.Second, d.Next())
	assert.True(t, d.Done(d.Next(), second))
	assert.False(t, d.Done(d.at, first))
	d.End(d.at, second)
	about(t, 13*time.Second, d.Next())
	assert.True(t, d.Done(d.Next(), first))
}

func TestDisksWaitForNobody(t *testing.T) {
	d := NewDisks(0.5)
	first, second := d.Begin(0, 10*time.Second), d.Begin(0, 10*time.Second)
	about(t, 40*time.Second, d.Next())
	d.Pause(20*time.Second, first, true)
	about(t, 30*time.Second, d.Next())
	d.End(30*time.Second, second)
	assert.Equal(t, Never, d.Next(), "the one that is left waits for something else")
	d.Pause(100*time.Second, first, false)
	about(t, 110*time.Second, d.Next())
}
