package proto

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// Routes is the routing law of a fabric: when a change is noticed, and when the tables follow.
//
//   - An edge that an end sees go by its own carrier is noticed at once, by both ends: a one-way link counts for
//     nothing in the shortest path calculation (RFC 2328, 16.1, step 2b).
//   - An edge that falls silent is noticed Hold after the last hello; when that was is not known to within one Hello.
//   - An edge that works again is noticed within Reconnect: with the next hello, or when a session is open again.
//   - A prefix that a router gains or loses is noticed at once.
//   - Convergence after anything is noticed, all routers have new tables.
//
// Where daemons do it, they may lose a silent neighbour an early share of Hold sooner, and converge at once.
type Routes struct {
	law      topology.Routing
	phase    float64
	unheard  time.Duration // how much sooner than Hold a silent neighbour may be lost
	converge time.Duration
	tables   *Tables
	edges    []fact
	own      []fact // origins
	coming   []change
}

// early is how much of a hold time a daemon may fall short of: timers are counted up to a quarter short, so that many do
// not fall on one instant (RFC 4271 section 10, RFC 5880 6.8.7), and BIRD does so with the hold timer, too.
const early = 0.25

// fact is something that is or is not present, as the routers believe it and as they will after all that is coming.
type fact struct{ known, next bool }

// change is a fact on its way into the tables.
type change struct {
	fact    *fact
	present bool
	noticed time.Duration
	at      time.Duration
	cause   int
}

// NewRoutes makes the routes of a fabric of which everything is present and known. Phase is where the moments fall that
// are not known: 0 gives the earliest changes, 1 the latest.
func NewRoutes(f *Fabric, law topology.Routing, phase float64) *Routes {
	r := &Routes{law: law, phase: phase, tables: NewTables(f), unheard: law.Hello, converge: law.Convergence}
	if law.Daemons {
		r.unheard += part(early, law.Hold)
		r.converge = part(phase, law.Convergence)
	}
	r.edges = slices.Repeat([]fact{{true, true}}, len(f.Edges))
	r.own = slices.Repeat([]fact{{true, true}}, len(f.Origins))
	r.compute()
	return r
}

// Edge tells whether two routers can hear each other, both ways, and when they cannot, whether one of them sees it by
// its own carrier. Cause is handed back by Step.
func (r *Routes) Edge(now time.Duration, edge int, present, carrierLost bool, cause int) {
	notice := now
	switch {
	case present:
		notice += part(r.phase, r.law.Reconnect)
	case !carrierLost:
		notice += max(0, r.law.Hold-part(1-r.phase, r.unheard))
	}
	r.tell(now, &r.edges[edge], present, notice, cause)
}

// Origin tells whether a router has a prefix of its own.
func (r *Routes) Origin(now time.Duration, origin int, present bool, cause int) {
	r.tell(now, &r.own[origin], present, now, cause)
}

// Next is when the routes want to be stepped; Never when no change is on its way.
func (r *Routes) Next() time.Duration {
	if len(r.coming) == 0 {
		return Never
	}
	return r.coming[0].at
}

// Step brings what is due into the tables. It says, by router, how many prefixes changed (nil: none), and the latest cause.
func (r *Routes) Step(now time.Duration) (changed []int, cause int) {
	moved := false
	for len(r.coming) > 0 && r.coming[0].at <= now {
		c := r.coming[0]
		r.coming = r.coming[1:]
		moved = moved || c.fact.known != c.present
		c.fact.known = c.present
		cause = max(cause, c.cause)
	}
	if !moved {
		return nil, cause
	}
	return r.compute(), cause
}

// Pending says whether a change is on its way into the tables.
func (r *Routes) Pending() bool {
	return slices.ContainsFunc(r.coming, func(c change) bool { return c.fact.known != c.present })
}

// Uncertain is how much earlier or later than in the middle of its phase anything may be noticed.
func (r *Routes) Uncertain() time.Duration {
	return max(r.unheard, r.law.Reconnect, r.law.Convergence) / 2
}

// Tables are the tables as they stand.
func (r *Routes) Tables() *Tables { return r.tables }

// Table is a router's table as a level.
func (r *Routes) Table(router int) sim.Routes {
	return sim.Routes{Node: r.tables.fabric.Routers[router].Node, Routes: r.tables.Routes(router)}
}

func (r *Routes) compute() []int {
	return r.tables.Compute(
		func(edge int) bool { return r.edges[edge].known },
		func(origin int) bool { return r.own[origin].known },
	)
}

func part(share float64, of time.Duration) time.Duration { return time.Duration(share * float64(of)) }

// tell schedules what becomes of a fact. A change that nobody has noticed yet is forgotten when it is undone, and
// noticed sooner when there is reason to.
func (r *Routes) tell(now time.Duration, f *fact, present bool, notice time.Duration, cause int) {
	last := r.unnoticed(now, f)
	switch {
	case f.next == present && (last == None || r.coming[last].noticed <= notice):
		return
	case last != None:
		r.coming = slices.Delete(r.coming, last, last+1)
		if f.next != present {
			f.next = present
			return
		}
	}
	f.next = present
	r.schedule(change{f, present, notice, notice + r.converge, cause})
}

// unnoticed finds the change of a fact that nobody has noticed yet; None without one. At this very instant counts as not yet.
func (r *Routes) unnoticed(now time.Duration, f *fact) int {
	return slices.IndexFunc(r.coming, func(c change) bool { return c.fact == f && c.noticed >= now && c.present == f.next })
}

// schedule keeps what is coming in order of time.
func (r *Routes) schedule(c change) {
	at := len(r.coming)
	for at > 0 && r.coming[at-1].at > c.at {
		at--
	}
	r.coming = slices.Insert(r.coming, at, c)
}
