package model

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// World is a plant at work, as far as it can be worked out.
type World struct {
	env     sim.Env
	opts    Options
	lawless string // why nobody can say what becomes of anybody; empty when somebody can

	state
	bonds       []*bond
	segments    []*segment // by network
	trees       []*tree
	treesAt     map[*topology.Port][]*tree
	gateways    []*gateway
	routing     *routing
	volumes     map[*topology.Volume]*volume
	controllers map[*topology.Controller]bool    // whether it works
	latency     map[*topology.Node]time.Duration // of an array's disks, beyond what they always have
	loads       map[*topology.Node]*load         // of arrays whose speed is limited
	stores      map[*topology.Datastore]*store
	storing     []*store // in the order they were made
	ways        []*way
	byFlow      map[string]*way
	trips       map[*topology.Node][]trip // of what a node sends by itself: those at whose beginning it is
	members     []*member
	pressed     []pressure // by number of port: what members have it carry; nil while none carries only so much
	byMember    map[*sim.Member]*member
	residents   map[sim.Resident]*member

	stale   []*segment // what their gateways and routers have not been told yet
	touched ledger     // what the ways have not been told yet
	walks   int        // counts the times that a way was worked out
	seen    []int      // by key of the ledger: the latest walk that read it

	timer struct {
		at     time.Duration
		cancel func()
	}
}

// New makes a world in which everything is well.
func New(env sim.Env, opts Options) (*World, error) {
	if err := unsupported(env.Plant); err != nil {
		return nil, err
	}
	w := &World{env: env, opts: opts, lawless: Lawless(env.Plant), state: newState(env.Plant), byFlow: map[string]*way{}, trips: map[*topology.Node][]trip{}, loads: map[*topology.Node]*load{}, stores: map[*topology.Datastore]*store{}, byMember: map[*sim.Member]*member{},
		residents: map[sim.Resident]*member{}}
	w.timer.at, w.timer.cancel = proto.Never, func() {}
	for _, n := range env.Plant.Nodes {
		for _, b := range n.Bonds {
			w.addBond(b)
		}
	}
	for _, n := range env.Plant.Networks {
		w.segments = append(w.segments, newSegment(&w.state, n))
	}
	w.findBridges()
	w.addTrees()
	w.addVolumes()
	w.addGateways()
	w.routing = newRouting(w)
	keys := len(w.segments) + len(env.Plant.Nodes) + len(w.gateways)
	w.touched, w.seen = newLedger(keys), make([]int, keys)
	return w, nil
}

// Capabilities lists what the model has.
func (w *World) Capabilities() []sim.Capability {
	all := capabilities()
	if slices.ContainsFunc(w.bonds, func(b *bond) bool { return b.lacp != nil }) {
		all = append(all, emulated("802.3ad bonds", "by IEEE 802.1AX, between one bond of a switch and one of a host"))
	}
	if len(w.env.Impairs) > 0 {
		all = append(all, emulated("impaired links", "chance and distance are reckoned, for those that have a law of it"))
	}
	return all
}

// Set makes levels true, and works out what follows at this very instant.
func (w *World) Set(cause int, levels ...sim.Level) error {
	w.reportSkew(cause, levels)
	for _, l := range levels {
		if err := w.setLevel(cause, l); err != nil {
			return err
		}
	}
	w.settle()
	return nil
}

// Controls are the Holder and Routes levels as they stand.
func (w *World) Controls() []sim.Level {
	var levels []sim.Level
	for _, g := range w.gateways {
		levels = append(levels, g.levels()...)
	}
	return append(levels, w.routing.levels()...)
}

// Start begins a member's life.
func (w *World) Start(m *sim.Member) error {
	mem := &member{world: w, member: m}
	if resident, ok := m.Talk.(sim.Resident); ok {
		if err := w.house(mem, resident.Datastore()); err != nil {
			return err
		}
		w.residents[resident] = mem
	} else if err := w.travel(mem, m.Talk.Flow()); err != nil {
		return err
	}
	w.members = append(w.members, mem)
	w.byMember[m] = mem
	w.attend(mem)
	mem.machine = m.Talk.Predict(mem)
	if w.lawless != "" {
		mem.draw(sim.Odds{Lawless: w.lawless})
	}
	if y, ok := mem.reach.(*way); ok && y.fares != nil {
		mem.fares(y.fares)
	}
	mem.path(mem.reach.there(), 0)
	w.squeeze()
	return nil
}

// attend has a member look at a virtual machine, or be served by it, if it does.
func (w *World) attend(m *member) {
	switch talk := m.member.Talk.(type) {
	case sim.Watch:
		m.watched = w.byMember[m.member.Workload.Members[m.member.Index]]
	case sim.Client:
		m.watched, m.client = w.residents[talk.Server()], true
	}
	if m.watched != nil {
		m.watched.watches = append(m.watched.watches, m)
	}
}

// travel has a member talk over a way.
func (w *World) travel(m *member, f sim.Flow) error {
	way, err := w.wayOf(f)
	if err != nil {
		return err
	}
	m.reach = way
	way.travellers = append(way.travellers, m)
	return nil
}

// Err is nil: nothing goes wrong here that no method tells.
func (w *World) Err() error { return nil }

// Stop ends all members and logs what is known of them.
func (w *World) Stop() error {
	for _, m := range w.members {
		m.stop()
	}
	return nil
}

// Close ends everything.
func (w *World) Close() error {
	w.timer.cancel()
	return nil
}

// Served says whether a member is served at present, as predicted.
func (w *World) Served(m *sim.Member) bool {
	mem := w.byMember[m]
	return mem != nil && mem.served
}

// Agrees says whether a measurement of a member is what is predicted, or what the law leaves open at present.
func (w *World) Agrees(m *sim.Member, served bool) bool {
	mem := w.byMember[m]
	if mem == nil || mem.served == served {
		return mem != nil
	}
	doubtful, some := mem.machine.(sim.Doubtful)
	return w.Open(m) || some && !doubtful.Sure()
}

// Open says whether it is left open at present whether a member may use its way: it is whole, and those at its ends may not
// have found each other yet.
func (w *World) Open(m *sim.Member) bool {
	mem := w.byMember[m]
	return mem != nil && mem.reach.openAt(w.env.Loop.Now())
}

// Odds are what chance does to a member at present.
func (w *World) Odds(m *sim.Member) sim.Odds {
	if mem := w.byMember[m]; mem != nil {
		return mem.chance.odds
	}
	return sim.Odds{}
}

// Cause is what changed a member's way last; 0 while nothing has.
func (w *World) Cause(m *sim.Member) int {
	if mem := w.byMember[m]; mem != nil {
		return mem.cause
	}
	return 0
}

// Usable says whether a member's way is whole at present, there and back, and answered.
func (w *World) Usable(m *sim.Member) bool {
	mem := w.byMember[m]
	return mem != nil && mem.reach.whole() && mem.answered()
}

// Pending says whether time alone will change something: a bond's delay, a gateway's or a router's timer, a neighbour
// that is being resolved.
func (w *World) Pending() bool {
	for _, b := range w.bonds {
		if b.machine.Pending() {
			return true
		}
	}
	if w.Growing() {
		return true
	}
	for _, g := range w.gateways {
		if g.machine.Pending(g.hears) {
			return true
		}
	}
	for _, y := range w.ways {
		if y.usable != y.told || y.openAt(w.env.Loop.Now()) {
			return true
		}
	}
	for _, s := range w.storing {
		if s.pending() {
			return true
		}
	}
	return w.routing.machine.Pending()
}

// Lawless says why nobody can say what becomes of those who talk; empty where somebody can.
func (w *World) Lawless() string { return w.lawless }

// Growing says whether a spanning tree will change with time alone.
func (w *World) Growing() bool {
	return slices.ContainsFunc(w.trees, func(t *tree) bool { return t.machine.Pending() })
}

// Uncertain is how much earlier or later than in the middle of its phase the slowest protocol of the plant may do what it
// does; 0 where all of them speak every other second at least.
func (w *World) Uncertain() time.Duration {
	most := time.Duration(0)
	if w.env.Plant.Routing.Daemons {
		most = w.routing.machine.Uncertain()
	}
	for _, b := range w.bonds {
		if b.lacp != nil {
			most = max(most, b.lacp.Uncertain())
		}
	}
	return most
}

// settle lets everything happen that is due at this instant, and only then looks at the ways: what is repaired in the
// same instant was never broken.
func (w *World) settle() {
	now := w.env.Loop.Now()
	for again := true; again; again = w.next() <= now || len(w.stale) > 0 {
		w.stepBonds(now)
		w.stepTrees(now)
		w.tellStale(now)
		w.stepGateways(now)
		w.stepRoutes(now)
	}
	w.judgeWays(now)
	w.stepStores(now)
	w.arm()
}

// next is when the first of all machines wants to be stepped.
func (w *World) next() time.Duration {
	next := w.routing.machine.Next()
	for _, b := range w.bonds {
		next = min(next, b.machine.Next())
	}
	for _, t := range w.trees {
		next = min(next, t.machine.Next())
	}
	for _, g := range w.gateways {
		next = min(next, g.machine.Next())
	}
	return next
}

// nextOfAll is next, and when the first of the datastores wants to be stepped, which touch nothing else.
func (w *World) nextOfAll() time.Duration {
	next := w.next()
	for _, s := range w.storing {
		next = min(next, s.next())
	}
	return next
}

// arm has the loop call when the first machine is due.
func (w *World) arm() {
	next := w.nextOfAll()
	if next == w.timer.at {
		return
	}
	w.timer.cancel()
	w.timer.at, w.timer.cancel = next, func() {}
	if next == proto.Never {
		return
	}
	w.timer.cancel = w.env.Loop.At(next, func() {
		w.timer.at = proto.Never
		w.settle()
	})
}

// note writes an event, where there is a log, and returns what is to be given as the cause of what follows from it.
func (w *World) note(cause int, subject string, d sim.Data) int {
	if w.opts.Log == nil {
		return cause
	}
	return w.opts.Log.Add(cause, subject, d)
}

// control hands on levels that the control laws make true.
func (w *World) control(cause int, levels ...sim.Level) {
	if w.opts.OnControl != nil && len(levels) > 0 {
		w.opts.OnControl(cause, levels...)
	}
}

// nodeKey is a node's key in the ledger; a network's is its index, and virtual gateways come last.
func (w *World) nodeKey(n *topology.Node) int { return len(w.segments) + n.Index }
