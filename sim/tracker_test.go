package sim

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const ms = time.Millisecond

func at(n int) time.Duration { return time.Duration(n) * ms }

func secs(d time.Duration) Seconds { return Seconds(d) }

// What was asked before the drill began is no figure of it.
func TestFiguresBeginWithTheDrill(t *testing.T) {
	m := NewTracker(time.Second, func() {})
	for n, asked := range []time.Duration{-20 * ms, -10 * ms, 0, 10 * ms} {
		m.Asked(uint64(n+1), asked)
		if n != 0 && n != 3 {
			m.Answered(uint64(n+1), asked+5*ms)
		}
	}
	m.Expire(time.Second)
	s := m.Stats()
	assert.Equal(t, [2]uint64{2, 1}, [2]uint64{s.Asked, s.Answered})
	assert.Equal(t, secs(5*ms), s.Max)
}

// newTestTracker is one whose least delay is 0, after a request at 0 was answered.
func newTestTracker(t *testing.T) *Tracker {
	t.Helper()
	tr := NewTracker(time.Second, func() {})
	tr.Asked(1, 0)
	tr.Answered(1, 0)
	require.Equal(t, []Data{UpData{}}, tr.Take())
	return tr
}

// A machine that does nothing for a while answers late, and that is no outage; what it had long to answer is lost.
func TestTrackerWaitsForTheMachine(t *testing.T) {
	tr := newTestTracker(t)
	until := at(10)
	tr.Watch(func(now time.Duration) time.Duration { return min(now, until) })
	tr.Asked(2, at(10))
	tr.Expire(at(900))
	assert.Equal(t, 1, tr.InFlight())
	assert.Empty(t, tr.Take())
	tr.Answered(2, at(901))
	assert.Empty(t, tr.Take(), "it came, after all")

	tr.Asked(3, at(1000))
	until = at(1199)
	tr.Expire(at(2000))
	assert.True(t, tr.Served())
	assert.False(t, tr.ResolvedSince(at(1000), at(2000)))
	until = at(1200)
	tr.Expire(at(2000))
	assert.False(t, tr.Served())
	assert.False(t, tr.ResolvedSince(at(1001), at(2000)), "silence counts as long as the machine listens")
	until = at(1201)
	assert.True(t, tr.ResolvedSince(at(1001), at(2000)))
}

func TestTracker(t *testing.T) {
	for _, tc := range []struct {
		name string
		tell func(*Tracker)
		want []Data
	}{
		{"all is well", func(m *Tracker) {
			m.Asked(2, at(10))
			m.Answered(2, at(10))
			m.Expire(at(1000))
		}, nil},
		{"silence", func(m *Tracker) {
			m.Asked(2, at(10))
			m.Expire(at(209))
		}, nil},
		{"silence for too long", func(m *Tracker) {
			m.Asked(2, at(10))
			m.Expire(at(210))
		}, []Data{DownData{Since: 0, Resolution: secs(5 * ms)}}},
		{"an outage", func(m *Tracker) {
			ask(m, 2, 50, 10) // 10..490 lost
			m.Asked(51, at(500))
			m.Answered(51, at(500))
		}, []Data{DownData{Since: 0, Resolution: secs(5 * ms)}, UpData{From: secs(5 * ms), To: secs(495 * ms), Resolution: secs(10 * ms)}}},
		{"a blip is found once its requests are too old", func(m *Tracker) {
			m.Asked(2, at(10))
			m.Asked(3, at(20))
			m.Answered(3, at(20))
			m.Expire(at(210))
		}, []Data{DownData{Since: 0, Resolution: secs(5 * ms)}, UpData{From: secs(5 * ms), To: secs(15 * ms), Resolution: secs(10 * ms)}}},
		{"what chance may take is no outage", func(m *Tracker) {
			m.Expect(Odds{Chance: Chance{Longest: at(40)}})
			ask(m, 2, 5, 10) // 10..40 lost: a row of 30 ms
			m.Asked(6, at(50))
			m.Answered(6, at(50))
			m.Expire(at(1000))
		}, nil},
		{"a longer row is one", func(m *Tracker) {
			m.Expect(Odds{Chance: Chance{Longest: at(40)}})
			ask(m, 2, 7, 10) // 10..60 lost
			m.Asked(8, at(70))
			m.Answered(8, at(70))
			m.Expire(at(1000))
		}, []Data{DownData{Since: 0, Resolution: secs(5 * ms)}, UpData{From: secs(5 * ms), To: secs(65 * ms), Resolution: secs(10 * ms)}}},
		{"what was asked while chance had its say is judged by that", func(m *Tracker) {
			m.Expect(Odds{Chance: Chance{Longest: at(40)}})
			ask(m, 2, 3, 10)
			m.Expect(Odds{})
			m.Asked(4, at(30))
			m.Answered(4, at(30))
			m.Expire(at(1000))
		}, nil},
		{"an answer that is late by chance is an answer", func(m *Tracker) {
			m.Expect(Odds{Chance: Chance{Longest: at(3000)}})
			m.Asked(2, at(10))
			m.Asked(3, at(500)) // the first has been given up
			m.Answered(2, at(600))
			m.Answered(3, at(600))
		}, nil},
		{"a long way is no silence", func(m *Tracker) {
			m.Expect(Odds{Delay: at(300)})
			m.Asked(2, at(10))
			m.Expire(at(509))
			m.Answered(2, at(509))
		}, nil},
		{"what comes out of order is no loss", func(m *Tracker) {
			m.Asked(2, at(10))
			m.Asked(3, at(20))
			m.Answered(3, at(20))
			m.Answered(2, at(25))
			m.Expire(at(1000))
		}, nil},
		{"a refusal needs no timeout", func(m *Tracker) {
			m.Asked(2, at(10))
			m.Failed(2, at(11))
		}, []Data{DownData{Since: 0, Resolution: secs(5 * ms)}}},
		{"an answer that comes after all ends the outage when it comes", func(m *Tracker) {
			m.Asked(2, at(10))
			m.Expire(at(210))
			m.Answered(2, at(700))
		}, []Data{DownData{Since: 0, Resolution: secs(5 * ms)}, UpData{From: secs(5 * ms), To: secs(700 * ms), Resolution: secs(5 * ms)}}},
		{"a late answer of old brings no second outage", func(m *Tracker) {
			m.Asked(2, at(10))
			m.Asked(3, at(600))
			m.Answered(2, at(700))
			m.Expire(at(1000))
		}, []Data{DownData{Since: 0, Resolution: secs(5 * ms)}, UpData{From: secs(5 * ms), To: secs(700 * ms), Resolution: secs(5 * ms)}}},
		{"and it is the last that is known to be good", func(m *Tracker) {
			m.Asked(2, at(10))
			m.Expire(at(210))
			m.Answered(2, at(700))
			m.Asked(3, at(710))
			m.Failed(3, at(710))
		}, []Data{
			DownData{Since: 0, Resolution: secs(5 * ms)}, UpData{From: secs(5 * ms), To: secs(700 * ms), Resolution: secs(5 * ms)},
			DownData{Since: secs(700 * ms), Resolution: secs(5 * ms)},
		}},
		{"what waited for the way says when it came", func(m *Tracker) {
			ask(m, 2, 50, 10)
			m.Asked(51, at(500))
			m.Answered(51, at(590))
		}, []Data{DownData{Since: 0, Resolution: secs(5 * ms)}, UpData{From: secs(5 * ms), To: secs(590 * ms), Resolution: secs(5 * ms)}}},
		{"a jump is no outage", func(m *Tracker) {
			m.Jumped(at(1), at(1001))
			m.Asked(2, at(1010))
			m.Failed(2, at(1010))
		}, []Data{DownData{Since: secs(1001 * ms), Resolution: secs(4500 * time.Microsecond)}}},
		{"nor does it age a request", func(m *Tracker) {
			m.Asked(2, at(10))
			m.Jumped(at(20), at(1020))
			m.Expire(at(1219))
			m.Answered(2, at(1219))
		}, nil},
		{"one that is lost on the way over a jump makes no outage as long as that", func(m *Tracker) {
			m.Asked(2, at(10))
			m.Jumped(at(20), at(1020))
			m.Asked(3, at(1030))
			m.Answered(3, at(1030))
			m.Expire(at(1220))
		}, []Data{DownData{Since: secs(1020 * ms)}, UpData{From: secs(1020 * ms), To: secs(1025 * ms), Resolution: secs(5 * ms)}}},
		{"reconnected", func(m *Tracker) { m.Reconnected(at(5)) }, []Data{ReconnectData{}}},
		{"a sender somewhat late", func(m *Tracker) { m.Late(499*ms, at(1)) }, nil},
		{"a starved sender is told of, and again when it is much worse", func(m *Tracker) {
			m.Late(500*ms, at(1))
			m.Late(900*ms, at(2))
			m.Late(1000*ms, at(3))
		}, []Data{StarvedData{Late: secs(500 * ms)}, StarvedData{Late: secs(1000 * ms)}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tr := newTestTracker(t)
			tc.tell(tr)
			assert.Equal(t, tc.want, tr.Take())
		})
	}
}

// ask asks requests from..to, every step ms from step*(from-1) on.
func ask(m *Tracker, from, to, step int) {
	for n := from; n <= to; n++ {
		m.Asked(uint64(n), at((n-1)*step))
	}
}

func TestTrackerBeginsUnserved(t *testing.T) {
	tr := NewTracker(time.Second, func() {})
	ask(tr, 1, 30, 10)
	tr.Expire(at(1000))
	assert.Empty(t, tr.Take(), "nobody was served yet, so nobody is down")
	tr.Asked(31, at(1000))
	tr.Answered(31, at(1001))
	assert.Equal(t, []Data{UpData{From: secs(1000 * ms), To: secs(1000 * ms)}}, middled(tr.Take()))
	assert.True(t, tr.Served())
}

// middled moves the first up to when its request was asked.
func middled(d []Data) []Data {
	for i := range d {
		if u, ok := d[i].(UpData); ok && u.From == u.To {
			d[i] = UpData{From: Seconds(time.Duration(u.From).Round(time.Second)), To: Seconds(time.Duration(u.To).Round(time.Second))}
		}
	}
	return d
}

func TestTrackerTellsWhatIsResolved(t *testing.T) {
	tr := newTestTracker(t)
	assert.False(t, tr.ResolvedSince(at(5), at(300)), "nothing was asked since")
	tr.Asked(2, at(10))
	assert.Equal(t, 1, tr.InFlight())
	assert.False(t, tr.ResolvedSince(at(5), at(20)))
	tr.Answered(2, at(11))
	assert.Equal(t, 0, tr.InFlight())
	assert.True(t, tr.ResolvedSince(at(5), at(20)))
	tr.Asked(3, at(20))
	tr.Expire(at(220))
	assert.Equal(t, 0, tr.InFlight(), "what is lost is not on its way")
	assert.True(t, tr.ResolvedSince(at(15), at(220)))
	assert.False(t, tr.ResolvedSince(at(230), at(300)))
	assert.True(t, tr.ResolvedSince(at(230), at(430)), "silence is an answer, to those who wait")
}

func TestTrackerWakesItsTaker(t *testing.T) {
	woken := 0
	tr := NewTracker(time.Second, func() { woken++ })
	tr.Asked(1, 0)
	assert.Equal(t, 0, woken)
	tr.Answered(1, 0)
	assert.Equal(t, 1, woken)
}

func TestTrackerForgetsTheOldestLosses(t *testing.T) {
	tr := newTestTracker(t)
	for n := 2; n < 5*keepLost; n++ {
		tr.Asked(uint64(n), at(n))
	}
	tr.Expire(at(10 * keepLost))
	assert.LessOrEqual(t, len(tr.lost), keepLost)
	tr.Answered(5*keepLost-1, at(10*keepLost))
	assert.True(t, tr.Served())
}

func TestStatsHoldNoSampleAndAreOffByThreePercentAtMost(t *testing.T) {
	tr := NewTracker(time.Second, func() {})
	r := rand.New(rand.NewPCG(1, 2))
	var all []time.Duration
	for n := range 20000 {
		d := time.Duration(r.ExpFloat64() * float64(3*ms))
		all = append(all, d)
		tr.Asked(uint64(n), at(n))
		tr.Answered(uint64(n), at(n)+d)
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	s := tr.Stats()
	assert.InEpsilon(t, float64(all[10000]), float64(s.P50), 0.04)
	assert.InEpsilon(t, float64(all[19000]), float64(s.P95), 0.04)
	assert.InEpsilon(t, float64(all[19800]), float64(s.P99), 0.04)
	assert.Equal(t, Seconds(all[19999]), s.Max)
	assert.Equal(t, [2]uint64{20000, 20000}, [2]uint64{s.Asked, s.Answered})
}

func TestEveryDelayFallsIntoItsBucket(t *testing.T) {
	for us := range 1 << 16 {
		d := time.Duration(us) * time.Microsecond
		b := bucketOf(d)
		require.LessOrEqual(t, floorOf(b), d)
		require.Greater(t, floorOf(b+1), d)
	}
	require.Equal(t, delaySteps*(delayDoublings+1)-1, bucketOf(Never))
}

// told is one thing that a tracker is told.
type told struct {
	at   time.Duration
	tell func(*Tracker)
}

// TestTrackerFindsEveryOutage compares with what one sees who knows the whole story: the runs of lost requests.
func TestTrackerFindsEveryOutage(t *testing.T) {
	for seed := range uint64(500) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			story, want := someStory(r)
			tr := NewTracker(time.Second, func() {})
			for _, s := range story {
				s.tell(tr)
			}
			var got []UpData
			for _, d := range tr.Take() {
				if u, ok := d.(UpData); ok && u.From != u.To {
					got = append(got, u)
				}
			}
			assert.Equal(t, want, got)
		})
	}
}

// someStory makes requests every few ms, of which runs are lost, each in its own way: refused, never answered, or
// answered much too late. Answers that come take no time.
func someStory(r *rand.Rand) (story []told, want []UpData) {
	now, n := time.Duration(0), uint64(0)
	send := func() { now, n = now+time.Duration(1+r.IntN(20))*ms, n+1 }
	tell := func(at time.Duration, f func(*Tracker)) { story = append(story, told{at, f}) }
	answered := func() {
		n, now := n, now
		tell(now, func(m *Tracker) { m.Asked(n, now); m.Answered(n, now) })
	}
	lost := func() {
		n, now, refused := n, now, r.IntN(2) == 0
		tell(now, func(m *Tracker) {
			m.Asked(n, now)
			if refused {
				m.Failed(n, now)
			}
		})
	}
	for range 1 + r.IntN(6) {
		for range 1 + r.IntN(30) {
			send()
			answered()
		}
		lastGood := now
		send()
		firstLost := now
		lost()
		lastLost := now
		for range r.IntN(60) {
			send()
			lost()
			lastLost = now
		}
		send()
		answered()
		from, to := middle(lastGood, firstLost), middle(lastLost, now)
		half := (firstLost-lastGood)/2 + (now-lastLost)/2
		want = append(want, UpData{From: Seconds(from), To: Seconds(to), Resolution: Seconds(half)})
	}
	end := now + time.Second
	tell(end, func(m *Tracker) { m.Expire(end) })
	return story, want
}

func middle(a, b time.Duration) time.Duration { return b - (b-a)/2 }

func TestStarvingIsMeasuredByWhatUsersTolerate(t *testing.T) {
	for tolerates, enough := range map[time.Duration]time.Duration{
		100 * time.Millisecond: 50 * time.Millisecond, time.Second: starvedAtMost, time.Hour: starvedAtMost,
	} {
		tr := NewTracker(tolerates, func() {})
		tr.Late(enough-1, 0)
		require.Empty(t, tr.Take(), tolerates)
		tr.Late(enough, 0)
		require.Equal(t, []Data{StarvedData{Late: Seconds(enough)}}, tr.Take(), tolerates)
	}
}

// A sender that is late while the plant is built has measured nothing badly; a report says it of no run, and no comparison
// allows for it.
func TestNobodyIsLateBeforeTimeZero(t *testing.T) {
	tr := NewTracker(time.Second, func() {})
	tr.Late(5*time.Second, -1)
	assert.Empty(t, tr.Take())
	assert.Zero(t, tr.Stats().Late)
	tr.Late(500*time.Millisecond, 0)
	assert.Equal(t, []Data{StarvedData{Late: Seconds(500 * time.Millisecond)}}, tr.Take())
	assert.Equal(t, Seconds(500*time.Millisecond), tr.Stats().Late)
}
