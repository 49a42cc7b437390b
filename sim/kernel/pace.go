package kernel

import (
	"container/heap"
	"context"
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
	rest    sync.Cond // running has become nil
	queue   paceQueue
	running *pace
	holds   int
	count   int
	closed  bool
}

// pace is one caller of Pace.
type pace struct {
	due, interval time.Duration // scenario time
	tick          func(at time.Duration)
	late          func(by time.Duration)
	place         int // in the queue; -1: taken out
}

// newPaces starts the thread. It belongs to the clock, which holds it when it jumps.
func newPaces(c *Clock) (*paces, error) {
	p := &paces{clock: c}
	p.rest.L = &p.mu
	if err := p.alarm.open(); err != nil {
		return nil, err
	}
	c.paces = p
	go p.run()
	return p, nil
}

// pace calls tick every interval until ctx ends.
func (p *paces) pace(ctx context.Context, interval time.Duration, tick, late func(time.Duration)) {
	e := &pace{interval: interval, tick: tick, late: late}
	p.add(e)
	<-ctx.Done()
	p.remove(e)
}

func (p *paces) add(e *pace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	e.due = nextOf(p.clock.Now(), e.interval, phaseOf(p.count, e.interval))
	heap.Push(&p.queue, e)
	if e.place == 0 {
		p.alarm.ring()
	}
}

// remove takes a pace out; when it returns, its tick is not running and will not again.
func (p *paces) remove(e *pace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	heap.Remove(&p.queue, e.place)
	for p.running == e {
		p.rest.Wait()
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
	e.due += e.interval
	heap.Fix(&p.queue, 0)
	p.running = e
	p.mu.Unlock()
	e.tick(now)
	if late >= lateFrom && e.late != nil {
		e.late(late)
	}
	p.mu.Lock()
	p.running = nil
	p.rest.Broadcast()
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
		p.rest.Wait()
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
