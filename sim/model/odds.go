package model

import (
	"cmp"
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// shortTrip is the longest round trip that leaves the laws of connections as they are: retransmission timers count from
// 200 ms and a round trip (tcp_rto_min), and the laws allow for a twentieth.
const shortTrip = 10 * time.Millisecond

// chance is what chance has done to a member so far, for its prediction.
type chance struct {
	odds   sim.Odds
	since  time.Duration // when the odds became so
	any    bool          // there were odds at all
	sum    sim.OddsData  // until since; without Loss and the least P99
	spells spells        // what these come from
}

// tellFares tells the travellers what the way takes.
func (y *way) tellFares() {
	for _, t := range y.travellers {
		t.fares(y.fares)
	}
}

// fares works out what chance does to the member from now on.
func (m *member) fares(all []fare) {
	m.draw(m.reckon(all))
}

// fares makes a datastore's guests lawless: which path is given up, and when, would hang on chance.
func (p *path) fares(all []fare) {
	for _, m := range p.store.guests {
		odds := sim.Odds{Lawless: m.world.lawless}
		if len(all) > 0 {
			odds.Lawless = fmt.Sprintf("a path of %s is impaired", p.store.conf)
		}
		m.draw(odds)
	}
}

// draw has other odds from now on.
func (m *member) draw(o sim.Odds) {
	if o == m.chance.odds || m.stopped {
		return
	}
	m.chance.add(m.Now())
	m.chance.odds, m.chance.any = o, true
	if m.world.opts.OnOdds != nil {
		m.world.opts.OnOdds(m.member, o)
	}
}

// reckon is what ways that take that much come to for the member.
func (m *member) reckon(all []fare) sim.Odds {
	o := sim.Odds{Lawless: m.world.lawless}
	var ways [][2]float64
	uneven, lossy, full := false, false, time.Duration(0)
	for i, f := range all {
		if m.member.Talk.Flow().OneWay {
			f.back = toll{}
		}
		least, most := f.there.delay[0]+f.back.delay[0], f.there.delay[1]+f.back.delay[1]
		if i == 0 || least < o.Delay {
			o.Delay = least
		}
		o.Jitter = max(o.Jitter, most-o.Delay)
		ways = append(ways, [2]float64{f.there.loss[1], f.back.loss[1]})
		uneven = uneven || f.there.loss[0] != f.there.loss[1] || f.back.loss[0] != f.back.loss[1]
		lossy = lossy || f.there.loss[1] > 0 || f.back.loss[1] > 0
		full = max(full, f.there.full, f.back.full)
		o.Lawless = cmp.Or(o.Lawless, f.there.lawless, f.back.lawless)
	}
	law, lawful := m.machine.(sim.Lossy)
	if lawful && len(ways) > 0 {
		o.Chance = law.Chance(ways)
	}
	switch {
	case full > 0 && !m.scattered() && o.Interval < forgets*full:
		o.Lawless = "requests at a steady beat find room in a full queue, or none, by their phase"
	case uneven:
		o.Lawless = "only some of several equal paths lose what is sent"
	case lossy && !lawful:
		o.Lawless = "there is no law for its kind over a way that loses"
	case o.Delay+o.Jitter > shortTrip && !o.Patient:
		o.Lawless = fmt.Sprintf("there is no law for its kind over a round trip of %s", o.Delay+o.Jitter)
	}
	return o
}

// scattered says whether the member sends at random moments.
func (m *member) scattered() bool {
	stream, ok := m.member.Talk.(sim.Stream)
	return ok && stream.Offers().Scattered
}

// add brings the odds up to now into the sum.
func (c *chance) add(now time.Duration) {
	from := max(0, c.since)
	c.since = now
	if now <= from {
		return
	}
	c.widen(now - from)
	c.count(now - from)
}

// count adds the requests of some time to the sum.
func (c *chance) count(lasted time.Duration) {
	if c.odds.Interval > 0 {
		c.sum.Requests += uint64(lasted / c.odds.Interval)
	}
}

// widen takes the present odds, which held for some time, into the least and the most that they ever were.
func (c *chance) widen(lasted time.Duration) {
	o, s := c.odds, &c.sum
	late := [2]time.Duration{max(o.Delay, o.Late), max(o.Delay+o.Jitter, o.Late)}
	if o.Late > 0 {
		late[1] += o.Longest
	}
	c.spells = append(c.spells, spellOf(o, lasted, late[0]))
	s.P99[1] = max(s.P99[1], sim.Seconds(late[1]))
	s.Longest = max(s.Longest, sim.Seconds(o.Longest))
	if s.Lawless == "" {
		s.Lawless = o.Lawless
	}
}

// tellOdds writes down what chance has done in all. What it does at the end counts, however short that was: a world that
// measures samples it, and longer than it lasted here.
func (m *member) tellOdds() {
	if !m.chance.any {
		return
	}
	m.chance.add(m.Now())
	if m.chance.odds != (sim.Odds{}) {
		m.chance.widen(0)
		m.chance.spells.last()
		m.chance.count(sim.SampleChance)
	}
	m.chance.sum.Loss, m.chance.sum.P99[0] = m.chance.spells.loss(), sim.Seconds(m.chance.spells.late())
	m.world.note(m.cause, m.member.Subject(), m.chance.sum)
}
