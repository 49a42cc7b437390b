package recovery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

func TestAStockRunsOut(t *testing.T) {
	start := time.Date(2023, 6, 1, 13, 0, 0, 0, time.UTC)
	lead := &Time{Median: 4 * time.Hour}
	s := StockOf(&sim.Scenario{Start: start, Recovery: &Plan{Parts: yamlfile.Ordered[Part]{
		{Key: "SR4", Value: Part{Spares: 1, Lead: lead}},
		{Key: "LR4", Value: Part{Lead: lead, from: 8 * time.Hour, to: 12 * time.Hour}},
		{Key: "old", Value: Part{}},
	}}})
	for _, c := range []struct {
		model string
		wait  time.Duration
		ok    bool
	}{
		{"SR4", 0, true}, {"SR4", 4 * time.Hour, true},
		{"LR4", 23 * time.Hour, true}, // the vendor takes orders at eight tomorrow
		{"old", 0, false}, {"unheard-of", 0, false},
	} {
		wait, ok := s.Take(c.model, 0)
		assert.Equal(t, c.ok, ok, c.model)
		assert.Equal(t, c.wait, wait, c.model)
	}
	assert.Nil(t, StockOf(&sim.Scenario{}))
}

func TestToolsThatAreNotThere(t *testing.T) {
	plan := &Plan{Times: ServiceTimes{Cycle: &Work{Access: []string{onSite, outOfBand, "vcenter"}}}}
	s := StockOf(&sim.Scenario{Recovery: plan})
	nothing := func(string) bool { return false }
	missing, takes := s.Restart(nothing)
	assert.Equal(t, "vcenter", missing, "people travel, and out-of-band access that nothing carries is always there")
	assert.Zero(t, takes)
	plan.Times.Cycle.Without = &Time{Median: 8 * time.Minute}
	_, takes = s.Restart(nothing)
	assert.Equal(t, 8*time.Minute, takes)
	plan.OutOfBand.Text = "console"
	missing, _ = s.Restart(nothing)
	assert.Equal(t, "console", missing)
	missing, _ = s.Restart(func(string) bool { return true })
	assert.Empty(t, missing)
}
