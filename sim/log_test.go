package sim

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sample is a log with an event of every kind, the header first.
func sample() *Log {
	now := time.Duration(0)
	log := NewLog(func() time.Duration { now += 1500 * time.Millisecond; return now - time.Hour }, nil)
	log.Add(0, "", HeaderData{Format: Format, World: "model", Seed: 7})
	fault := log.Add(0, "both", FaultData{Fault: "reboot", Text: "reboot core"})
	stage := log.Add(fault, "core1", StageData{Stage: "off"})
	carrier := log.Add(stage, "hv1:vmnic0", CarrierData{Up: false, Why: "core1 is off"})
	log.Add(carrier, "web", DownData{Since: Seconds(3 * time.Second)})
	log.Add(carrier, "web", UpData{From: Seconds(3 * time.Second), To: Seconds(5*time.Second + 1)})
	log.Add(0, "web", VerdictData{Part: "survive", Outcome: Passed, Want: "a", Got: "b", Evidence: []int{5, 6}})
	log.Add(0, "", EndData{Reason: "played"})
	return log
}

func written(t *testing.T, log *Log) string {
	t.Helper()
	var out bytes.Buffer
	for _, e := range log.Events() {
		require.NoError(t, WriteEvent(&out, e))
	}
	return out.String()
}

func TestLogReadsWhatItWrote(t *testing.T) {
	log := sample()
	text := written(t, log)
	back, cut, err := ReadLog(strings.NewReader(text))
	require.NoError(t, err)
	assert.False(t, cut)
	assert.Equal(t, log.Events(), back.Events())
	assert.Equal(t, text, written(t, back))
}

func TestLastLineCutShortIsLegal(t *testing.T) {
	text := written(t, sample())
	back, cut, err := ReadLog(strings.NewReader(text[:len(text)-10]))
	require.NoError(t, err)
	assert.True(t, cut)
	assert.Len(t, back.Events(), len(sample().Events())-1)
}

func TestLogOfAnotherVersionSaysWhich(t *testing.T) {
	text := strings.Replace(written(t, sample()), Format, "dcdrill/log/v9", 1)
	_, _, err := ReadLog(strings.NewReader(text))
	require.ErrorIs(t, err, ErrVersion)
	assert.ErrorContains(t, err, "dcdrill/log/v9")
}

func TestDamagedLogSaysWhere(t *testing.T) {
	lines := strings.SplitAfter(written(t, sample()), "\n")
	_, _, err := ReadLog(strings.NewReader(lines[0] + "{\n" + lines[1]))
	assert.ErrorContains(t, err, "line 2")
	_, _, err = ReadLog(strings.NewReader(lines[0] + lines[2]))
	assert.ErrorContains(t, err, "sequence number 3")
}

func TestUnknownKindSurvivesReading(t *testing.T) {
	line := `{"seq":2,"t":1.5,"kind":"earthquake","data":{"richter":4}}` + "\n"
	first := strings.SplitAfter(written(t, sample()), "\n")[0]
	log, _, err := ReadLog(strings.NewReader(first + line))
	require.NoError(t, err)
	assert.Equal(t, "earthquake", log.Event(2).Data.Kind())
	assert.Equal(t, first+line, written(t, log))
}

func TestFaultIsFoundByFollowingCauses(t *testing.T) {
	log := sample()
	assert.Equal(t, "both", log.Fault(6).Subject)
	assert.Zero(t, log.Fault(7))
}

func TestCausesInACircleLeadNowhere(t *testing.T) {
	log := sample()
	require.NoError(t, log.Take(Event{Seq: 9, Cause: 10, Data: HealedData{}}))
	require.NoError(t, log.Take(Event{Seq: 10, Cause: 9, Data: HealedData{}}))
	assert.Zero(t, log.Fault(9))
	assert.Zero(t, log.Fault(10))
}

func TestAnEmptyLogIsNoLog(t *testing.T) {
	_, _, err := ReadLog(strings.NewReader(""))
	assert.EqualError(t, err, "no log of this version: it is empty")
}

func TestSecondsAreExact(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "1": time.Second, "-1": -time.Second, "0.000000001": 1, "-0.5": -500 * time.Millisecond,
		"1.25": 1250 * time.Millisecond, "36000": 10 * time.Hour,
	} {
		got, err := Seconds(want).MarshalJSON()
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
		var back Seconds
		require.NoError(t, back.UnmarshalJSON([]byte(text)))
		assert.Equal(t, want, time.Duration(back))
	}
}

func TestEmptyLogIsNoLogOfAnotherVersion(t *testing.T) {
	for _, text := range []string{"", "{\"seq\":1"} {
		_, _, err := ReadLog(strings.NewReader(text))
		require.ErrorContains(t, err, "it is empty", "%q", text)
	}
}

func FuzzReadLog(f *testing.F) {
	var out bytes.Buffer
	for _, e := range sample().Events() {
		_ = WriteEvent(&out, e)
	}
	f.Add(out.Bytes())
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		log, _, err := ReadLog(bytes.NewReader(b))
		if err == nil {
			written(t, log)
		}
	})
}
