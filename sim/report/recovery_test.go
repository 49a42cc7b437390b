package report

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/prediction"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

// repaired is a log in which one person replaces a part, restarts a machine and tells clients; another part cannot be had.
func repaired() *sim.Log {
	y := simtest.NewStory(sim.UseData{ID: "mail", Kind: "vm", Members: 1, Tier: 1})
	fault := y.At(0).Fault("laser", "")
	y.Log.Add(fault, "mail", sim.GuestData{State: sim.GuestStalled})
	y.Out("mail", fault)
	detected := y.At(5*time.Minute).Log.Add(fault, sim.Detected, sim.MilestoneData{})
	look := y.Log.Add(detected, "diagnose-part", sim.TaskData{State: sim.TaskBegun, On: "stor-a", By: "noc/1"})
	y.Log.Add(0, "notice", sim.NoticeData{Number: 1, Text: "a part is on its way", ETA: sim.Seconds(50 * time.Minute)})
	y.At(25*time.Minute).Log.Add(look, "diagnose-part", sim.TaskData{State: sim.TaskEnded, On: "stor-a", By: "noc/1", Found: "dead optic in core1:e1"})
	y.Log.Add(look, "QSFP", sim.PartData{State: sim.PartOrdered, For: "core1:e1"})
	y.At(45*time.Minute).Log.Add(look, "QSFP", sim.PartData{State: sim.PartFitted, For: "core1:e1"})
	y.Log.Add(0, "mail", sim.ActionData{Do: "switch off"})
	y.Log.Add(0, "mail", sim.GuestData{State: sim.GuestOff})
	y.At(time.Hour).Back("mail", 0, 0)
	y.Log.Add(0, sim.AllBooted, sim.MilestoneData{})
	y.Log.Add(0, "fit-part", sim.TaskData{State: sim.TaskStuck, On: "core2:e1", For: "a QSFP"})
	y.Log.Add(0, "mail", sim.ShareData{Member: "mail", Name: prediction.ShareBoot, Length: sim.Seconds(time.Hour), Without: [][]string{{"laser"}, {"a", "b"}}})
	return y.End("played")
}

func TestRecoveryIsTold(t *testing.T) {
	r := Read(repaired())
	require.NotNil(t, r.Recovery)
	assert.Equal(t, sim.Seconds(20*time.Minute), r.Recovery.Hours)
	assert.Equal(t, []Work{{"diagnose-part", 1, sim.Seconds(20 * time.Minute)}}, r.Recovery.Work)
	assert.Equal(t, []PartUse{{Model: "QSFP", Fitted: 1, Ordered: 1}}, r.Recovery.Parts)
	assert.Equal(t, []Loss{{"mail", sim.Seconds(45 * time.Minute)}}, r.Recovery.Lost)
	assert.Equal(t, []Point{{0, 1}, {sim.Seconds(time.Hour), 0}}, r.Recovery.Curve)
	assert.Equal(t, sim.Seconds(10*time.Minute), r.Recovery.Notices[0].Error, "it was promised ten minutes too soon")
	var text bytes.Buffer
	require.NoError(t, Text(&text, r, Style{}))
	for _, want := range []string{
		"never recovers: core2:e1: nobody can fit the part: it waits for a QSFP",
		"detected                  5m  after 5m",
		"people 20m: 1 diagnose-part 20m",
		"1 ETA, at worst 10m too soon",
		"boot   1h  100%  ████████████████████████  laser, or a and b",
	} {
		assert.Contains(t, text.String(), want)
	}
}

func TestAPostMortemIsWrittenFromTheLogAlone(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, Markdown(&text, Read(repaired()), Style{}))
	for _, want := range []string{
		"## Impact", "| mail | 1h | 0s | 1 of 1 | not asked | laser |", "## Timeline", "## Where the time went",
		"| boot | 1h | laser, or a and b |", "- Without laser: 1h of the time of mail would not have been.", "## What hurt",
	} {
		assert.Contains(t, text.String(), want)
	}
}

func TestVariantsAreSetSideBySide(t *testing.T) {
	spared := simtest.NewStory(sim.UseData{ID: "mail", Kind: "vm", Members: 1, Tier: 1}).End("played")
	rows := []Row{ReadRow("", repaired()), ReadRow("canary", spared)}
	Save(rows)
	assert.Equal(t, 1, rows[0].Lost, "it was switched off with what it could not write")
	var text bytes.Buffer
	require.NoError(t, WriteRows(&text, "x", rows, Style{}))
	assert.Contains(t, text.String(), "as it was  1h    -      20m     1      1\n")
	assert.Contains(t, text.String(), "canary     -     1h     0s      0      0\n")
}
