package workload

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

func TestMailTolerates(t *testing.T) {
	assert.Equal(t, 4*time.Hour, new(Mail).Tolerates())
	assert.Equal(t, time.Minute, (&Mail{Customers: Customers{For: time.Minute}}).Tolerates())
}

func TestMailWaitsLongerAndLonger(t *testing.T) {
	var q mailQueue
	m := queued{number: 1, since: 0}
	var tried []time.Duration
	now := time.Duration(0)
	for q.failed(m, now, 5*time.Hour); len(q.waiting) > 0; q.failed(m, now, 5*time.Hour) {
		assert.Empty(t, q.due(q.waiting[0].next-1))
		now = q.waiting[0].next
		m = q.due(now)[0]
		tried = append(tried, now)
	}
	const s = time.Second
	assert.Equal(t, []time.Duration{300 * s, 600 * s, 1200 * s, 2400 * s, 4800 * s, 8800 * s, 12800 * s, 16800 * s, 20800 * s}, tried)
	assert.Equal(t, 1, q.bounced)

	for n := range mailAtOnce + 5 {
		q.failed(queued{number: n, since: now}, now, time.Hour)
	}
	assert.Len(t, q.due(now+time.Hour), mailAtOnce, "no more than so many at once")
	assert.Len(t, q.waiting, 5)
}

// How a sender's law says what becomes of its mail.
func TestMailLawDelaysAndBounces(t *testing.T) {
	for name, c := range map[string]struct {
		bounce string
		dark   time.Duration
		want   mailCount
	}{
		"a minute":                 {"", time.Minute, mailCount{taken: 60, delayed: 60, longest: 300 * time.Second}},
		"four hours":               {"", 4 * time.Hour, mailCount{taken: 4 * 3600, delayed: 4 * 3600, longest: 16800 * time.Second}},
		"longer than senders wait": {"bounce: 10m, ", time.Hour, mailCount{taken: 600, delayed: 600, longest: 600 * time.Second, bounced: 3000}},
	} {
		t.Run(name, func(t *testing.T) {
			talks, err := visitsTo(t, host(t, `{on: hv1, disk: ds1, service: mail}`), new(Mail), "{"+c.bounce+"from: isp, to: vms}")
			require.NoError(t, err)
			var law *mailLaw
			predict := func(v sim.Viewer) sim.Machine {
				law = talks[0].Predict(v).(*mailLaw)
				return law
			}
			simtest.Foresee(t, foreseen{talks[0], predict}, 0, simtest.Change{At: time.Minute}, simtest.Change{At: time.Minute + c.dark, Usable: true})
			assert.Equal(t, c.want, law.mailCount)
		})
	}
}

// foreseen is a talk whose law the test gets hold of.
type foreseen struct {
	sim.Talk
	predict func(sim.Viewer) sim.Machine
}

func (f foreseen) Predict(v sim.Viewer) sim.Machine { return f.predict(v) }

// What nobody took while the disk hung is queued, and delivered when it is due: nothing is lost.
func TestMailIsSentAgain(t *testing.T) {
	s := serving(t, "{on: hv1, disk: ds1, interval: 5ms, service: mail, guest: {timeout: never}}", false, new(Mail), "{from: isp, to: vms, interval: 20ms, timeout: 100ms}")
	s.stalls(t)
	require.Eventually(t, func() bool { return s.count().waiting > 5 }, 30*time.Second, time.Millisecond)
	assert.Zero(t, s.count().delayed)
	s.disk.Resume()
	s.client.Await(t, true)
	assert.False(t, s.talk.(sim.Errand).Due(0))
	assert.True(t, s.talk.(sim.Errand).Due(time.Hour))
	s.jump(mailFirst)
	require.Eventually(t, func() bool { c := s.count(); return c.delayed > 5 && c.waiting == 0 }, 30*time.Second, time.Millisecond)
	assert.GreaterOrEqual(t, s.count().longest, mailFirst)
	assert.Zero(t, s.count().bounced)
	require.Eventually(t, func() bool { return !s.talk.(sim.Errand).Due(time.Hour) }, 30*time.Second, time.Millisecond)
}

// counted is what has become of the mail of a sender, and how much waits.
type counted struct {
	mailCount
	waiting int
}

func (s *served) count() counted {
	m := s.talk.(*sender)
	m.mu.Lock()
	defer m.mu.Unlock()
	return counted{m.queue.mailCount, len(m.queue.waiting)}
}
