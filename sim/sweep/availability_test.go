package sweep

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
)

// twoWays is two hosts that meet by two switches; each host has a bond over both.
const twoWays = `
networks: {lan: {subnet: 10.0.0.0/24}}
topology:
  nodes:
    sw1: {kind: switch, model: old, boot: {self-test: 10m}}
    sw2: {kind: switch, boot: instant}
    h1: {kind: host, boot: instant, ports: {e0: sw1, e1: sw2}, bonds: {t: {members: [e0, e1]}}}
    h2: {kind: host, boot: instant, ports: {e0: sw1, e1: sw2}, bonds: {t: {members: [e0, e1]}}}
workloads:
  web: {kind: udp, from: h1, to: h2}
`

// estimated sweeps a plant, with rates of nothing but what is given.
func estimated(t *testing.T, text, rates string) (*Result, *Availability) {
	t.Helper()
	sc := written(t, text)
	r, err := Run(t.Context(), sc.Plant, sc.Uses, Options{Trials: trials(sc)})
	require.NoError(t, err)
	zero := "host: {per_year: 0, repair: 1h}\nlink: {per_year: 0, repair: 1h}\nswitch: {per_year: 0, repair: 1h}\n"
	all, err := ParseRates("zero", []byte(zero), sc.Plant)
	require.NoError(t, err)
	mine, err := ParseRates("mine.yaml", []byte(rates), sc.Plant)
	require.NoError(t, err)
	for word, rate := range mine {
		if rate.Source == "mine" {
			all[word] = rate
		}
	}
	require.NoError(t, r.Estimate(t.Context(), all))
	return r, r.Availability
}

// TestDowntimeOfOneElement is its rate times the time to repair it, its boot included.
func TestDowntimeOfOneElement(t *testing.T) {
	_, a := estimated(t, `
networks: {lan: {subnet: 10.0.0.0/24}}
topology:
  nodes:
    sw1: {kind: switch, boot: {self-test: 10m}}
    h: {kind: host, count: 2, ports: {e0: sw1}}
workloads:
  web: {kind: udp, from: h1, to: h2}
`, "switch: {per_year: [2, 3], repair: [50m, 110m], source: mine}")
	d := a.Workloads[0]
	assert.InDelta(t, 2*time.Hour, d.Low, float64(time.Second))
	// Three times up to a second until hosts that heard nothing for long ask for each other's address again.
	assert.InDelta(t, 6*time.Hour, d.High, float64(3*time.Second))
	assert.Equal(t, "sw1", together(d.Causes[0].Fates))
	assert.Len(t, d.Causes, 1, "what never fails costs nothing")
}

// TestDowntimeOfAPair is the part of a year in which both are down at once, and the boots after it, beside what switching
// over costs when one fails. Both rates are told by the model of a switch and by its kind.
func TestDowntimeOfAPair(t *testing.T) {
	_, a := estimated(t, twoWays, "old: {per_year: 10, repair: 20h, source: mine}\nswitch: {per_year: 20, repair: 30h, source: mine}")
	pair := time.Duration(0)
	for _, c := range a.Workloads[0].Causes {
		if len(c.Fates) == 2 {
			pair += c.High
		}
	}
	u1, u2 := 10*20/8765.82, 20*30/8765.82 // parts of a year; it has 8,765.82 hours
	at := u1 * u2 * 8765.82 * float64(time.Hour)
	often := u1 * u2 * (1./20 + 1./30) * 8765.82
	// The switch without a boot is back at once, so booting the other costs nothing: the bond's look at carriers is all.
	assert.InDelta(t, at, float64(pair), often*float64(1200*time.Millisecond), "and up to a second to find each other again")
}

// TestWhatDoesNotComeBackByItselfIsBroughtBackByPeople: a guest whose disk timed out stays down when all else is up.
func TestWhatDoesNotComeBackByItselfIsBroughtBackByPeople(t *testing.T) {
	sc, err := scenarios.Try("two-core-vms", nil, scenarios.Options{})
	require.NoError(t, err)
	r, err := Run(t.Context(), sc.Plant, sc.Uses, Options{Depth: 1, Workloads: []string{"windows", "linux"}, Trials: trials(sc)})
	require.NoError(t, err)
	costs := map[string][]time.Duration{}
	for _, repair := range []string{"0s", "5h"} {
		rates, err := ParseRates("mine.yaml", []byte("by-hand: {per_year: 0, repair: "+repair+"}\nchange: {per_year: 1, repair: 1h}"), sc.Plant)
		require.NoError(t, err)
		require.NoError(t, r.Estimate(t.Context(), rates))
		for _, d := range r.Availability.Workloads {
			for _, c := range d.Causes {
				if c.Fates[0].Elements[0].Kind == Group && c.Fates[0].Elements[0].ID == "core" {
					costs[d.Use.ID] = append(costs[d.Use.ID], c.High)
				}
			}
		}
	}
	require.Len(t, costs["windows"], 2)
	require.Len(t, costs["linux"], 2)
	assert.InDelta(t, 5*time.Hour, costs["windows"][1]-costs["windows"][0], float64(time.Second))
	assert.Equal(t, costs["linux"][0], costs["linux"][1], "these wait for ever, and go on")
}

func TestMoreFailuresAtOnceThanWerePlayedAreBounded(t *testing.T) {
	_, a := estimated(t, twoWays, "switch: {per_year: 100, repair: 8h, source: mine}\nold: {per_year: 100, repair: 8h, source: mine}")
	mean := 2 * 100 * 8 / 8765.82
	assert.InDelta(t, mean*mean*mean/6*8765.82*float64(time.Hour), float64(a.Beyond), float64(time.Second))
}

func TestDowntimeNeedsAllSingleFailures(t *testing.T) {
	sc, err := scenarios.Try("two-core", nil, scenarios.Options{})
	require.NoError(t, err)
	for _, o := range []Options{{}, {Trials: Trials{Fault: trials(sc).Fault, Replay: trials(sc).Replay, Most: 10}}} {
		r, err := Run(t.Context(), sc.Plant, sc.Uses, o)
		require.NoError(t, err)
		require.ErrorIs(t, r.Estimate(t.Context(), nil), ErrNotPlayed)
	}
}

func TestRatesThatAreWrong(t *testing.T) {
	sc, err := scenarios.Try("two-core", nil, scenarios.Options{})
	require.NoError(t, err)
	_, err = ParseRates("mine.yaml", []byte(`swich: {per_year: 1, repair: 1h}
host: {per_year: [2, 1], repair: 1h}
link: {per_year: 1}
feed: {per_year: 1, repair: [2h, 1h]}
storage: {per_year: 1, repair: [1h, 2h, 3h]}
`), sc.Plant)
	for _, want := range []string{
		`mine.yaml:1:1: "swich" is no kind, and no model or shared fate of this plant, did you mean "switch"?`,
		"mine.yaml:2:7: per_year goes from 2 to 1, write [low, high]",
		`mine.yaml:3:7: "repair" is missing here`,
		"mine.yaml:4:7: repair goes from 2h0m0s to 1h0m0s",
		"mine.yaml:5:10: a rate has one or two numbers",
	} {
		assert.ErrorContains(t, err, want)
	}
	rates, err := ParseRates("", nil, sc.Plant)
	require.NoError(t, err)
	for _, f := range newFates(sc.Plant).all {
		for _, e := range f.Elements {
			word, rate := rates.of(sc.Plant, e)
			assert.NotEmpty(t, word, "%s has no rate", e)
			assert.NotEmpty(t, rate.Source, "%s: nobody says where its rate is from", e)
		}
	}
}

func TestAvailabilityIsWrittenWithItsRates(t *testing.T) {
	sc, err := scenarios.Try("two-core", nil, scenarios.Options{})
	require.NoError(t, err)
	r, err := Run(t.Context(), sc.Plant, sc.Uses, Options{Workloads: []string{"storage"}, Trials: trials(sc)})
	require.NoError(t, err)
	rates, err := ParseRates("", nil, sc.Plant)
	require.NoError(t, err)
	require.NoError(t, r.Estimate(t.Context(), rates))
	var b bytes.Buffer
	require.NoError(t, WriteText(&b, r))
	assert.Regexp(t, `(?m)^  storage  4m\S+ to 5h\S+ +99\.9\d+ % to 99\.999\d+ % up$`, b.String())
	assert.Contains(t, b.String(), "feed         0.1 to 0.5      10m to 4h")
	assert.Contains(t, bytesOf(t, r), `"availability"`)
}
