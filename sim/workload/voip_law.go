package workload

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// Timers of SIP over datagrams (RFC 3261 17, table 4).
const (
	sipT1 = 500 * time.Millisecond // the first timeout of a request
	sipT2 = 4 * time.Second        // the longest of one that is no INVITE
	// sipGiveUp is when a request that nobody answers has failed: timers B and F.
	sipGiveUp = 64 * sipT1
	// sipRest is how long a telephone waits before it tries again after that (Sipura SPA-2000, "Reg Retry Intvl").
	sipRest = 30 * time.Second
	// sipRound is from one REGISTER of a new transaction to the next, while none is answered.
	sipRound = sipGiveUp + sipRest
)

// repeats are when, counted from the first, a request is sent until it is given up; its timeout doubles up to most.
func repeats(most time.Duration) []time.Duration {
	var all []time.Duration
	for at, timeout := time.Duration(0), sipT1; at < sipGiveUp; timeout = min(2*timeout, most) {
		all = append(all, at)
		at += timeout
	}
	return all
}

var (
	registers = repeats(sipT2)     // timer E
	invites   = repeats(sipGiveUp) // timer A has no upper bound
)

// registerAt is the moment of the nth REGISTER, counted from the first, while none is answered.
func registerAt(n int) time.Duration {
	return time.Duration(n/len(registers))*sipRound + registers[n%len(registers)]
}

// callLaw is a call as predicted.
type callLaw struct {
	*stall
	*call
	// gone is when the exchange last lost power, and with it all calls; rebooted when the telephone did.
	gone, rebooted time.Duration
	cancelCut      func()
	doubt          time.Duration

	dropped, registered int
}

// Sure says whether the prediction is the only one that the law allows: until it says that the voice is back, it may be.
func (l *callLaw) Sure() bool { return l.Now() >= l.doubt }

// PowerLost takes the call from one end.
func (l *callLaw) PowerLost(end *topology.Node) {
	if end == l.flow.To {
		l.gone = l.Now()
	} else {
		l.rebooted = l.Now()
	}
}

// Path follows the way; in the dark, the call will be cut.
func (l *callLaw) Path(usable bool) {
	if !usable && !l.dark {
		l.cancelCut = l.After(l.held(), l.cut)
	}
	l.stall.Path(usable)
}

func (l *callLaw) cut() {
	if !l.dark || l.rebooted >= l.since {
		return
	}
	l.dropped++
	l.Note(hangUp(l.silence))
}

func hangUp(silence time.Duration) sim.HangUpData {
	return sim.HangUpData{Why: "nothing was heard for " + silence.String()}
}

// held is how long after the way went the call is cut: the first packet is lost up to an interval later, and silence is
// looked for once an interval.
func (l *callLaw) held() time.Duration {
	return l.silence + time.Duration(2*(1-l.Phase())*float64(l.interval))
}

// attempt is when the voice is back.
func (l *callLaw) attempt(since, now time.Duration) (wait time.Duration, anew bool) {
	switch {
	case l.rebooted >= since: // it began to register when it was up again, and that may be long ago
		wait = time.Duration(l.Phase() * float64(sipRest))
	case l.gone < since && now-since < l.held():
		l.cancelCut()
		return 0, false
	default:
		earliest, latest := l.redial(since+l.silence, now)
		wait = earliest - now + time.Duration(l.Phase()*float64(latest-earliest))
	}
	l.doubt = now + wait
	l.registered++
	return wait, true
}

// redial is between when and when a telephone that has begun to register at about a moment hears voice again, with the
// way back now. A request that was sent shortly before may still be waiting for its neighbour (neighbourGone), and go out
// any moment.
func (l *callLaw) redial(begun, now time.Duration) (earliest, latest time.Duration) {
	found := false
	for n := 0; ; n++ {
		// The row begins up to an interval later, each of it is sent at a tick, and so is the first voice.
		low, high := begun+registerAt(n), begun+registerAt(n)+3*l.interval
		if high+neighbourGone < now {
			continue
		}
		if !found {
			earliest, found = max(low, now), true
		}
		if low >= now {
			return earliest, high
		}
	}
}

// Figures are those that a law has.
func (l *callLaw) Figures() []sim.Figure { return signalling(l.dropped, l.registered) }

func signalling(dropped, registered int) []sim.Figure {
	return []sim.Figure{
		{Name: "dropped calls", Value: float64(dropped), Fold: sim.Sum},
		{Name: "registrations", Value: float64(registered), Fold: sim.Sum},
	}
}
