package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/model"
)

// variants lists a built-in scenario as it is, and each of its variants.
func variants(t *testing.T, name string) []string {
	t.Helper()
	all, err := Variants(name)
	require.NoError(t, err)
	return append([]string{""}, all...)
}

// TestLibraryIsAsExpectedInTheModel plays every built-in scenario and variant with every unknown phase at its earliest,
// in its middle and at its latest: the expectations must hold whatever the dice of reality say.
func TestLibraryIsAsExpectedInTheModel(t *testing.T) {
	for _, name := range Names() {
		for _, variant := range variants(t, name) {
			for _, phase := range []float64{0, 0.5, 1} {
				t.Run(fmt.Sprintf("%s/%s/%v", name, variant, phase), func(t *testing.T) {
					sc, err := Load(name, Options{Variant: variant})
					require.NoError(t, err)
					log, err := sim.Play(t.Context(), model.Engine{}, sc, sim.Options{Phase: phase})
					require.NoError(t, err)
					assertAsExpected(t, log)
				})
			}
		}
	}
}

// assertAsExpected wants every expectation met, and nothing that makes a run inconclusive.
func assertAsExpected(t *testing.T, log *sim.Log) {
	t.Helper()
	expected := 0
	for _, e := range log.Events() {
		switch d := e.Data.(type) {
		case sim.VerdictData:
			if d.Part == "expect" {
				expected++
				assert.Equal(t, sim.Passed, d.Outcome, "%s: want %s, got %s", e.Subject, d.Want, d.Got)
			}
		case sim.UnprovenData, sim.UnsupportedData:
			assert.Fail(t, "inconclusive", "%s: %+v", e.Subject, d)
		}
	}
	assert.NotZero(t, expected)
}

// TestLibraryIsFitToBeRead wants of every built-in scenario what its readers want: a story in full sentences, and what
// is to be expected, with a reason where numbers are.
func TestLibraryIsFitToBeRead(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			text, ok := Text(name)
			require.True(t, ok)
			sc, err := Load(name, Options{})
			require.NoError(t, err)
			assert.Equal(t, name, sc.Name)
			assert.True(t, strings.HasSuffix(sc.Story, "."), "the story is not a sentence: %s", sc.Story)
			assert.NotEmpty(t, Story(name))
			assert.NotEmpty(t, sc.Expect)
			assert.NotEmpty(t, sc.Timeline)
			for _, line := range strings.Split(text, "\n") {
				assert.LessOrEqual(t, len(line), 125, "a line is too long to be read: %s", line)
			}
		})
	}
}

// TestReplayIsTheSameRun loads a scenario from the header of its own log, as a log alone allows.
func TestReplayIsTheSameRun(t *testing.T) {
	for _, variant := range variants(t, "core-pair-one-returns") {
		seed := uint64(7)
		sc, err := Load("core-pair-one-returns", Options{Variant: variant, Seed: &seed})
		require.NoError(t, err)
		first, err := sim.Play(t.Context(), model.Engine{}, sc, sim.Options{})
		require.NoError(t, err)
		again, err := Replay(first.Header())
		require.NoError(t, err)
		second, err := sim.Play(t.Context(), model.Engine{}, again, sim.Options{})
		require.NoError(t, err)
		assert.Equal(t, first.Events(), second.Events())
	}
}
