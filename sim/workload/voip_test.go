package workload

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestARequestIsRepeatedAsRFC3261Says(t *testing.T) {
	const ms = time.Millisecond
	assert.Equal(t, []time.Duration{0, 500 * ms, 1500 * ms, 3500 * ms, 7500 * ms, 11500 * ms, 15500 * ms, 19500 * ms,
		23500 * ms, 27500 * ms, 31500 * ms}, registers)
	assert.Equal(t, []time.Duration{0, 500 * ms, 1500 * ms, 3500 * ms, 7500 * ms, 15500 * ms, 31500 * ms}, invites)
	assert.Equal(t, 62*time.Second, registerAt(len(registers)), "32 s in vain and 30 s of rest")
}

func TestCallsAreHeldForTenSeconds(t *testing.T) {
	const s = time.Second
	for name, c := range map[string]struct {
		dark  time.Duration
		phase float64
		want  []string
	}{
		"a blip is over with the way":  {2 * s, 1, []string{"12s served"}},
		"just not cut":                 {10 * s, 0, []string{"20s served"}},
		"a REGISTER waits for its ARP": {20 * s, 0, []string{"20.04s hang-up {Why:nothing was heard for 10s}", "30s reconnected", "30s served"}},
		"the next one, 11.5s after":    {20 * s, 1, []string{"20s hang-up {Why:nothing was heard for 10s}", "31.56s reconnected", "31.56s served"}},
		"it had just been given up":    {46 * s, 1, []string{"20s hang-up {Why:nothing was heard for 10s}", "1m22.06s reconnected", "1m22.06s served"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := simtest.Foresee(t, one(t, &VoIP{Ends: between}), c.phase, simtest.Change{At: 10 * s}, simtest.Change{At: 10*s + c.dark, Usable: true})
			require.Equal(t, "0s served", got[0])
			require.Contains(t, got[1], "unserved since 10s")
			assert.Equal(t, c.want, got[2:])
		})
	}
}

func TestVoIPTolerates(t *testing.T) {
	assert.Equal(t, time.Second, (&VoIP{}).Tolerates())
}

func TestVoiceFitsIntoPackets(t *testing.T) {
	for _, interval := range []time.Duration{5 * time.Millisecond, time.Second, 20*time.Millisecond + 1} {
		_, err := (&VoIP{Ends: between, Interval: interval}).Talks(simtest.TwoCore())
		assert.ErrorContains(t, err, "it must be whole milliseconds between 10ms and 200ms")
	}
}

// figure is one of a talk's, by name.
func figure(t *testing.T, of sim.Figured, name string) float64 {
	t.Helper()
	for _, f := range of.Figures() {
		if f.Name == name {
			return f.Value
		}
	}
	t.Fatalf("no figure %q in %+v", name, of.Figures())
	return 0
}

// calling measures a call that is cut after so much silence.
func calling(t *testing.T, silence time.Duration) (*bench, *call) {
	b := &bench{Meter: simtest.NewMeter(), t: t}
	b.Wire, b.from, b.to = simtest.NewWire()
	talk := one(t, &VoIP{Ends: between, Interval: 10 * time.Millisecond, Silence: silence}).(*call)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- talk.Measure(ctx, b.from, b.to, b) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	b.up()
	return b, talk
}

func TestACallOutlivesABlip(t *testing.T) {
	b, talk := calling(t, time.Minute)
	b.Cut()
	b.down()
	b.Mend()
	b.up()
	assert.Zero(t, figure(t, talk, "dropped calls"))
	assert.EqualValues(t, 1, figure(t, talk, "registrations"))
	assert.Positive(t, figure(t, talk, "voice lost"))
	assert.Zero(t, b.Stats().Reconnects)
}

func TestASilentCallIsCutAndMadeAnew(t *testing.T) {
	b, talk := calling(t, 300*time.Millisecond)
	b.Cut()
	b.down()
	require.Eventually(t, func() bool { return figure(t, talk, "dropped calls") == 1 }, 30*time.Second, time.Millisecond)
	b.Mend()
	b.up()
	assert.EqualValues(t, 2, figure(t, talk, "registrations"))
	assert.Positive(t, figure(t, talk, "until registered again"))
	assert.Equal(t, 1, b.Stats().Reconnects)
}

func TestACallAgesOverAJump(t *testing.T) {
	b, talk := calling(t, time.Minute)
	b.Cut()
	b.down()
	b.from.Jump(10 * time.Hour)
	require.Eventually(t, func() bool { return figure(t, talk, "dropped calls") == 1 }, 30*time.Second, time.Millisecond)
}

func TestAJumpIsNoSilence(t *testing.T) {
	b, talk := calling(t, 10*time.Second)
	for range 5 {
		before := b.Answers()
		b.from.Jump(time.Hour)
		require.Eventually(t, func() bool { return b.Answers() > before+10 }, 30*time.Second, time.Millisecond)
	}
	assert.Zero(t, figure(t, talk, "dropped calls"))
}

func TestAnExchangeForgetsWithItsPower(t *testing.T) {
	b, talk := calling(t, 300*time.Millisecond)
	b.to.PowerOff()
	b.down()
	b.to.PowerOn()
	b.up()
	assert.EqualValues(t, 2, figure(t, talk, "registrations"))
}

func TestATelephoneComesBackWithItsPower(t *testing.T) {
	b, talk := calling(t, time.Minute)
	b.from.PowerOff()
	b.down()
	b.from.PowerOn()
	b.up()
	assert.EqualValues(t, 2, figure(t, talk, "registrations"))
	assert.Zero(t, figure(t, talk, "dropped calls"), "nobody cut it")
}

// The values of G.107 itself, and of G.113.
func TestHowGoodAVoiceIs(t *testing.T) {
	const packet = 20 * time.Millisecond
	assert.InDelta(t, 4.41, opinion(bestRating), 0.005)
	assert.InDelta(t, 1, opinion(0), 0)
	assert.InDelta(t, 4.5, opinion(100), 0)
	assert.InDelta(t, 2.58, opinion(50), 0.005, "table B.1: nearly all users dissatisfied")
	clear := passage{sent: 400, heard: 400}
	assert.InDelta(t, bestRating, clear.rating(packet), 0.001)
	lossy := passage{sent: 400, heard: 396, bursts: 4}
	assert.InDelta(t, bestRating-95/26.1, lossy.rating(packet), 0.001, "one per cent, at random")
	burst := passage{sent: 400, heard: 300, bursts: 1}
	assert.Less(t, burst.rating(packet), (&passage{sent: 400, heard: 300, bursts: 75}).rating(packet), "in one piece it is worse")
	assert.Zero(t, (&passage{sent: 400}).rating(packet))
	assert.Zero(t, delayImpairment(100*time.Millisecond))
	assert.InDelta(t, 17, delayImpairment(400*time.Millisecond), 8)
	assert.Greater(t, delayImpairment(400*time.Millisecond), delayImpairment(200*time.Millisecond))
}

func TestTheWorstPassageIsRemembered(t *testing.T) {
	v := voice{packet: 20 * time.Millisecond}
	for n := uint64(1); n <= 2000; n++ {
		v.say(n)
		if n < 500 || n > 700 {
			v.hear(n, time.Millisecond, n == 701)
		}
	}
	by := map[string]float64{}
	for _, f := range v.figures() {
		by[f.Name] = f.Value
	}
	assert.InDelta(t, 10.05, by["voice lost"], 0.01)
	assert.Less(t, by["worst 8s MOS"], 1.5)
	assert.Greater(t, by["MOS"], by["worst 8s MOS"]+1)
	assert.Zero(t, by["jitter"])
}

func TestLateVoiceIsNotPlayed(t *testing.T) {
	v := voice{packet: 20 * time.Millisecond}
	for n := uint64(1); n <= 100; n++ {
		v.say(n)
		v.hear(n, time.Duration((n+1)%2)*100*time.Millisecond, false)
	}
	assert.Equal(t, 50, v.whole.heard)
	assert.Greater(t, v.jitter, float64(50*time.Millisecond))
}

// ring asks an exchange that knows nobody.
func ring(t testing.TB, x *exchange, text string) string {
	t.Helper()
	return string(x.answer([]byte(strings.ReplaceAll(text, "\n", "\r\n")), netip.MustParseAddrPort("127.0.0.1:5060")))
}

// newBoard is an exchange with nobody around.
func newBoard(t testing.TB) *exchange {
	t.Helper()
	_, _, to := simtest.NewWire()
	x := newExchange(&call{silence: time.Minute, rhythm: rhythm{interval: UDPInterval}}, to, nil)
	x.sip.port.Store(5060)
	x.rtp.port.Store(4000)
	return x
}

const hello = `METHOD sip:600@127.0.0.1 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1;rport
From: <sip:100@127.0.0.1>;tag=1
To: <sip:600@127.0.0.1>
Call-ID: 1
CSeq: 1 METHOD
Content-Length: 0

`

func TestAnExchangeRefusesAsSIPSays(t *testing.T) {
	request := func(method string, changes ...string) string {
		return strings.NewReplacer(append([]string{"METHOD", method}, changes...)...).Replace(hello)
	}
	for name, c := range map[string]struct{ text, want string }{
		"another version":        {request("OPTIONS", "600@127.0.0.1 SIP/2.0", "600@127.0.0.1 SIP/3.0"), "505 "},
		"no Call-ID":             {request("OPTIONS", "Call-ID: 1\n", ""), "400 "},
		"CSeq of another":        {request("OPTIONS", "CSeq: 1 METHOD", "CSeq: 1 INVITE"), "400 "},
		"a CSeq that is none":    {request("OPTIONS", "CSeq: 1 METHOD", "CSeq: one OPTIONS"), "400 "},
		"a body that is missing": {request("OPTIONS", "Content-Length: 0", "Content-Length: 9999"), "400 "},
		"a length below nothing": {request("OPTIONS", "Content-Length: 0", "Content-Length: -1"), "400 "},
		"too many hops":          {request("OPTIONS", "CSeq", "Max-Forwards: 0\nCSeq"), "483 "},
		"an extension":           {request("OPTIONS", "CSeq", "Require: teleport\nCSeq"), "420 "},
		"an unknown method":      {request("DANCE"), "405 "},
		"a call that is none":    {request("BYE"), "481 "},
		"nobody registered":      {request("INVITE"), "403 "},
		"an ACK":                 {request("ACK"), ""},
		"an answer":              {"SIP/2.0 200 OK\nVia: SIP/2.0/UDP 127.0.0.1\n\n", ""},
		"noise":                  {"\x00\xff\x00", ""},
		"nothing":                {"", ""},
		"what it can":            {request("OPTIONS"), "200 "},
	} {
		t.Run(name, func(t *testing.T) {
			answer := ring(t, newBoard(t), c.text)
			if c.want == "" {
				assert.Empty(t, answer)
				return
			}
			assert.True(t, strings.HasPrefix(answer, "SIP/2.0 "+c.want), "want %s, got %s", c.want, answer)
			assert.Contains(t, answer, "branch=z9hG4bK1")
		})
	}
}

func TestAnExchangeWantsVoiceItCanHear(t *testing.T) {
	for body, want := range map[string]string{
		"":       "488 ",
		"v=zero": "488 ",
		"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 4000 RTP/AVP 8\n":  "488 ",
		"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 99999 RTP/AVP 0\n": "488 ",
		"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 4000 RTP/AVP 0\n":  "200 ",
	} {
		x := newBoard(t)
		registered := ring(t, x, strings.NewReplacer("METHOD", "REGISTER", "To: <sip:600@", "To: <sip:100@").Replace(hello))
		require.True(t, strings.HasPrefix(registered, "SIP/2.0 200 "))
		text := strings.NewReplacer("METHOD", "INVITE", "Content-Length: 0\n", "").Replace(hello)
		answer := ring(t, x, text+body)
		assert.True(t, strings.HasPrefix(answer, "SIP/2.0 "+want), "%q: %s", body, answer)
		if want == "200 " {
			assert.Equal(t, answer, ring(t, x, text+body), "the same again")
			assert.Len(t, x.calls, 1)
		}
	}
}

func TestAnExchangeThatIsNotUpYetSaysNothing(t *testing.T) {
	x := newBoard(t)
	x.rtp.port.Store(0)
	assert.Empty(t, ring(t, x, strings.ReplaceAll(hello, "METHOD", "OPTIONS")))
}

func TestStrangersCannotFillAnExchange(t *testing.T) {
	x := newBoard(t)
	for n := range 2 * mostLines {
		number := string(rune('a'+n%26)) + strings.Repeat("x", n/26)
		ring(t, x, strings.NewReplacer("METHOD", "REGISTER", "600@127.0.0.1>", number+"@127.0.0.1>").Replace(hello))
	}
	assert.Len(t, x.registered, mostLines)
}

func FuzzExchange(f *testing.F) {
	for _, method := range []string{"REGISTER", "INVITE", "BYE", "ACK", "OPTIONS", "CANCEL"} {
		f.Add([]byte(strings.ReplaceAll(strings.ReplaceAll(hello, "METHOD", method), "\n", "\r\n")))
	}
	x := newBoard(f)
	from := netip.MustParseAddrPort("127.0.0.1:5060")
	f.Fuzz(func(t *testing.T, b []byte) {
		answer := x.answer(b, from)
		x.echo(b, from, 0)
		if answer == nil {
			return
		}
		msg, err := sip.ParseMessage(answer)
		if _, response := msg.(*sip.Response); err == nil && !response {
			t.Fatalf("%q is no answer", answer)
		}
		if len(x.calls) > mostLines || len(x.registered) > mostLines {
			t.Fatalf("keeps %d calls and %d numbers", len(x.calls), len(x.registered))
		}
	})
}

func FuzzTelephone(f *testing.F) {
	f.Add([]byte("SIP/2.0 200 OK\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n\r\n"))
	_, from, _ := simtest.NewWire()
	c := &call{silence: time.Minute, rhythm: rhythm{interval: UDPInterval}, number: "100"}
	p := newPhone(c, from, nil, newBoard(f), simtest.NewMeter())
	f.Fuzz(func(_ *testing.T, b []byte) {
		p.told(b, netip.AddrPort{}, 0)
		p.hear(b, netip.AddrPort{}, 0)
	})
}
