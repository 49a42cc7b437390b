package sim_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

// does is a fault that does what a test wants.
type does func(*sim.Scope) error

func (does) Resolve(*topology.Plant) error { return nil }
func (d does) Inject(s *sim.Scope) error   { return d(s) }
func pull(s *sim.Scope) error              { s.Unplug(s.Plant.Link("peer-link")); return nil }
func entry(id string, f func(*sim.Scope) error) *sim.Entry {
	return &sim.Entry{ID: id, Kind: "test", Text: id, Fault: does(f)}
}

// playAll plays entries in TwoCore.
func playAll(t *testing.T, opts sim.Options, entries ...*sim.Entry) (string, *simtest.World) {
	t.Helper()
	log, w := simtest.Play(t, &sim.Scenario{Plant: simtest.TwoCore(), Timeline: entries}, opts)
	return simtest.Transcript(log), w
}

func TestHowFaultsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(*sim.Scope) error
		lasts time.Duration
		want  string
	}{
		"never by itself": {fault: pull, want: "0s     x begins\n0s     core1:e31 carrier off\n0s     core2:e31 carrier off\n"},
		"by its for": {
			fault: pull, lasts: time.Minute,
			want: "0s     x begins\n0s     core1:e31 carrier off\n0s     core2:e31 carrier off\n" +
				"1m0s   x ends\n1m0s   core1:e31 carrier on\n1m0s   core2:e31 carrier on\n",
		},
		"when it has run its course": {
			fault: func(s *sim.Scope) error { s.After(time.Second, func() { s.After(time.Second, func() {}) }); return nil },
			want:  "0s     x begins\n2s     x ends\n2s     x unproven: no effect of it was seen\n",
		},
		"by its for, whatever else it planned": {
			fault: func(s *sim.Scope) error {
				s.After(time.Hour, func() { s.Unplug(s.Plant.Link("peer-link")) })
				s.After(time.Second, func() {})
				return nil
			}, lasts: time.Minute,
			want: "0s     x begins\n1m0s   x ends\n1m0s   x unproven: no effect of it was seen\n",
		},
		"not before its nodes serve": {
			fault: func(s *sim.Scope) error {
				off := s.Sub()
				off.PowerOff(s.Plant.Node("hv1"))
				s.UntilForwarding(s.Plant.Node("hv1"))
				s.After(time.Second, func() {})
				s.After(3*time.Second, off.Release)
				return nil
			},
			want: "0s     x begins\n0s     hv1 off\n0s     hv1:vmnic0 carrier off\n0s     core1:e1 carrier off\n" +
				"0s     hv1:vmnic1 carrier off\n0s     core2:e1 carrier off\n3s     hv1 forwarding\n" +
				"3s     hv1:vmnic0 carrier on\n3s     core1:e1 carrier on\n3s     hv1:vmnic1 carrier on\n3s     core2:e1 carrier on\n3s     x ends\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := entry("x", c.fault)
			e.For = c.lasts
			got, _ := playAll(t, sim.Options{}, e)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestEffectsOfOneLinkStack(t *testing.T) {
	a, b := entry("a", pull), entry("b", pull)
	a.For, b.At, b.For = 2*time.Second, time.Second, 2*time.Second
	got, _ := playAll(t, sim.Options{}, a, b)
	assert.Equal(t, `0s     a begins
0s     core1:e31 carrier off
0s     core2:e31 carrier off
1s     b begins
2s     a ends
3s     b ends
3s     core1:e31 carrier on
3s     core2:e31 carrier on
`, got)
}

func TestEffectsUndoneAtTheInstantTheyWereMadeAreNothing(t *testing.T) {
	e := entry("x", func(s *sim.Scope) error {
		s.Together(func() {
			sub := s.Sub()
			sub.Unplug(s.Plant.Link("peer-link"))
			sub.Release()
		})
		return nil
	})
	_, w := playAll(t, sim.Options{}, e)
	assert.Zero(t, w.Batches)
}

func TestATriggerWaitsForItsEvent(t *testing.T) {
	first := entry("first", pull)
	first.At, first.For = 10*time.Second, time.Second
	for name, c := range map[string]struct {
		when sim.Trigger
		want string
	}{
		"the end of another": {sim.Trigger{Kind: "healed", Subject: "first"}, "16s    x begins"},
		"the second carrier": {sim.Trigger{Kind: "carrier", Subject: "core1:e31", Count: 2}, "16s    x begins"},
		"never":              {sim.Trigger{Kind: "stage", Subject: "core1", State: "off"}, "x unproven: it never began"},
	} {
		t.Run(name, func(t *testing.T) {
			x := entry("x", func(s *sim.Scope) error { s.Darken(s.Plant.Port("core1:e1")); return nil })
			x.When, x.After = &c.when, 5*time.Second
			got, _ := playAll(t, sim.Options{}, first, x)
			assert.Contains(t, got, c.want)
		})
	}
}

func TestEachEntryHasItsOwnDice(t *testing.T) {
	throw := func(others int) (thrown []uint64) {
		var all []*sim.Entry
		for i := range others {
			all = append(all, entry(fmt.Sprint("other", i), func(s *sim.Scope) error { s.Rand.Uint64(); return pull(s) }))
		}
		all = append(all, entry("x", func(s *sim.Scope) error { thrown = append(thrown, s.Rand.Uint64(), s.Rand.Uint64()); return pull(s) }))
		playAll(t, sim.Options{}, all...)
		return thrown
	}
	assert.Equal(t, throw(0), throw(3))
}

func TestAFaultThatCannotBeInjectedEndsTheRun(t *testing.T) {
	broken := errors.New("no such thing")
	e := entry("x", func(s *sim.Scope) error { s.Unplug(s.Plant.Link("peer-link")); return broken })
	w := &simtest.World{}
	log, err := w.Play(&sim.Scenario{Plant: simtest.TwoCore(), Timeline: []*sim.Entry{e}}, sim.Options{})
	require.ErrorIs(t, err, broken)
	assert.Empty(t, w.Wrong(), "what it had done is undone")
	assert.Equal(t, 1, w.Closed)
	result := sim.ResultOf(log)
	assert.Equal(t, sim.ExitInconclusive, result.ExitCode())
}

func TestAWorldThatFailsEndsTheRun(t *testing.T) {
	w := &simtest.World{Fail: errors.New("out of memory")}
	_, err := w.Play(&sim.Scenario{Plant: simtest.TwoCore(), Timeline: []*sim.Entry{entry("x", pull)}}, sim.Options{})
	assert.ErrorContains(t, err, "out of memory")
	assert.Equal(t, 1, w.Closed)
}

func TestWhatAWorldCannotDoIsSaid(t *testing.T) {
	w := &simtest.World{Fail: fmt.Errorf("pull a cable: %w", sim.ErrUnsupported)}
	log, err := w.Play(&sim.Scenario{Plant: simtest.TwoCore(), Timeline: []*sim.Entry{entry("x", pull)}}, sim.Options{})
	require.NoError(t, err)
	result := sim.ResultOf(log)
	assert.Contains(t, result.Doubts, "pull a cable: not supported by this world")
	assert.Equal(t, sim.ExitInconclusive, result.ExitCode())
}

func TestAFaultThatNobodySeesIsUnproven(t *testing.T) {
	w := &simtest.World{Blind: true}
	log, err := w.Play(&sim.Scenario{Plant: simtest.TwoCore(), Timeline: []*sim.Entry{entry("x", pull)}}, sim.Options{})
	require.NoError(t, err)
	assert.Contains(t, simtest.Transcript(log), "x unproven: no effect of it was seen")
	assert.Contains(t, simtest.Transcript(log), "core1:e31 unproven: saw core1:e31")
}

func TestNoFaultBeforeTheSteadyState(t *testing.T) {
	w := &simtest.World{Unserved: map[string]bool{"steady": true}}
	log, err := w.Play(&sim.Scenario{Plant: simtest.TwoCore(), Timeline: []*sim.Entry{entry("x", pull)}}, sim.Options{})
	require.NoError(t, err)
	assert.Empty(t, simtest.Transcript(log))
	result := sim.ResultOf(log)
	assert.Equal(t, "not steady", result.Reason)
	assert.Equal(t, sim.ExitInconclusive, result.ExitCode())
}

// growing is a world of which something comes up a second after its members have begun to live in it, or never.
type growing struct {
	*simtest.World
	comes bool
}

func (g *growing) Unready() string {
	if g.comes && g.Env.Loop.Now() >= time.Second {
		return ""
	}
	return "a path has no session yet"
}

func (g *growing) Open(ctx context.Context, c sim.RunClock, env sim.Env) (sim.World, error) {
	_, err := g.World.Open(ctx, c, env)
	return g, err
}

func TestNoFaultBeforeAllHasComeUp(t *testing.T) {
	for comes, reason := range map[bool]string{true: "played", false: "not steady"} {
		sc := &sim.Scenario{Plant: simtest.TwoCore(), Timeline: []*sim.Entry{entry("x", pull)}}
		sc.Timeline[0].At = 500 * time.Millisecond
		sc.Uses = []*sim.Use{simtest.Use("mail", sc.Plant, 1)}
		w := &growing{&simtest.World{}, comes}
		log, err := sim.Play(t.Context(), w, sc, sim.Options{})
		require.NoError(t, err)
		assert.Equal(t, reason, sim.ResultOf(log).Reason)
		for _, e := range log.Events() {
			if d, ok := e.Data.(sim.SteadyData); ok && comes {
				assert.Empty(t, d.Unserved)
				assert.InDelta(t, time.Second, e.At, float64(100*time.Millisecond))
			} else if ok {
				assert.Equal(t, []string{"a path has no session yet"}, d.Unserved)
			}
		}
	}
}

func TestTheHorizon(t *testing.T) {
	e := entry("x", pull)
	e.For = time.Hour
	log, _ := simtest.Play(t, &sim.Scenario{Plant: simtest.TwoCore(), Timeline: []*sim.Entry{e}, Until: time.Minute}, sim.Options{})
	end, reason := sim.HistoryOf(log).End()
	assert.Equal(t, time.Minute, end)
	assert.Equal(t, "horizon", reason)
	assert.NotContains(t, simtest.Transcript(log), "ends")
}

func TestNothingLeftToHappen(t *testing.T) {
	e := entry("x", pull)
	e.For = time.Second
	log, _ := simtest.Play(t, &sim.Scenario{Plant: simtest.TwoCore(), Timeline: []*sim.Entry{e}}, sim.Options{})
	end, reason := sim.HistoryOf(log).End()
	assert.Equal(t, time.Second, end)
	assert.Equal(t, "played", reason)
}

// steer plays a scenario that stays, and steers it from another goroutine by what f posts.
func steer(t *testing.T, f func(post func(func(*sim.Run)))) *sim.Log {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	running := make(chan *sim.Run, 1)
	opts := sim.Options{Stay: true, Serve: func(r *sim.Run) { running <- r }, Explain: func(*sim.Log) error {
		t.Error("the model knows nothing of what was done from outside")
		return nil
	}}
	go func() {
		r := <-running
		f(func(do func(*sim.Run)) {
			done := make(chan bool)
			r.Loop().Post(func() { do(r); close(done) })
			<-done
		})
		stop()
	}()
	p := simtest.TwoCore()
	log, err := sim.Play(ctx, &simtest.World{}, &sim.Scenario{Plant: p, Until: time.Second}, opts)
	require.NoError(t, err)
	return log
}

func TestARunThatStaysIsSteeredFromOutside(t *testing.T) {
	log := steer(t, func(post func(func(*sim.Run))) {
		post(func(r *sim.Run) {
			assert.NoError(t, r.Inject(entry("x", pull)))
			assert.ErrorContains(t, r.Inject(entry("x", pull)), "already going on")
			assert.Equal(t, []string{"x"}, r.Active())
		})
		post(func(r *sim.Run) {
			assert.NoError(t, r.Heal("x"))
			assert.ErrorContains(t, r.Heal("x"), "nothing of that name")
			assert.Empty(t, r.Active())
		})
		post(func(r *sim.Run) { assert.NoError(t, r.Inject(entry("x", pull)), "and again") })
		post(func(r *sim.Run) {
			y := entry("y", func(s *sim.Scope) error { s.Darken(s.Plant.Port("core1:e1")); return nil })
			y.For = time.Minute
			assert.NoError(t, r.Inject(y))
		})
	})
	_, reason := sim.HistoryOf(log).End()
	assert.Equal(t, "played", reason, "whoever steers says when it is enough")
	got := simtest.Transcript(log)
	assert.Contains(t, got, "0s     x ends\n0s     core1:e31 carrier on\n0s     core2:e31 carrier on\n0s     x begins\n0s     core1:e31 carrier off\n")
	assert.Contains(t, got, "0s     y begins\n0s     core1:e1 dark on\n1m0s   y ends\n1m0s   core1:e1 dark off\n", "time goes on when there is something to wait for")
}

func TestARunWithoutWorkloadsIsNotSteadyUnlessItStays(t *testing.T) {
	log, err := sim.Play(context.Background(), &simtest.World{}, &sim.Scenario{Plant: simtest.TwoCore()}, sim.Options{})
	require.NoError(t, err)
	result := sim.ResultOf(log)
	assert.Equal(t, "not steady", result.Reason)
	assert.Equal(t, sim.ExitInconclusive, result.ExitCode())
}

func TestInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	e := entry("x", func(s *sim.Scope) error { stop(); return pull(s) })
	sc := &sim.Scenario{Plant: simtest.TwoCore(), Timeline: []*sim.Entry{e}}
	sc.Uses = []*sim.Use{simtest.Use("steady", sc.Plant, 1)}
	w := &simtest.World{}
	log, err := sim.Play(ctx, w, sc, sim.Options{})
	require.NoError(t, err, "being interrupted is no error")
	result := sim.ResultOf(log)
	assert.Equal(t, sim.ExitInterrupted, result.ExitCode())
	assert.Equal(t, 1, w.Closed)
}

func TestInterruptedBeforeThereIsAWorld(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	sc := &sim.Scenario{Name: "early", Plant: simtest.TwoCore()}
	log, err := sim.Play(ctx, closedWorld{ctx.Err()}, sc, sim.Options{})
	require.NoError(t, err)
	assert.Equal(t, "early", log.Header().Scenario)
	early := sim.ResultOf(log)
	assert.Equal(t, sim.ExitInterrupted, early.ExitCode())
	_, err = sim.Play(ctx, closedWorld{errors.New("no memory")}, sc, sim.Options{})
	assert.ErrorContains(t, err, "no memory", "what failed by itself was not interrupted")
}

// held is a check that holds whatever happens.
type held struct{}

func (held) Resolve(*sim.Scenario) error  { return nil }
func (held) Judge(*sim.Log) sim.Judgement { return sim.Judgement{Outcome: sim.Passed} }

// closedWorld cannot be opened.
type closedWorld struct{ why error }

func (closedWorld) Name() string        { return "closed" }
func (closedWorld) Clock() sim.RunClock { return sim.NewVirtualClock() }
func (w closedWorld) Open(context.Context, sim.RunClock, sim.Env) (sim.World, error) {
	return nil, fmt.Errorf("open: %w", w.why)
}

func TestAWorldThatBreaksEndsTheRun(t *testing.T) {
	w := &simtest.World{}
	e := entry("x", func(s *sim.Scope) error {
		s.After(time.Second, func() { w.Broken = errors.New("no more sockets") })
		s.After(2*time.Second, func() { t.Error("it went on") })
		return pull(s)
	})
	sc := &sim.Scenario{Plant: simtest.TwoCore(), Timeline: []*sim.Entry{e}}
	sc.Uses = []*sim.Use{simtest.Use("steady", sc.Plant, 1)}
	log, err := sim.Play(context.Background(), w, sc, sim.Options{})
	require.EqualError(t, err, "no more sockets")
	result := sim.ResultOf(log)
	assert.Equal(t, "failed: no more sockets", result.Reason)
	assert.Equal(t, sim.ExitInconclusive, result.ExitCode())
}

func TestNothingBrokenProvesNothing(t *testing.T) {
	sc := &sim.Scenario{Plant: simtest.TwoCore()}
	sc.Uses = []*sim.Use{simtest.Use("steady", sc.Plant, 1)}
	sc.MustSurvive = []*sim.NamedCheck{{ID: "steady", Check: held{}}}
	log, err := sim.Play(context.Background(), &simtest.World{}, sc, sim.Options{})
	require.NoError(t, err)
	result := sim.ResultOf(log)
	assert.Equal(t, []string{"nothing was broken: the timeline began no fault"}, result.Doubts)
	assert.Equal(t, sim.ExitInconclusive, result.ExitCode())
}

func TestErrDisableOutlivesItsFault(t *testing.T) {
	e := entry("x", func(s *sim.Scope) error { s.Sub().ErrDisable(s.Plant.Link("peer-link"), 5); return nil })
	e.For = time.Second
	got, w := playAll(t, sim.Options{}, e)
	assert.Contains(t, got, "1s     x ends\n")
	assert.Len(t, w.Wrong(), 2)
}

func TestAfterARelease(t *testing.T) {
	var late bool
	e := entry("x", func(s *sim.Scope) error {
		sub := s.Sub()
		sub.After(time.Second, func() { late = true })
		sub.Release()
		sub.Release()
		s.Unplug(s.Plant.Link("peer-link"))
		return nil
	})
	_, w := playAll(t, sim.Options{}, e)
	assert.False(t, late)
	assert.Equal(t, 1, w.Batches)
}

func TestALatentOpticThatNobodyRebootsSaysWhatIsMissing(t *testing.T) {
	said, _ := playAll(t, sim.Options{}, entry("x", func(s *sim.Scope) error {
		s.KillOptic(true, false, s.Plant.Node("core1").Ports[0])
		return nil
	}))
	assert.Contains(t, said, "x unproven: core1:")
	assert.Contains(t, said, "shows it when a node at either end of its link next loses power, and none did: reboot one too")
}
