package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestHistory(t *testing.T) {
	s := simtest.NewStory(sim.UseData{ID: "mail", Members: 2}, sim.UseData{ID: "web", Members: 1})
	paste := s.At(10*time.Second).Fault("paste", "")
	s.Outage("mail/2", 10*time.Second, 12*time.Second, time.Millisecond, paste)
	s.Outage("mail/1", 11*time.Second, 12*time.Second, 0, paste)
	s.At(20*time.Second).Out("mail/1", 0)
	log := s.At(50 * time.Second).End("played")
	h := sim.HistoryOf(log)

	assert.True(t, h.Steady())
	assert.Equal(t, []string{"web"}, h.Members("web"))
	assert.Empty(t, h.Outages("web"))
	_, any := h.Longest("web")
	assert.False(t, any)

	all := h.Outages("mail")
	require.Len(t, all, 3)
	assert.Equal(t, sim.Outage{Workload: "mail", Member: "mail/2", From: 10 * time.Second, To: 12 * time.Second,
		Resolution: time.Millisecond, Fault: paste, Down: all[0].Down, Up: all[0].Up}, all[0])
	assert.Equal(t, "mail/1", all[1].Member)
	assert.True(t, all[2].Open)
	assert.Zero(t, all[2].Fault)
	assert.Equal(t, 30*time.Second, all[2].Length(), "so far")
	longest, any := h.Longest("mail")
	assert.True(t, any)
	assert.Equal(t, all[2], longest)
	total, resolution := h.Total("mail/2")
	assert.Equal(t, [2]time.Duration{2 * time.Second, time.Millisecond}, [2]time.Duration{total, resolution})
}

func TestServedAt(t *testing.T) {
	s := simtest.NewStory(sim.UseData{ID: "web", Members: 1})
	s.Outage("web", 10*time.Second, 12*time.Second, 10*time.Millisecond, 0)
	s.At(30*time.Second).Out("web", 0)
	h := sim.HistoryOf(s.At(40 * time.Second).End("played"))
	for at, want := range map[time.Duration][2]bool{
		5 * time.Second:          {true, true},
		11 * time.Second:         {false, true},
		12005 * time.Millisecond: {true, false},
		15 * time.Second:         {true, true},
		35 * time.Second:         {false, true},
		41 * time.Second:         {false, false},
	} {
		served, sure := h.ServedAt("web", at)
		assert.Equal(t, want, [2]bool{served, sure}, "at %s", at)
	}
}

func TestOutagesBeforeTheSteadyStateAreNone(t *testing.T) {
	log := sim.NewLog(func() time.Duration { return 0 }, nil)
	log.Add(0, "", sim.HeaderData{Format: sim.Format, Uses: []sim.UseData{{ID: "web", Members: 1}}})
	log.Add(0, "web", sim.UpData{})
	log.Add(0, "web", sim.DownData{})
	log.Add(0, "web", sim.UpData{})
	log.Add(0, "", sim.SteadyData{Members: 1})
	h := sim.HistoryOf(log)
	assert.Empty(t, h.Outages("web"))
	assert.True(t, h.Steady())
}

func TestAnOutageThatNothingEndsIsTheLongest(t *testing.T) {
	for reason, want := range map[string]time.Duration{"played": 20 * time.Second, "horizon": 10 * time.Second} {
		s := simtest.NewStory(sim.UseData{ID: "web", Members: 1})
		paste := s.At(10*time.Second).Fault("paste", "")
		s.Outage("web", 10*time.Second, 15*time.Second, 0, paste)
		s.At(20*time.Second).Out("web", paste)
		longest, _ := sim.HistoryOf(s.At(21 * time.Second).End(reason)).Longest("web")
		assert.Equal(t, want, longest.From, reason)
	}
}

// Nobody knows when one will end that has not; that it began, is known as finely as any.
func TestAnOpenOutageBeganAboutThen(t *testing.T) {
	s := simtest.NewStory(sim.UseData{ID: "web", Members: 1})
	s.At(10*time.Second).Log.Add(0, "web", sim.DownData{Since: sim.Seconds(10 * time.Second), Resolution: sim.Seconds(250 * time.Millisecond)})
	longest, _ := sim.HistoryOf(s.At(20 * time.Second).End("horizon")).Longest("web")
	assert.Equal(t, 10*time.Second+250*time.Millisecond, longest.From)
	assert.Equal(t, 9*time.Second+750*time.Millisecond, longest.Length())
	assert.Equal(t, 250*time.Millisecond, longest.Resolution)
	_, sure := sim.HistoryOf(s.Log).ServedAt("web", 10*time.Second+400*time.Millisecond)
	assert.False(t, sure)
}
