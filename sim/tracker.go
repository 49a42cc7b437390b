package sim

import (
	"sort"
	"sync"
	"time"
)

const (
	// lossAfter is how long an answer may take before its request counts as lost. Round trips take 0.1 ms here and
	// stalls of a busy machine up to 45 ms (measured), so nothing that still comes by itself is later than this; and it
	// is TCP's shortest retransmission timeout on Linux (TCP_RTO_MIN), so a connection that lost a segment shows.
	lossAfter = 200 * time.Millisecond
	// starvedAtMost is the lateness of a sender from which its member cannot be judged, however long an outage its users
	// tolerate: an outage that falls between two requests is not seen at all, and the shortest that the kinds of
	// workloads tolerate by default is 1 s.
	starvedAtMost = 500 * time.Millisecond
	// keepLost bounds how many lost requests are remembered for an answer that comes after all.
	keepLost = 8192
)

// Tracker is the Meter of one member. From what real traffic tells, it decides when the member was served, and keeps
// its figures. It knows no clock: all times are told. Safe for use from several goroutines.
//
//	asked     1   2   3   4   5   6   7
//	answered  1   2   .   .   .   6   7
//	              └─┬─┘       └─┬─┘
//	              From          To         each the middle of what is known, the halves add up to Resolution
//
// So an outage is neither too long nor too short on average, and off by Resolution at most, however unevenly the
// sender sent.
type Tracker struct {
	mu      sync.Mutex
	wake    func()
	watch   func(now time.Duration) time.Duration // see Watch
	starved time.Duration                         // the lateness from which it cannot be judged
	out     []Data                                // not taken yet

	open requests // in order of asking; those answered wait here until all before them are settled
	lost requests // given up, and not answered since

	served   bool
	ever     bool
	down     outage
	lastGood time.Duration // when the last good request was asked, or the end of the latest jump after it
	lastBad  time.Duration // when the latest lost request was asked
	lastJump time.Duration // its end
	rested   time.Duration // when its latest rest ended or will
	settled  time.Duration // when the latest request of known fate was asked
	pending  int           // in open, without a fate

	odds Odds // what chance and distance do to requests asked from now on

	stats  StatsData
	delays delays
	told   time.Duration // lateness
}

// outage is one that goes on.
type outage struct{ from, halfWidth time.Duration }

// request is one that was asked and may still be answered.
type request struct {
	n     uint64
	asked time.Duration
	fate  fate
	// served is when the way was there for it: its arrival less the least delay ever seen, so that a request which
	// waited in a queue for the way to come back does not count as served when it was asked.
	served time.Duration
	// chance is how long a row of lost requests that begins with it may be by chance, and late how much longer than
	// lossAfter its answer may take.
	chance, late time.Duration
}

type fate int

const (
	unknown fate = iota
	good
	bad
)

// NewTracker makes a tracker of a member that is not served yet. Its users tolerate outages of this length: when its
// sender is late by half of it, StarvedData says that nobody can judge. Wake is called, from any goroutine and with
// nothing locked, when there is something to Take; it must not block.
func NewTracker(tolerates time.Duration, wake func()) *Tracker {
	now := func(now time.Duration) time.Duration { return now }
	return &Tracker{wake: wake, watch: now, starved: min(tolerates/2, starvedAtMost), lastJump: -Never, rested: -Never, settled: -Never, lastBad: -Never, lastGood: -Never}
}

// Watch tells, at any moment, up to when this machine has done its own part: what has not been answered in time by then will
// not be. By default that is now. It is called from any goroutine, with the tracker locked.
func (t *Tracker) Watch(until func(now time.Duration) time.Duration) {
	defer t.locked()()
	t.watch = until
}

// Asked implements Meter. Numbers grow with every call, and it is called before the request is sent.
func (t *Tracker) Asked(n uint64, at time.Duration) {
	defer t.locked()()
	if at >= 0 {
		t.stats.Asked++ // before time 0 nothing counts: how long it takes to begin is the machine's
	}
	t.pending++
	t.open = append(t.open, request{n: n, asked: at, chance: t.odds.Longest, late: t.odds.Delay + t.odds.Jitter})
	t.expire(at)
}

// Answered implements Meter. Of several answers to one request the first counts.
func (t *Tracker) Answered(n uint64, at time.Duration) {
	defer t.locked()()
	if i, ok := t.lost.find(n); ok {
		r := t.lost[i]
		t.lost = append(t.lost[:i], t.lost[i+1:]...)
		t.answer(&r, at)
		if !t.served {
			t.recoverLate(r)
		}
		return
	}
	i, ok := t.open.find(n)
	if !ok || t.open[i].fate == good {
		return
	}
	t.answer(&t.open[i], at)
	if t.open[i].fate == bad { // given up already, and kept since chance may have delayed it
		t.open[i].fate = good
	} else {
		t.settle(i, good)
	}
	if !t.served {
		t.recover(i)
	}
	t.advance()
}

// Failed implements Meter.
func (t *Tracker) Failed(n uint64, at time.Duration) {
	defer t.locked()()
	if i, ok := t.open.find(n); ok && t.open[i].fate == unknown {
		t.settle(i, bad)
	}
	t.advance()
}

// Reconnected implements Meter.
func (t *Tracker) Reconnected(time.Duration) {
	defer t.locked()()
	t.stats.Reconnects++
	t.out = append(t.out, ReconnectData{})
}

// Note implements Meter.
func (t *Tracker) Note(d Data) {
	defer t.locked()()
	t.out = append(t.out, d)
}

// Late implements Meter.
func (t *Tracker) Late(by, at time.Duration) {
	if at < 0 {
		return // nothing is measured yet: a plant is built as fast as the machine can
	}
	defer t.locked()()
	t.stats.Late = max(t.stats.Late, Seconds(by))
	if by >= t.starved && by >= 2*t.told {
		t.told = by
		t.out = append(t.out, StarvedData{Late: Seconds(by)})
	}
}

// Expect tells what chance does to requests from now on: as long as it may leave the member unserved, and as late as it
// makes answers, nothing is an outage.
func (t *Tracker) Expect(o Odds) {
	defer t.locked()()
	if t.odds = o; o.Lawless != "" {
		t.odds.Longest = 0 // what is measured is all that anybody knows
	}
}

// Expire gives up what was asked too long ago. Asking does that too; this is for senders that wait for an answer.
func (t *Tracker) Expire(now time.Duration) {
	defer t.locked()()
	t.expire(now)
}

// Jumped tells that the clock jumped: time in between counts neither as an outage nor as a delay. What was on its way
// counts as asked where the clock landed.
func (t *Tracker) Jumped(from, to time.Duration) {
	defer t.locked()()
	t.lastJump = to
	for i := range t.open {
		t.open[i].asked = to
	}
	for i := range t.lost {
		t.lost[i].asked += to - from
	}
}

// Rested tells that nothing was asked until a moment, to come or present, since nothing could have become of it before:
// what was known until now is known until then.
func (t *Tracker) Rested(until time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rested = until
}

// Take hands over what was found since the last time, in order: UpData, DownData, ReconnectData, StarvedData.
func (t *Tracker) Take() []Data {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.out
	t.out = nil
	return out
}

// Untold says whether something was found that Take has not handed over yet.
func (t *Tracker) Untold() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.out) > 0
}

// Served says whether the member is served, as far as is known.
func (t *Tracker) Served() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.served
}

// InFlight counts the requests that may still be answered in time.
func (t *Tracker) InFlight() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.pending
}

// ResolvedSince says whether Served speaks of a moment after since: a request asked after it has met its fate, or
// nobody was served before it and there has been silence long enough after it.
func (t *Tracker) ResolvedSince(since, now time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.settled > since || !t.served && t.watch(now)-max(since, t.lastJump) >= lossAfter+t.odds.Delay+t.odds.Jitter+t.odds.Longest
}

// Stats are the member's figures so far.
func (t *Tracker) Stats() StatsData {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.stats
	s.P50, s.P95, s.P99 = t.delays.quantile(0.50), t.delays.quantile(0.95), t.delays.quantile(0.99)
	s.Max = Seconds(t.delays.most)
	return s
}

// locked is for `defer t.locked()()`: it wakes the taker after unlocking.
func (t *Tracker) locked() (unlock func()) {
	t.mu.Lock()
	had := len(t.out)
	return func() {
		more := len(t.out) > had
		t.mu.Unlock()
		if more {
			t.wake()
		}
	}
}

// answer notes that a request was answered.
func (t *Tracker) answer(r *request, at time.Duration) {
	delay := max(0, at-r.asked)
	if r.asked >= 0 {
		t.stats.Answered++
		t.delays.add(delay)
	} else {
		t.delays.reach(delay)
	}
	r.served = max(r.asked, at-t.delays.least)
}

// settle gives an open request its fate.
func (t *Tracker) settle(i int, f fate) {
	t.open[i].fate = f
	t.settled = max(t.settled, t.open[i].asked)
	t.pending--
}

func (t *Tracker) expire(now time.Duration) {
	now = t.watch(now)
	for i := range t.open {
		r := &t.open[i]
		if r.fate == unknown && now-r.asked < lossAfter+r.late {
			break
		}
		if r.fate == unknown {
			t.settle(i, bad)
		}
	}
	t.advance()
}

// advance takes requests of known fate from the front and follows what they say about the service.
func (t *Tracker) advance() {
	for len(t.open) > 0 && t.open[0].fate != unknown {
		switch {
		case t.open[0].fate == good:
			t.lastGood = t.open[0].asked
			t.open.drop(1)
		case !t.served:
			t.giveUp(1)
		default:
			lost, whole := t.row()
			switch length := t.open[lost-1].asked - t.open[0].asked; {
			case length >= t.open[0].chance:
				t.fail()
			case whole:
				t.giveUp(lost)
			default:
				return // more of the row may be lost
			}
		}
	}
}

// row counts the requests lost in a row at the front, and says whether it is known how the row ends.
func (t *Tracker) row() (lost int, whole bool) {
	for lost < len(t.open) && t.open[lost].fate == bad {
		lost++
	}
	return lost, lost < len(t.open) && t.open[lost].fate == good
}

// fail begins an outage with the first open request. If a later one has been answered meanwhile, that ends it at once:
// an outage shorter than lossAfter.
func (t *Tracker) fail() {
	first := t.open[0].asked
	since := t.known(t.lastGood, first)
	half := (first - since) / 2
	t.served, t.down = false, outage{from: first - half, halfWidth: half}
	t.out = append(t.out, DownData{Since: Seconds(since), Resolution: Seconds(half)})
	for i := range t.open {
		if t.open[i].fate == good {
			t.recover(i)
			return
		}
	}
	t.giveUp(1)
}

// recover ends the outage with an answered open request. All before it are lost, or as good as.
func (t *Tracker) recover(i int) {
	r := t.open[i]
	before := t.lastBad
	if i > 0 {
		before = t.open[i-1].asked
	}
	gap := r.asked - t.known(before, r.asked)
	half := gap / 2
	if r.served-r.asked >= gap {
		half = 0 // it waited for the way to come back, and so tells exactly when it did
	}
	t.giveUp(i)
	t.up(r.served-half, half)
}

// recoverLate ends the outage with a request that had been given up: it waited for the way to come back. What else was
// asked meanwhile is as good as lost.
func (t *Tracker) recoverLate(r request) {
	count := sort.Search(len(t.open), func(i int) bool { return t.open[i].asked > r.served })
	t.giveUp(count)
	t.lastGood = r.served
	t.up(r.served, 0)
}

// known is a moment before another of which something is known; what was before a jump tells nothing about what came after.
func (t *Tracker) known(moment, before time.Duration) time.Duration {
	for _, m := range []time.Duration{t.lastJump, t.rested} {
		if m <= before {
			moment = max(moment, m)
		}
	}
	if moment == -Never {
		return before
	}
	return min(moment, before)
}

// up ends the outage.
func (t *Tracker) up(to, halfWidth time.Duration) {
	u := UpData{From: Seconds(t.down.from), To: Seconds(to), Resolution: Seconds(t.down.halfWidth + halfWidth)}
	if !t.ever {
		u.From, u.Resolution = u.To, 0
	}
	t.served, t.ever = true, true
	t.out = append(t.out, u)
}

// giveUp moves open requests from the front to the lost ones.
func (t *Tracker) giveUp(count int) {
	for _, r := range t.open[:count] {
		if r.fate == unknown {
			t.pending--
		}
		t.lastBad = r.asked
	}
	t.lost = append(t.lost, t.open[:count]...)
	if len(t.lost) > keepLost {
		t.lost.drop(keepLost / 2)
	}
	t.open.drop(count)
}

// requests are in order of their numbers.
type requests []request

func (rs requests) find(n uint64) (int, bool) {
	i := sort.Search(len(rs), func(i int) bool { return rs[i].n >= n })
	return i, i < len(rs) && rs[i].n == n
}

// drop removes from the front and keeps the memory.
func (rs *requests) drop(count int) {
	*rs = append((*rs)[:0], (*rs)[count:]...)
}
