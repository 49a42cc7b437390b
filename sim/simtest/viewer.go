package simtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
)

// Change is a moment at which a way comes or goes.
type Change struct {
	At     time.Duration
	Usable bool
}

// Foresee has a talk's law say what its users see of a way that is there from time 0 on and changes as told: a line for
// each thing it says, such as "10s unserved".
func Foresee(t testing.TB, talk sim.Talk, phase float64, changes ...Change) []string {
	t.Helper()
	v := &viewer{Loop: sim.NewLoop(new(sim.VirtualClock)), phase: phase}
	m := talk.Predict(v)
	v.At(0, func() { m.Path(true) })
	for _, c := range changes {
		v.At(c.At, func() { m.Path(c.Usable) })
	}
	require.NoError(t, v.Run(context.Background(), sim.DefaultUntil, func() bool { return false }))
	require.Equal(t, sim.Never, v.Next(), "a law that never comes to rest")
	return v.said
}

type viewer struct {
	*sim.Loop
	phase float64
	said  []string
}

func (v *viewer) Phase() float64 { return v.phase }
func (v *viewer) Reconnected()   { v.say("reconnected") }

func (v *viewer) Served(served bool) {
	if served {
		v.say("served")
	} else {
		v.say("unserved")
	}
}

func (v *viewer) Note(d sim.Data) {
	switch d := d.(type) {
	case sim.GuestData:
		v.say(strings.TrimSuffix(fmt.Sprintf("is %s: %s", d.State, d.Why), ": "))
	default:
		v.say(fmt.Sprintf("%s %+v", d.Kind(), d))
	}
}

func (v *viewer) Unserved(since time.Duration) { v.say(fmt.Sprintf("unserved since %s", since)) }

// say leaves out what has been said already: only changes count.
func (v *viewer) say(what string) {
	for i := len(v.said) - 1; i >= 0 && what != "reconnected"; i-- {
		if strings.HasSuffix(v.said[i], " "+what) {
			return
		}
		if !strings.HasSuffix(v.said[i], "reconnected") {
			break
		}
	}
	v.said = append(v.said, fmt.Sprintf("%s %s", v.Now(), what))
}
