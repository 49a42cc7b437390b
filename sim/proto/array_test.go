package proto

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/topology"
)

func array(access topology.Access) *Array {
	return NewArray(ArrayConf{Access: access, Controllers: 2, Takeover: 15 * time.Second})
}

func TestArrayServesAtOnceWhereItMay(t *testing.T) {
	for access, other := range map[topology.Access]time.Duration{
		topology.ActiveActive: 0, topology.ALUA: 0, topology.ActivePassive: 15 * time.Second,
	} {
		a := array(access)
		assert.Zero(t, a.Ask(0, 0), access)
		assert.Equal(t, other, a.Ask(0, 1), access)
	}
}

func TestArrayTakesOverFromADeadController(t *testing.T) {
	for access, wait := range map[topology.Access]time.Duration{
		topology.ActiveActive: 0, topology.ALUA: 10 * time.Second, topology.ActivePassive: 10 * time.Second,
	} {
		a := array(access)
		a.Controller(0, 0, false)
		assert.Equal(t, wait > 0, a.Moving(5*time.Second), access)
		assert.Equal(t, Never, a.Ask(5*time.Second, 0), access)
		assert.Equal(t, wait, a.Ask(5*time.Second, 1), access)
		assert.Zero(t, a.Ask(15*time.Second, 1), access)
		assert.False(t, a.Moving(15*time.Second), access)
		a.Controller(20*time.Second, 0, true)
		assert.Equal(t, 1, a.Owner(), "%s: it stays where it is", access)
	}
}

func TestArrayWithoutControllersServesWithTheFirstThatReturns(t *testing.T) {
	a := array(topology.ActivePassive)
	a.Controller(0, 0, false)
	a.Controller(time.Second, 1, false)
	assert.Equal(t, Never, a.Ask(time.Minute, 1))
	a.Controller(2*time.Minute, 0, true)
	assert.Equal(t, 15*time.Second, a.Ask(2*time.Minute, 0))
	assert.Zero(t, a.Ask(3*time.Minute, 0))
}

func TestPassiveArrayGoesToAndFro(t *testing.T) {
	a := array(topology.ActivePassive)
	assert.Equal(t, 15*time.Second, a.Ask(0, 1))
	assert.Equal(t, 15*time.Second, a.Ask(10*time.Second, 0), "the other host takes it back")
	assert.Zero(t, a.Ask(25*time.Second, 0))
}
