package blockdev

import "sync"

// maxBacklog is how many bytes of requests a session may have waiting before its client has to wait too, 8 MiB or one
// request, and maxOrders how many requests. Chosen: several times what clients are known to have under way.
const maxBacklog, maxOrders = 8 << 20, 1024

// backlog is the queue of a session's requests. It is bounded in bytes, so that a hostile client cannot fill memory.
type backlog struct {
	mu       sync.Mutex
	changed  sync.Cond
	orders   []*order
	bytes    int
	finished bool
	dropped  chan struct{} // closed when nothing shall be done any more
}

func newBacklog() *backlog {
	b := &backlog{dropped: make(chan struct{})}
	b.changed.L = &b.mu
	return b
}

// push queues a request, once there is room.
func (b *backlog) push(o *order) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for (b.bytes > maxBacklog || len(b.orders) >= maxOrders) && !b.isDropped() {
		b.changed.Wait()
	}
	b.orders = append(b.orders, o)
	b.bytes += len(o.data)
	b.changed.Broadcast()
}

// pop waits for a request; nil when there will be none. More says whether another is waiting behind it.
func (b *backlog) pop() (o *order, more bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.orders) == 0 && !b.finished && !b.isDropped() {
		b.changed.Wait()
	}
	if len(b.orders) == 0 || b.isDropped() {
		return nil, false
	}
	o = b.orders[0]
	b.orders[0] = nil
	b.orders = b.orders[1:]
	b.bytes -= len(o.data)
	b.changed.Broadcast()
	return o, len(b.orders) > 0
}

// finish says that no more will come; what is queued is still carried out.
func (b *backlog) finish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.finished = true
	b.changed.Broadcast()
}

// drop says that nothing shall be done any more.
func (b *backlog) drop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.isDropped() {
		close(b.dropped)
	}
	b.changed.Broadcast()
}

func (b *backlog) isDropped() bool {
	select {
	case <-b.dropped:
		return true
	default:
		return false
	}
}
