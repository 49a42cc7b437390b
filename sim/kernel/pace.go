package kernel

import (
	"container/heap"
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// paceSlot is what the phases of paces are multiples of: paces of one slot share one waking of the thread, which costs
// as much as sending a probe (measured).
const paceSlot = 500 * time.Microsecond

// lateFrom is the lateness that is worth telling: anything below is the kernel's and Go's ordinary waking.
const lateFrom = time.Millisecond

// paces calls ticks on absolute grids of scenario time, all of them on one thread of its own. A nil *paces holds nothing.
type paces struct {
	clock *Clock
	alarm alarm

	mu      sync.Mutex
	still   sync.Cond // running has become nil
	queue   paceQueue
	owned   map[any][]*pace
	running *pace
	holds   int
	count   int
	closed  bool
}

// pace is one caller of Pace.
type pace struct {
	due, interval time.Duration // scenario time
	tick          func(at time.Duration)
	late          func(by, at time.Duration)
	owner         any // whose rest it keeps; nil: nobody's
	nth           int // decides its phase; 0: the next number
	place         int // in the queue; -1: taken out
	// scattered has every tick fall at a random moment, as often as told on average; by the same dice in every run.
	scattered bool
	dice      *rand.Rand
}

// newPaces starts the thread. It belongs to the clock, which holds it when it jumps.
func newPaces(c *Clock) (*paces, error) {
	p := &paces{clock: c, owned: map[any][]*pace{}}
	p.still.L = &p.mu
	if c.virtual {
		p.alarm = newTimerAlarm()
	} else {
		var err error
		if p.alarm, err = newThreadAlarm(); err != nil {
			return nil, err
		}
	}
	c.paces = p
	go p.run()
	return p, nil
}

// pace calls tick every interval until ctx ends.
func (p *paces) pace(ctx context.Context, e *pace) {
	p.add(e)
	<-ctx.Done()
	p.remove(e)
}

func (p *paces) add(e *pace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.nth == 0 {
		p.count++
		e.nth = p.count
	}
	if e.scattered {
		e.dice = rand.New(rand.NewPCG(uint64(e.nth), 0))
	}
	e.due = nextOf(p.clock.Now(), e.interval, phaseOf(e.nth, e.interval))
	heap.Push(&p.queue, e)
	p.owned[e.owner] = append(p.owned[e.owner], e)
	if e.place == 0 {
		p.alarm.ring()
	}
}

// remove takes a pace out; when it returns, its tick is not running and will not again.
func (p *paces) remove(e *pace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	heap.Remove(&p.queue, e.place)
	p.owned[e.owner] = slices.DeleteFunc(p.owned[e.owner], func(x *pace) bool { return x == e })
	for p.running == e {
		p.still.Wait()
	}
}

// phaseOf spreads callers over their interval by the golden ratio, which keeps any number of them far apart.
func phaseOf(n int, interval time.Duration) time.Duration {
	const golden = 0.6180339887498949
	x := float64(n) * golden
	phase := time.Duration((x - float64(int(x))) * float64(interval))
	return phase.Truncate(paceSlot)
}

// nextOf is the first moment after now that is a multiple of interval away from phase.
func nextOf(now, interval, phase time.Duration) time.Duration {
	since := (now - phase) % interval
	if since < 0 {
		since += interval
	}
	return now - since + interval
}

// run is the thread. A tick that was missed because the machine stalled follows at once.
func (p *paces) run() {
	defer p.alarm.lockThread()()
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.closed {
		if p.holds > 0 || len(p.queue) == 0 {
			p.sleep(-1)
			continue
		}
		e, now := p.queue[0], p.clock.Now()
		if e.due > now {
			p.sleep(e.due - now)
			continue
		}
		p.tickOf(e, now)
	}
	p.alarm.close()
}

// sleep waits for d, for ever if it is negative, or until the alarm rings.
func (p *paces) sleep(d time.Duration) {
	p.mu.Unlock()
	p.alarm.sleep(d)
	p.mu.Lock()
}

func (p *paces) tickOf(e *pace, now time.Duration) {
	late := now - e.due
	e.due += e.gap()
	heap.Fix(&p.queue, 0)
	p.running = e
	p.mu.Unlock()
	e.tick(now)
	if late >= lateFrom && e.late != nil {
		e.late(late, now)
	}
	p.mu.Lock()
	p.running = nil
	p.still.Broadcast()
}

// gap is from one tick to the next.
func (e *pace) gap() time.Duration {
	if !e.scattered {
		return e.interval
	}
	return time.Duration(e.dice.ExpFloat64() * float64(e.interval))
}

// hold stops all ticks and returns when none is running.
func (p *paces) hold() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.holds++
	for p.running != nil {
		p.still.Wait()
	}
}

// resume undoes one hold.
func (p *paces) resume() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.holds--
	p.alarm.ring()
}

// skip leaves out the ticks of the time that the clock has jumped over.
func (p *paces) skip() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	for _, e := range p.queue {
		if e.due <= now {
			e.due = nextOf(now, e.interval, e.due%e.interval)
		}
	}
	heap.Init(&p.queue)
}

// rest leaves out an owner's ticks before a moment.
func (p *paces) rest(owner any, until time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.owned[owner] {
		if e.due < until {
			e.due = nextOf(until, e.interval, e.due%e.interval)
			heap.Fix(&p.queue, e.place)
		}
	}
}

// wake ends an owner's rest.
func (p *paces) wake(owner any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	for _, e := range p.owned[owner] {
		if next := nextOf(now, e.interval, e.due%e.interval); next < e.due {
			e.due = next
			heap.Fix(&p.queue, e.place)
		}
	}
	p.alarm.ring()
}

// rouse ends all rests: everybody's next tick is the next one of its grid.
func (p *paces) rouse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	for _, e := range p.queue {
		e.due = min(e.due, nextOf(now, e.interval, e.due%e.interval))
	}
	heap.Init(&p.queue)
	p.alarm.ring()
}

// close ends the thread; no tick is called any more.
func (p *paces) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.alarm.ring()
}

// paceQueue is ordered by due time.
type paceQueue []*pace

func (q paceQueue) Len() int           { return len(q) }
func (q paceQueue) Less(i, j int) bool { return q[i].due < q[j].due }
func (q paceQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}
func (q *paceQueue) Push(x any) {
	e := x.(*pace)
	e.place = len(*q)
	*q = append(*q, e)
}
func (q *paceQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
