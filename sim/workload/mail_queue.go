package workload

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

const (
	// mailFirst and mailMost are the shortest and the longest time between two attempts; between them it is as long as the
	// mail has waited (Postfix, minimal_backoff_time 300s, maximal_backoff_time 4000s).
	mailFirst = 300 * time.Second
	mailMost  = 4000 * time.Second
	// mailAtOnce is how many mails of the queue are tried at one beat (Postfix, default_destination_concurrency_limit).
	mailAtOnce = 20
	// mailSlack is by how much the last attempt that is measured may come later than the law says: attempts that hang until
	// their timeout, and phases that nobody knows. Chosen.
	mailSlack = time.Minute
)

// queued is a mail that waits.
type queued struct {
	number int
	since  time.Duration // when it was written
	next   time.Duration // when it is tried again
}

// mailQueue is what a sender could not hand over yet, and what became of the rest.
type mailQueue struct {
	waiting []queued
	mailCount
}

// mailCount is what has become of mails. Delayed were delivered, but not at once.
type mailCount struct {
	taken, delayed, bounced int
	longest                 time.Duration
}

// backoff is how long a mail waits that has waited for so long.
func backoff(age time.Duration) time.Duration { return min(max(age, mailFirst), mailMost) }

// isDue says whether a mail is to be tried again.
func (q *mailQueue) isDue(now time.Duration) bool {
	return slices.ContainsFunc(q.waiting, func(m queued) bool { return m.next <= now })
}

// due takes mails that are to be tried again from the queue.
func (q *mailQueue) due(now time.Duration) []queued {
	var due []queued
	q.waiting = slices.DeleteFunc(q.waiting, func(m queued) bool {
		if m.next > now || len(due) == mailAtOnce {
			return false
		}
		due = append(due, m)
		return true
	})
	return due
}

// failed queues a mail again, or gives it up.
func (q *mailQueue) failed(m queued, now, lifetime time.Duration) {
	age := now - m.since
	if age >= lifetime {
		q.bounced++
		return
	}
	m.next = now + backoff(age)
	q.waiting = append(q.waiting, m)
}

func (c *mailCount) delivered(m queued, now time.Duration) {
	c.taken++
	if m.next > 0 {
		c.delayed++
		c.longest = max(c.longest, now-m.since)
	}
}

// figures are those of the log.
func (c *mailCount) figures() []sim.Figure {
	return []sim.Figure{
		{Name: "delayed mails", Value: float64(c.delayed), Fold: sim.Sum},
		{Name: "bounced mails", Value: float64(c.bounced), Fold: sim.Sum},
		{Name: "longest delay", Value: c.longest.Round(time.Second).Seconds(), Unit: "s", Fold: sim.Most},
	}
}

// mailLaw is a sender as predicted.
type mailLaw struct {
	sim.Viewer
	*clientLaw
	sender *sender
	down   bool
	since  time.Duration // of the outage
	mailCount
}

// Unserved implements sim.Viewer: from then on mail is queued.
func (l *mailLaw) Unserved(since time.Duration) {
	l.down, l.since = true, since
	l.Viewer.Unserved(since)
}

// Served implements sim.Viewer: what was queued goes out, each mail when it is due.
func (l *mailLaw) Served(on bool) {
	l.Viewer.Served(on)
	until := l.Now()
	for at := l.since; l.down && at < until; at += l.sender.interval {
		l.follow(queued{since: at, next: at + mailFirst}, until)
	}
	if l.down {
		l.After(backoff(until-l.since)+mailSlack, func() {}) // no mail waits longer: until then there is something to see
	}
	l.down = false
}

// Figures are those of the mail that nobody took at once. One that nobody has taken yet is in none of them.
func (l *mailLaw) Figures() []sim.Figure { return l.figures() }

// follow follows a mail through its attempts until somebody takes it.
func (l *mailLaw) follow(m queued, until time.Duration) {
	for m.next < until {
		if m.next-m.since >= l.sender.bounce {
			l.bounced++
			return
		}
		m.next += backoff(m.next - m.since)
	}
	l.delivered(m, m.next)
}
