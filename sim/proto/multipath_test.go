package proto

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// san is what a Multipath sees: each path has a carrier, and answers or does not, or refuses.
type san struct {
	m       *Multipath
	carrier []bool
	answers []bool
	refuses []bool
	trace   []string
	was     string
}

func newSAN(conf MultipathConf) *san {
	n := len(conf.Groups)
	s := &san{m: NewMultipath(conf), carrier: make([]bool, n), answers: make([]bool, n), refuses: make([]bool, n)}
	for i := range n {
		s.carrier[i], s.answers[i] = true, true
	}
	return s
}

// step does what the machine wants; what works is answered at once.
func (s *san) step(now time.Duration) {
	for orders := s.m.Step(now); len(orders) > 0; orders = s.m.Step(now) {
		for _, o := range orders {
			works := s.answers[o.Path] && s.carrier[o.Path]
			switch {
			case o.Verb == Connect && s.refuses[o.Path]:
				s.m.Lost(now, o.Path)
			case o.Verb == Connect && works:
				s.m.Connected(now, o.Path)
			case o.Verb == Ping && works:
				s.m.Heard(now, o.Path)
			}
		}
	}
	if is := s.state(); is != s.was {
		s.was = is
		s.trace = append(s.trace, fmt.Sprintf("%s %s", now, is))
	}
}

// state is which path the next request takes, or what becomes of it.
func (s *san) state() string {
	next := s.m.next
	defer func() { s.m.next = next }()
	switch s.m.Mode() {
	case Queueing:
		return "queue"
	case Failing:
		return "fail"
	}
	picked := map[int]bool{}
	var names []string
	for range s.carrier {
		if p := s.m.Pick(); p == None {
			return "hold"
		} else if !picked[p] {
			picked[p] = true
		}
	}
	for i := range s.carrier {
		if picked[i] {
			names = append(names, string(rune('a'+i)))
		}
	}
	return strings.Join(names, "")
}

func (s *san) until(until time.Duration) {
	for s.m.Next() < until {
		s.step(max(0, s.m.Next()))
	}
}

// play tells a story: "7s a silent, 60s a well, 70s b cut, 80s b joined, 90s a broken, 95s back".
func (s *san) play(t *testing.T, story string) string {
	t.Helper()
	s.step(0)
	for _, part := range strings.Split(story, ", ") {
		var at, path, what string
		_, err := fmt.Sscan(part, &at, &path, &what)
		require.NoError(t, err, part)
		now, err := time.ParseDuration(at)
		require.NoError(t, err)
		s.until(now)
		s.tell(now, int(path[0]-'a'), what)
		s.step(now)
	}
	return strings.Join(s.trace, ", ")
}

func (s *san) tell(now time.Duration, path int, what string) {
	switch what {
	case "silent", "well":
		s.answers[path] = what == "well"
	case "refuses":
		s.refuses[path] = true
		s.m.Lost(now, path)
	case "cut", "joined":
		s.carrier[path] = what == "joined"
		s.m.Carrier(now, path, s.carrier[path])
	case "broken":
		s.m.Lost(now, path)
	case "failback":
		s.m.FailBack(now)
	}
}

func TestMultipath(t *testing.T) {
	two := func(set func(*MultipathConf)) MultipathConf {
		c := MultipathConf{Groups: []int{0, 0}, Retry: RetryQueue, Failback: FailbackManual}
		if set != nil {
			set(&c)
		}
		return c
	}
	immediate := func(c *MultipathConf) { c.Failback = 0 }
	robin := func(c *MultipathConf) { c.Policy = RoundRobin }
	for _, c := range []struct {
		name  string
		conf  MultipathConf
		story string
		want  string
	}{
		{"the preferred path first", two(nil), "9s a well", "0s a"},
		{"a silent path is lost after ping and timeout", two(nil), "7s a silent, 1m a silent", "0s a, 15s b"},
		{"silent just before a ping", two(nil), "4999ms a silent, 1m a silent", "0s a, 10s b"},
		{"local carrier loss at once", two(nil), "7s a cut, 1m a cut", "0s a, 7s b"},
		{"a broken session at once", two(nil), "7s a broken, 1m a well", "0s a, 7s b"},
		{"loss of the other path changes nothing", two(nil), "7s b cut, 1m a well", "0s a"},
		{"manual failback", two(nil), "7s a cut, 20s a joined, 60s a failback", "0s a, 7s b, 1m0s a"},
		{"immediate failback, tried as soon as there is a carrier", two(immediate), "7s a cut, 23s a joined, 60s a well", "0s a, 7s b, 23s a"},
		{"immediate failback with the next attempt", two(immediate), "7s a silent, 31s a well, 60s a well", "0s a, 15s b, 31s a"},
		{"failback after a while", two(func(c *MultipathConf) { c.Failback = 30 * time.Second }), "7s a cut, 20s a joined, 2m a well", "0s a, 7s b, 50s a"},
		{"a better path must stay up that long", two(func(c *MultipathConf) { c.Failback = 30 * time.Second }),
			"7s a cut, 20s a joined, 40s a cut, 45s a joined, 3m a well", "0s a, 7s b, 1m15s a"},
		{"all lost, queue", two(nil), "7s a cut, 9s b cut, 1h b joined", "0s a, 7s b, 9s queue, 1h0m0s b"},
		{"all lost, fail", two(func(c *MultipathConf) { c.Retry = RetryFail }), "7s a cut, 9s b cut, 1h b joined", "0s a, 7s b, 9s fail, 1h0m0s b"},
		{"all lost, three checks", two(func(c *MultipathConf) { c.Retry = 3 }), "7s a cut, 9s b cut, 1h b joined, 2h b cut, 3h a joined",
			"0s a, 7s b, 9s queue, 24s fail, 1h0m0s b, 2h0m0s queue, 2h0m15s fail, 3h0m0s a"},
		{"back within three checks", two(func(c *MultipathConf) { c.Retry = 3 }), "7s a cut, 9s b cut, 23s b joined, 1m b well", "0s a, 7s b, 9s queue, 23s b"},
		{"round robin uses all", two(robin), "7s a cut, 20s a joined, 60s a well", "0s ab, 7s b, 20s ab"},
		{"round robin within the best group", MultipathConf{Groups: []int{0, 0, 1}, Policy: RoundRobin, Retry: RetryQueue},
			"7s a cut, 8s b cut, 20s b joined, 60s a well", "0s ab, 7s b, 8s c, 20s b"},
		{"failover by groups", MultipathConf{Groups: []int{1, 0}, Retry: RetryQueue}, "7s b cut, 60s b cut", "0s b, 7s a"},
		{"replacement holds requests for the session", two(func(c *MultipathConf) { c.Replacement = 20 * time.Second }),
			"7s a refuses, 60s a well", "0s a, 7s hold, 27s b"},
		{"the session is replaced in time", two(func(c *MultipathConf) { c.Replacement = 20 * time.Second }),
			"7s a broken, 60s a well", "0s a, 7s hold, 8s a"},
		{"but not for one without carrier", two(func(c *MultipathConf) { c.Replacement = 20 * time.Second }), "7s a cut, 60s a cut", "0s a, 7s b"},
		{"other times", two(func(c *MultipathConf) { c.NopInterval, c.NopTimeout = 2*time.Second, time.Second }), "7s a silent, 60s a silent", "0s a, 9s b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, newSAN(c.conf).play(t, c.story))
		})
	}
}

func TestMultipathQueuesUntilThereWasAPath(t *testing.T) {
	s := newSAN(MultipathConf{Groups: []int{0}, Retry: RetryFail})
	s.answers[0] = false
	assert.Equal(t, "0s queue, 20s a, 21s fail", s.play(t, "17s a well, 21s a broken"))
}

func TestAnyAnswerKeepsAPathUp(t *testing.T) {
	m := NewMultipath(MultipathConf{Groups: []int{0}})
	require.Equal(t, []Order{{Connect, 0}}, m.Step(0))
	m.Connected(0, 0)
	for now := time.Duration(0); now < time.Minute; now += 4 * time.Second {
		require.Empty(t, m.Step(now))
		m.Heard(now, 0)
	}
	require.Equal(t, 61*time.Second, m.Next())
}

func TestAnAttemptThatNeverEndsIsDroppedAndMadeAgain(t *testing.T) {
	m := NewMultipath(MultipathConf{Groups: []int{0}})
	require.Equal(t, []Order{{Connect, 0}}, m.Step(0))
	require.Empty(t, m.Step(4*time.Second))
	require.Equal(t, []Order{{Drop, 0}, {Connect, 0}}, m.Step(5*time.Second))
	m.Lost(6*time.Second, 0)
	assert.Equal(t, Never, m.Decides(), "no check by itself decides anything")
	m.Connected(7*time.Second, 0)
	assert.False(t, m.Up(0), "a session nobody waits for")
}

func TestMultipathDecidesByTimeAlone(t *testing.T) {
	m := NewMultipath(MultipathConf{Groups: []int{0, 1}, Retry: 2, Failback: time.Minute})
	m.Step(0)
	assert.Equal(t, Never, m.Decides(), "nothing is waited for")
	m.Connected(0, 1)
	m.Connected(10*time.Second, 0)
	assert.Equal(t, 70*time.Second, m.Decides(), "a failback")
	m.Carrier(20*time.Second, 0, false)
	m.Carrier(20*time.Second, 1, false)
	assert.Equal(t, 30*time.Second, m.Decides(), "the end of queueing: two checks")
	m.Step(30 * time.Second)
	assert.Equal(t, Failing, m.Mode())
	assert.Equal(t, Never, m.Decides())
}

func TestMultipathAsksAPathThatIsSilent(t *testing.T) {
	m := NewMultipath(MultipathConf{Groups: []int{0}})
	m.Step(0)
	m.Connected(0, 0)
	assert.Equal(t, 5*time.Second, m.Due(0))
	assert.Equal(t, []Order{{Ping, 0}}, m.Step(5*time.Second))
	assert.True(t, m.Asked(0))
	assert.Equal(t, 10*time.Second, m.Due(0))
	m.Heard(6*time.Second, 0)
	assert.False(t, m.Asked(0))
}

// TestMultipathProperties plays random stories and demands what must hold of every one.
func TestMultipathProperties(t *testing.T) {
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 3))
		conf := MultipathConf{Policy: MultipathPolicy(r.IntN(2)), Retry: r.IntN(5) - 1, Failback: time.Duration(r.IntN(3)-1) * 10 * time.Second}
		if conf.Failback < 0 {
			conf.Failback = FailbackManual
		}
		for range 1 + r.IntN(4) {
			conf.Groups = append(conf.Groups, r.IntN(2))
		}
		s := newSAN(conf)
		s.step(0)
		now := time.Duration(0)
		for range 30 {
			now += time.Duration(r.IntN(20_000)) * time.Millisecond
			s.until(now)
			s.tell(now, r.IntN(len(conf.Groups)), []string{"silent", "well", "cut", "joined", "broken", "failback"}[r.IntN(6)])
			s.step(now)
			require.Greater(t, s.m.Next(), now, "seed %d: it asks for the same moment again", seed)
		}
		s.until(now + time.Minute)
		settled(t, s, seed)
	}
}

// settled demands that, a minute after the last change, exactly what works is up.
func settled(t *testing.T, s *san, seed uint64) {
	t.Helper()
	some := false
	for i := range s.carrier {
		require.Equal(t, s.carrier[i] && s.answers[i], s.m.Up(i), "seed %d, path %d", seed, i)
		some = some || s.m.Up(i)
	}
	require.Equal(t, some, s.m.Mode() == Serving, "seed %d", seed)
	if p := s.m.Pick(); some && s.m.conf.Failback >= 0 {
		for i := range s.carrier {
			require.False(t, s.m.Up(i) && s.m.paths[i].group < s.m.paths[p].group, "seed %d: a better path is up", seed)
		}
	}
}
