package drill_test

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	_ "github.com/dcdrill/dcdrill/sim/check" // registers its kinds
	"github.com/dcdrill/dcdrill/sim/drill"
	_ "github.com/dcdrill/dcdrill/sim/fault" // registers its kinds
	"github.com/dcdrill/dcdrill/sim/model"
)

// held is a drill being held by a test, which is its facilitator.
type held struct {
	t      testing.TB
	sc     *sim.Scenario
	script *drill.Script
	room   *drill.Room
	stop   func()
	log    *sim.Log
	// changed is the desk that is told of changes, once there is one.
	changed atomic.Pointer[drill.Desk]
}

// hold opens the room of a built-in drill.
func hold(t testing.TB, name string, resume []sim.Event) *held {
	t.Helper()
	sc, script, err := scenarios.LoadDrill(name, scenarios.Options{})
	require.NoError(t, err)
	h := &held{t: t, sc: sc, script: script}
	ctx, cancel := context.WithCancel(context.Background())
	opened, ended := make(chan *drill.Room, 1), make(chan struct{})
	go func() {
		defer close(ended)
		log, err := (&drill.Session{
			Engine: model.Engine{}, Scenario: sc, Script: script, Resume: resume, Rerun: scenarios.Rerun(sc),
			Open: func(r *drill.Room) { opened <- r }, Changed: func() {
				if d := h.changed.Load(); d != nil {
					d.Changed()
				}
			},
		}).Hold(ctx)
		assert.NoError(t, err)
		h.log = log
	}()
	h.room = <-opened
	h.stop = func() {
		cancel()
		<-ended
	}
	t.Cleanup(h.stop)
	return h
}

// on does something on the loop, after all that is due there.
func (h *held) on(do func()) {
	h.t.Helper()
	done := make(chan struct{})
	h.room.Loop().Post(func() { do(); close(done) })
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		require.Fail(h.t, "the loop does not answer")
	}
}

func (h *held) do(verb string, args ...string) error {
	c := drill.Command{By: "facilitator", Verb: verb, Args: map[string]string{}}
	for i := 0; i < len(args); i += 2 {
		c.Args[args[i]] = args[i+1]
	}
	var err error
	h.on(func() { err = h.room.Do(c) })
	return err
}

func (h *held) must(verb string, args ...string) {
	h.t.Helper()
	require.NoError(h.t, h.do(verb, args...))
}

func (h *held) facilitator() drill.Backstage { return seen[drill.Backstage](h, drill.Facilitator) }
func (h *held) wall() drill.View             { return seen[drill.View](h, drill.Table) }

// seen is what a seat sees now.
func seen[V any](h *held, seat string) V {
	h.t.Helper()
	var view any
	var err error
	h.on(func() { view, err = h.room.View(seat) })
	require.NoError(h.t, err)
	return view.(V)
}

// solo goes through the drill of one optic as a good player does.
func solo(h *held) {
	h.must("startex")
	h.must("pause")
	h.must("jump", "to", "25m")
	h.must("decide", "decision", "next-step", "option", "look")
	h.must("jump", "to", "45m")
	h.must("post", "text", "Redundancy of the storage is gone, service is up.", "eta", "1h")
	h.must("decide", "decision", "mend", "option", "reseat", "why", "it costs ten minutes")
	h.must("jump", "to", "1h")
	h.must("do", "what", "replace", "target", "core1:Ethernet1/1")
	h.must("jump", "to", "90m")
	h.must("rate", "objective", "cause", "rating", "P", "text", "looked at both ends")
	h.must("note", "part", "hurt", "text", "nobody knew where the spare was")
	h.must("finding", "objective", "restore", "text", "one spare only", "action", "buy two", "owner", "purchasing")
	h.must("endex")
}

func TestASoloDrillFromStartexToEndex(t *testing.T) {
	h := hold(t, "one-optic", nil)
	assert.ErrorContains(t, h.do("jump"), "STARTEX")
	assert.Equal(t, drill.Waiting, h.wall().Phase)
	solo(h)

	v := h.facilitator()
	assert.Equal(t, drill.Ended, v.Phase)
	require.Len(t, v.Work, 3)
	assert.Equal(t, "core1:Ethernet1/1: dead optic; stor-b: up", v.Work[0].Found, "looking finds the cause")
	assert.Contains(t, v.Work[1].Found, "dead optic", "it was not a matter of the seat")
	assert.Equal(t, "stor-a: up", v.Work[2].Found, "another transceiver mends it")
	assert.ErrorContains(t, h.do("jump"), "over")
	assert.NoError(t, h.do("note", "part", "well", "text", "calm"), "the hot wash comes after")
}

func TestTheTableIsToldInTime(t *testing.T) {
	h := hold(t, "one-optic", nil)
	h.must("startex")
	h.must("pause")
	h.must("hold", "item", "customer")
	h.must("jump", "to", "16m")
	told := func() (all []string) {
		for _, m := range h.wall().Told {
			all = append(all, m.Via)
		}
		return all
	}
	assert.Equal(t, []string{"alarm", "chat"}, told(), "what is held does not come")
	h.must("fire", "item", "customer")
	assert.Equal(t, []string{"alarm", "chat", "call"}, told())
	assert.Error(t, h.do("fire", "item", "customer"), "twice")
	h.must("tell", "via", "press", "text", "Is it true?")
	h.must("jump", "to", "31m")
	assert.Equal(t, []string{"alarm", "chat", "call", "press", "visit"}, told(), "the manager comes after the customer")
}

func TestAWallNeverShowsTheTruth(t *testing.T) {
	h := hold(t, "one-optic", nil)
	var seen bytes.Buffer
	look := func() {
		b, err := json.Marshal(h.wall())
		require.NoError(t, err)
		seen.Write(b)
	}
	h.must("startex")
	h.must("pause")
	for _, to := range []string{"1m", "3m", "20m", "30m", "50m"} {
		h.must("jump", "to", to)
		look()
	}
	h.must("decide", "decision", "next-step", "option", "look")
	h.must("jump", "to", "2h")
	look()
	for _, secret := range secrets(h) {
		assert.NotContains(t, seen.String(), secret)
	}
	assert.Contains(t, seen.String(), "Our shop froze", "it shows what it may")
}

// secrets is what no player may read: truths, what is expected, names of injects, false leads, what is on the timeline.
func secrets(h *held) []string {
	all := []string{`"truth"`, "false_lead", "expected", h.sc.Name}
	for _, x := range h.script.Injects {
		all = append(all, `"`+x.Key+`"`, x.Value.Expect)
	}
	for _, d := range h.script.Decisions {
		for _, o := range d.Value.Options {
			all = append(all, o.Value.Truth)
		}
	}
	for _, e := range h.sc.Timeline {
		all = append(all, e.Text)
	}
	return all
}

func TestADrillIsGoneOnWithFromItsLog(t *testing.T) {
	h := hold(t, "one-optic", nil)
	h.must("startex")
	h.must("pause")
	h.must("jump", "to", "25m")
	h.must("decide", "decision", "next-step", "option", "look")
	h.must("jump", "to", "31m")
	h.stop()

	again := hold(t, "one-optic", drill.CommandsOf(h.log))
	v := again.facilitator()
	assert.Equal(t, drill.Paused, v.Phase)
	assert.Equal(t, sim.Seconds(31*time.Minute), v.Clock.At)
	require.Len(t, v.Work, 1)
	assert.True(t, v.Work[0].Done)
	again.must("jump", "to", "45m")
	again.must("decide", "decision", "mend", "option", "replace")
}

func TestCommandsThatMakeNoSense(t *testing.T) {
	h := hold(t, "one-optic", nil)
	h.must("startex")
	for want, c := range map[string][]string{
		"no command":            {"dance"},
		"no operation":          {"do", "what", "kick", "target", "core1"},
		"no target is given":    {"do", "what", "look"},
		`no objective "x"`:      {"rate", "objective", "x", "rating", "P"},
		"P, S, M or U":          {"rate", "objective", "cause", "rating", "A"},
		"at most 600":           {"run", "speed", "601"},
		"that is over":          {"jump", "to", "-1s"},
		"there is no text":      {"tell", "text", "  "},
		`no role "ceo"`:         {"tell", "to", "ceo", "text", "x"},
		"no option":             {"decide", "decision", "mend", "option", "pray"},
		"nothing to decide":     {"decide", "decision", "latency-alarm", "option", "x"},
		"longer than":           {"note", "text", strings.Repeat("x", 5000)},
		"nothing in the script": {"fire", "item", "x"},
		"how long from now":     {"post", "text", "x", "eta", "soon"},
	} {
		assert.ErrorContains(t, h.do(c[0], c[1:]...), want, c)
	}
}

func TestTheIncidentOf2023AsADrill(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	h.must("startex")
	h.must("pause")
	h.must("jump", "to", "5m")
	for _, l := range h.wall().Monitoring {
		assert.Equal(t, l.Of, l.Unseen, "monitoring is on the plant, and sees nothing: %s", l.Workload)
		assert.Equal(t, l.Of, l.Served, "it shows what it last saw: %s", l.Workload)
	}
	h.must("jump", "to", "20m")
	h.must("decide", "decision", "diagnose", "option", "look-at-ports")
	h.must("jump", "to", "2h")
	assert.Contains(t, h.wall().Work[0].Found, "core1:Ethernet1/1: dead optic; core2:Ethernet1/1: dead optic")
	h.must("decide", "decision", "parts", "option", "reseat-then-order")
	h.must("jump", "to", "7h")
	h.must("do", "what", "power-cycle", "target", "vcenter, directory, monitor")
	h.must("jump", "to", "8h")
	for _, l := range h.wall().Monitoring {
		if l.Workload == "directory" {
			assert.Equal(t, l.Of, l.Served, "and after that people see again")
		}
		if l.Workload == "hosted" {
			assert.Zero(t, l.Served, "nobody has touched these")
		}
	}
	h.must("do", "what", "power-cycle", "target", "hosted")
	work := h.facilitator().Work
	assert.Equal(t, sim.Seconds(8*time.Hour+284*3*time.Minute/4), *work[len(work)-1].Until, "four people, three minutes each")
}

// What the script tells a facilitator of each order of the restart is what comes of it on the plant.
func TestEachOrderOfTheRestartTakesAsLongAsTheScriptSays(t *testing.T) {
	restart := hold(t, "sconet-2023", nil).script.Decisions.Lookup("restart")
	for _, o := range restart.Options {
		t.Run(o.Key, func(t *testing.T) {
			said := regexp.MustCompile(`the last is\s+up after (\d+) hours`).FindStringSubmatch(o.Value.Truth)
			require.NotNil(t, said, o.Value.Truth)
			hours, err := strconv.Atoi(said[1])
			require.NoError(t, err)
			h := hold(t, "sconet-2023", nil)
			h.must("startex")
			h.must("pause")
			h.must("jump", "to", "1h")
			h.must("do", "what", "replace", "target", "core1:Ethernet1/1, core2:Ethernet1/1", "takes", "0s")
			h.must("jump", "to", "2h")
			at := 2 * time.Hour
			for _, m := range regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(o.Value.Truth, -1) {
				h.must("do", "what", "power-cycle", "target", m[1])
				work := h.facilitator().Work
				at = time.Duration(*work[len(work)-1].Until) + 2*time.Minute
				h.must("jump", "to", at.String())
			}
			for _, l := range h.facilitator().Truth.Workloads {
				assert.Equal(t, l.Of, l.Served, l.Workload)
			}
			assert.InDelta(t, hours, (at - 2*time.Hour).Hours(), 0.25)
		})
	}
}

func TestTheAfterActionReportIsMadeFromTheLogAlone(t *testing.T) {
	h := hold(t, "one-optic", nil)
	solo(h)
	h.stop()
	var log bytes.Buffer
	for _, e := range h.log.Events() {
		require.NoError(t, sim.WriteEvent(&log, e))
	}
	read, cut, err := sim.ReadLog(&log)
	require.NoError(t, err)
	require.False(t, cut)
	var report bytes.Buffer
	require.NoError(t, drill.After(&report, read, drill.AfterText))
	for _, want := range []string{
		drill.Banner, "P: performed without challenges", "looked at both ends", "nobody knew where the spare was",
		"| restore | one spare only | buy two | purchasing |", "(the first notice, 43m after the outage began)",
		"decided next-step: look", "stor-a: up", "(truth) optic-dead core1:Ethernet1/1",
	} {
		assert.Contains(t, report.String(), want)
	}
}

func TestHandOutsForPlayersHoldNoTruth(t *testing.T) {
	h := hold(t, "one-optic", nil)
	for _, out := range drill.HandOuts(h.script) {
		var b bytes.Buffer
		require.NoError(t, out.Write(h.script, h.sc, &b))
		assert.Contains(t, b.String(), drill.Banner, out.File)
		for _, secret := range secrets(h) {
			if out.ForPlayers {
				assert.NotContains(t, b.String(), secret, out.File)
			}
		}
	}
}
