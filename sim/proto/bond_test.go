package proto

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology"
)

// testBond makes a bond of members a, b, c at 10G, miimon 100 ms.
func testBond(members int, set func(*topology.Bond)) *topology.Bond {
	c := &topology.Bond{Mode: topology.ActiveBackup, Miimon: 100 * time.Millisecond}
	for i := range members {
		c.Members = append(c.Members, &topology.Port{Name: string(rune('a' + i)), Link: &topology.Link{Speed: 10 * topology.Gbps}})
	}
	if set != nil {
		set(c)
	}
	return c
}

// run plays a script of link events, "250ms a-" or "1s b+", and writes when which member became active.
func run(t *testing.T, b *Bond, script string) string {
	t.Helper()
	var out []string
	settle := func(until time.Duration) {
		for b.Next() < until {
			now := b.Next()
			if b.Step(now) {
				out = append(out, fmt.Sprintf("%s %s", now, memberName(b, b.Active())))
			}
		}
	}
	for _, word := range strings.Split(script, ", ") {
		at, what, ok := strings.Cut(word, " ")
		require.True(t, ok, word)
		now, err := time.ParseDuration(at)
		require.NoError(t, err)
		settle(now)
		b.Link(now, int(what[0]-'a'), what[1] == '+')
	}
	settle(Never)
	return strings.Join(out, ", ")
}

func memberName(b *Bond, i int) string {
	if i == None {
		return "none"
	}
	return b.conf.Members[i].Name
}

func TestBond(t *testing.T) {
	primary := func(i int) func(*topology.Bond) {
		return func(c *topology.Bond) { c.Primary = c.Members[i] }
	}
	for _, c := range []struct {
		name    string
		members int
		set     func(*topology.Bond)
		events  string
		want    string
	}{
		{"active lost, at the next miimon", 2, nil, "1010ms a-", "1.1s b"},
		{"active lost on the grid", 2, nil, "1s a-", "1s b"},
		{"backup lost", 2, nil, "1010ms b-", ""},
		{"no failback without primary", 2, nil, "1010ms a-, 2010ms a+", "1.1s b"},
		{"both lost", 2, nil, "1010ms a-, 1010ms b-", "1.1s none"},
		{"first to recover", 2, nil, "1s a-, 1s b-, 5010ms b+, 5210ms a+", "1s none, 5.1s b"},
		{"shorter than a miimon is not seen", 2, nil, "1010ms a-, 1090ms a+", ""},

		{"primary is active first", 2, primary(1), "1s a-", ""},
		{"primary fails back at once", 2, primary(0), "1s a-, 2010ms a+", "1s b, 2.1s a"},
		{"primary fails back after updelay", 2, func(c *topology.Bond) { primary(0)(c); c.Updelay = 2 * time.Second },
			"1s a-, 2010ms a+", "1s b, 4.1s a"},
		{"updelay is rounded down to whole miimons", 2, func(c *topology.Bond) { primary(0)(c); c.Updelay = 299 * time.Millisecond },
			"1s a-, 2s a+", "1s b, 2.2s a"},
		{"carrier lost during updelay", 2, func(c *topology.Bond) { primary(0)(c); c.Updelay = 2 * time.Second },
			"1s a-, 2s a+, 3s a-, 4s a+", "1s b, 6s a"},
		{"updelay is ignored while none is active", 2, func(c *topology.Bond) { c.Updelay = time.Minute },
			"1s a-, 1s b-, 3010ms b+", "1s none, 3.1s b"},
		{"and only by the first", 3, func(c *topology.Bond) { primary(2)(c); c.Updelay = time.Minute },
			"1s a-, 1s b-, 1s c-, 3s a+, 3s c+", "1s none, 3s a, 1m3s c"},
		{"one in updelay is used when the active fails", 2, func(c *topology.Bond) { c.Updelay = time.Minute },
			"1s a-, 2s a+, 5s b-", "1s b, 5s a"},
		{"and is up from then on", 2, func(c *topology.Bond) { c.Updelay, c.Downdelay = time.Minute, 500*time.Millisecond },
			"1s a-, 2s a+, 5s b-, 6s a-", "1.5s b, 5.5s a, 6.5s none"},
		{"the one nearest to its end", 3, func(c *topology.Bond) { c.Updelay = time.Minute },
			"1s a-, 1s b-, 2s b+, 3s a+, 10s c-", "1s c, 10s b"},

		{"downdelay", 2, func(c *topology.Bond) { c.Downdelay = 550 * time.Millisecond }, "1s a-", "1.5s b"},
		{"back within downdelay", 2, func(c *topology.Bond) { c.Downdelay = 500 * time.Millisecond }, "1s a-, 1450ms a+", ""},
		{"none to go to until downdelay is over", 2, func(c *topology.Bond) { c.Downdelay = time.Second },
			"1s b-, 3s a-", "4s none"},

		{"reselect failure stays", 2, func(c *topology.Bond) { primary(0)(c); c.Reselect = topology.ReselectFailure },
			"1s a-, 2s a+", "1s b"},
		{"reselect failure goes back when the active fails", 3, func(c *topology.Bond) { primary(2)(c); c.Reselect = topology.ReselectFailure },
			"1s c-, 2s c+, 3s a-", "1s a, 3s c"},
		{"reselect better, same speed", 2, func(c *topology.Bond) { primary(0)(c); c.Reselect = topology.ReselectBetter },
			"1s a-, 2s a+", "1s b"},
		{"reselect better, faster", 2, func(c *topology.Bond) {
			primary(0)(c)
			c.Reselect = topology.ReselectBetter
			c.Members[0].Link.Speed = 40 * topology.Gbps
		}, "1s a-, 2s a+", "1s b, 2s a"},
		{"reselect is ignored when none is active", 2, func(c *topology.Bond) { primary(0)(c); c.Reselect = topology.ReselectFailure },
			"1s a-, 1s b-, 2s b+, 3s a+", "1s none, 2s b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, run(t, NewBond(testBond(c.members, c.set)), c.events))
		})
	}
}

func TestBondThatLooksAtItsOwnTime(t *testing.T) {
	b := NewBondAt(testBond(2, func(c *topology.Bond) { c.Updelay = 200 * time.Millisecond; c.Primary = c.Members[0] }), 0.3)
	assert.Equal(t, "1.04s b, 2.246s a", run(t, b, "1010ms a-, 2010ms a+"),
		"the first look three tenths of a miimon later, and then every miimon and three tenths of a jiffy")
}

func TestBondBeforeTimeZero(t *testing.T) {
	assert.Equal(t, "-500ms b, 2s a", run(t, NewBond(testBond(2, nil)), "-550ms a-, -250ms a+, 2s b-"))
}

func TestBondSaysWhy(t *testing.T) {
	b := NewBond(testBond(2, func(c *topology.Bond) { c.Primary = c.Members[0] }))
	for _, c := range []struct {
		member int
		up     bool
		why    string
	}{{0, false, "a lost its carrier"}, {1, false, "no member is up"}, {1, true, "first to recover"}, {0, true, "the primary is up again"}} {
		b.Link(0, c.member, c.up)
		b.Step(b.Next())
		assert.Equal(t, c.why, b.Why())
	}
}

// randomBond makes any bond, with any settings.
func randomBond(r *rand.Rand) *topology.Bond {
	return testBond(2+r.IntN(3), func(c *topology.Bond) {
		c.Updelay = time.Duration(r.IntN(10)) * 70 * time.Millisecond
		c.Downdelay = time.Duration(r.IntN(4)) * 70 * time.Millisecond
		if i := r.IntN(4); i < len(c.Members) {
			c.Primary = c.Members[i]
		}
		c.Reselect = []topology.Reselect{"", topology.ReselectAlways, topology.ReselectBetter, topology.ReselectFailure}[r.IntN(4)]
		for _, m := range c.Members {
			m.Link.Speed = topology.Bitrate(1+r.IntN(2)) * topology.Gbps
		}
	})
}

// TestBondProperties plays random carriers on random bonds and demands what must hold of every one.
func TestBondProperties(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		b := NewBond(randomBond(r))
		carrier := make([]bool, len(b.members))
		for i := range carrier {
			carrier[i] = true
		}
		now := time.Duration(0)
		for range 30 {
			now += time.Duration(r.IntN(600)) * time.Millisecond
			advance(t, b, carrier, now)
			i := r.IntN(len(carrier))
			carrier[i] = !carrier[i]
			b.Link(now, i, carrier[i])
		}
		willChange, was := b.Pending(), b.Active()
		advance(t, b, carrier, Never)
		require.Equal(t, willChange, b.Active() != was, "seed %d: Pending did not tell the truth", seed)
		atRest(t, b, carrier, seed)
	}
}

// advance steps a bond up to a moment and checks each change.
func advance(t *testing.T, b *Bond, carrier []bool, until time.Duration) {
	t.Helper()
	for b.Next() < until {
		now, was := b.Next(), b.Active()
		require.Zero(t, now%(100*time.Millisecond), "changes only at a miimon")
		if !b.Step(now) {
			continue
		}
		active := b.Active()
		if active != None {
			require.True(t, carrier[active], "a member without carrier became active")
		}
		if b.conf.Reselect == topology.ReselectFailure && was != None {
			require.False(t, carrier[was], "with primary_reselect failure only a failure changes the active member")
		}
	}
}

func atRest(t *testing.T, b *Bond, carrier []bool, seed uint64) {
	t.Helper()
	some := false
	for _, up := range carrier {
		some = some || up
	}
	require.Equal(t, some, b.Active() != None, "seed %d: a member is active when any has a carrier", seed)
	if some {
		require.True(t, carrier[b.Active()], "seed %d: the active member has a carrier", seed)
	}
	always := b.conf.Reselect == "" || b.conf.Reselect == topology.ReselectAlways
	if p := b.primary(); p != None && carrier[p] && always {
		require.Equal(t, p, b.Active(), "seed %d: the primary is used whenever it is up", seed)
	}
}

func TestOneLongStepIsManyShortOnes(t *testing.T) {
	for seed := range uint64(200) {
		one, many := NewBond(randomBond(rand.New(rand.NewPCG(seed, 2)))), NewBond(randomBond(rand.New(rand.NewPCG(seed, 2))))
		for _, b := range []*Bond{one, many} {
			b.Link(10*time.Millisecond, 0, false)
			b.Link(10*time.Millisecond, 1, false)
		}
		one.Step(time.Minute)
		for many.Next() != Never {
			many.Step(many.Next())
		}
		require.Equal(t, one.Active(), many.Active())
		require.Equal(t, one.Next(), many.Next())
	}
}
