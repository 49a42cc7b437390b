package sim

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/dcdrill/dcdrill/topology"
)

// Hardware is the physical state of the plant: power, boots, cables, optics.
// It counts what is wrong with each part, works out the levels that follow, and
// tells the world those that changed, all of one instant together.
type Hardware struct {
	env   Env
	world World

	devices  map[*topology.Node]*device
	sockets  map[*topology.Port]*socket
	cables   map[*topology.Link]*cable
	feeds    map[string]*int
	deadFeed map[string]bool
	pairs    map[*topology.Node]*topology.Pair
	refusals map[[2]*topology.Node]*int
	refused  map[[2]*topology.Node]bool
	guards   []*guard
	san      sanState

	waiting []*wait
	hidden  []hidden

	hold int // while positive, changes gather
	err  error
}

// device is a node's power and how far it has come.
type device struct {
	node     *topology.Node
	powerOff int
	stage    topology.Stage
	cancel   func() // the next step of its boot
	cause    int    // the latest event about it
	held     bool   // host-facing ports are kept without carrier by its pair
	seeking  bool   // it is done with peering and has not found its peer
}

// socket is a port and the transceiver in it.
type socket struct {
	port   *topology.Port
	dark   int
	optics []*opticFault
	shut   []*reason // at its own node
	// lacks are the reasons why it does not let a network through; lacking are those networks, as the world was told.
	lacks   map[*topology.Network][]*reason
	lacking []*topology.Network
	up      bool // carrier, as the world was told
	gone    bool // dark, as the world was told
	// impairments are those of faults; impaired is what the world was told of these and the link's own.
	impairments []*topology.Impairment
	impaired    topology.Impairment
}

// cable is a link between two sockets.
type cable struct {
	pulls       []*reason
	errDisabled int
	guard       *guard
}

// reason is one of those why a cable is unplugged, a port is shut or lacks a VLAN. A change of configuration can be rolled back.
type reason struct{ change bool }

// opticFault is one thing that is wrong with a transceiver. Seat says that it is cured by taking it out and putting it
// in again.
type opticFault struct {
	latent, seat bool
	cause        int
}

// NewHardware makes a plant in which everything is well.
func NewHardware(env Env, world World) *Hardware {
	h := &Hardware{
		env: env, world: world,
		devices: map[*topology.Node]*device{}, sockets: map[*topology.Port]*socket{}, cables: map[*topology.Link]*cable{},
		feeds: map[string]*int{}, deadFeed: map[string]bool{}, pairs: map[*topology.Node]*topology.Pair{},
		refusals: map[[2]*topology.Node]*int{}, refused: map[[2]*topology.Node]bool{}, san: newSanState(env.Plant),
	}
	for _, n := range env.Plant.Nodes {
		h.devices[n] = &device{node: n, stage: topology.Forwarding}
		for _, p := range n.Ports {
			h.sockets[p] = &socket{port: p, up: true, impaired: p.Link.Impairment, lacks: lackOf(p), lacking: slices.Clone(p.Lacks)}
		}
	}
	for _, l := range env.Plant.Links {
		h.cables[l] = &cable{}
	}
	for _, g := range env.Plant.Groups {
		for _, n := range g.Nodes {
			if g.Pair != nil {
				h.pairs[n] = g.Pair
			}
		}
		h.guard(g)
	}
	return h
}

// wait is somebody who wants to know when nodes are in service.
type wait struct {
	nodes []*topology.Node
	do    func()
}

// await has do called by the loop once all the nodes are in service, after the change that made them so is complete.
// Cancel may be called at any time.
func (h *Hardware) await(nodes []*topology.Node, do func()) (cancel func()) {
	w := &wait{nodes: nodes, do: do}
	h.waiting = append(h.waiting, w)
	return func() { w.do = nil }
}

// wake calls those whose nodes are all in service.
func (h *Hardware) wake() {
	serving := func(n *topology.Node) bool { return h.devices[n].stage == topology.Forwarding }
	h.waiting = slices.DeleteFunc(h.waiting, func(w *wait) bool {
		if w.do != nil && !all(w.nodes, serving) {
			return false
		}
		if w.do != nil {
			h.env.Loop.After(0, func() { w.call() })
		}
		return true
	})
}

func (w *wait) call() {
	if w.do != nil {
		w.do()
	}
}

func all[T any](items []T, ok func(T) bool) bool {
	return !slices.ContainsFunc(items, func(x T) bool { return !ok(x) })
}

// Err is the first error of the world, which ends the run.
func (h *Hardware) Err() error { return h.err }

// Stage is how far a node has come.
func (h *Hardware) Stage(n *topology.Node) topology.Stage { return h.devices[n].stage }

// Carrier says whether a port has a carrier.
func (h *Hardware) Carrier(p *topology.Port) bool { return h.sockets[p].up }

// holds says whether a level is what the world was told last.
func (h *Hardware) holds(l Level) bool {
	switch l := l.(type) {
	case Carrier:
		return h.sockets[l.Port].up == l.Up
	case Dark:
		return h.sockets[l.Port].gone == l.On
	case Stage:
		return h.devices[l.Node].stage == l.Stage
	case Refuse:
		return h.refused[[2]*topology.Node{l.At, l.From}] == l.On
	case Allowed:
		return h.Allows(l.Port, l.Network) == l.On
	}
	return false
}

func (h *Hardware) device(n *topology.Node) *device { return h.devices[n] }
func (h *Hardware) socket(p *topology.Port) *socket { return h.sockets[p] }
func (h *Hardware) cable(l *topology.Link) *cable   { return h.cables[l] }

func (h *Hardware) feed(name string) *int {
	if h.feeds[name] == nil {
		h.feeds[name] = new(int)
	}
	return h.feeds[name]
}

func (h *Hardware) refusal(at, from *topology.Node) *int {
	key := [2]*topology.Node{at, from}
	if h.refusals[key] == nil {
		h.refusals[key] = new(int)
	}
	return h.refusals[key]
}

// apply works out what changed since the last time and tells the log and the world.
func (h *Hardware) apply(cause int) {
	if h.hold > 0 || h.err != nil {
		return
	}
	var b batch
	h.applyFeeds(cause, &b)
	h.applyPower(cause, &b)
	h.applyPairs(cause, &b)
	h.applyArrays(cause, &b)
	h.applyGuards(cause, &b)
	h.applySockets(cause, &b)
	h.applyRefusals(cause, &b)
	h.tell(cause, b)
}

// batch is what changes at one instant.
type batch struct {
	levels []Level
	stages map[*topology.Node]int // events of this instant, as causes of what follows from them
	feeds  map[string]int
}

func (b *batch) stage(n *topology.Node, seq int) {
	if b.stages == nil {
		b.stages = map[*topology.Node]int{}
	}
	b.stages[n] = seq
}

func (h *Hardware) applyFeeds(cause int, b *batch) {
	b.feeds = map[string]int{}
	for _, name := range sortedKeys(h.feeds) {
		if dead := *h.feeds[name] > 0; dead != h.deadFeed[name] {
			h.deadFeed[name] = dead
			b.feeds[name] = h.env.Log.Add(cause, name, PowerData{Live: !dead})
			h.proveFeed(name, b.feeds[name])
		}
	}
}

// proveFeed says which nodes live on although their feed is dead: without it, a feed whose loss harms nobody would
// leave no trace of having been lost.
func (h *Hardware) proveFeed(name string, cause int) {
	var living []string
	for _, n := range h.env.Plant.Nodes {
		if slices.Contains(n.Feeds, name) && h.deadFeed[name] && h.powered(h.devices[n]) {
			living = append(living, n.ID)
		}
	}
	if len(living) > 0 {
		evidence := fmt.Sprintf("feed %s is dead, %s live on by another", name, strings.Join(living, ", "))
		h.env.Log.Add(cause, name, ProofData{Evidence: evidence})
	}
}

func (h *Hardware) applyPower(cause int, b *batch) {
	for _, n := range h.env.Plant.Nodes {
		d := h.devices[n]
		powered := h.powered(d)
		switch {
		case !powered && d.stage > topology.Off:
			h.lose(d, causeOfPower(n, cause, b), b)
		case powered && d.stage == topology.Off:
			h.advance(d, topology.SelfTest, causeOfPower(n, cause, b), b)
		}
	}
}

func causeOfPower(n *topology.Node, cause int, b *batch) int {
	for _, f := range n.Feeds {
		if seq := b.feeds[f]; seq != 0 {
			return seq
		}
	}
	return cause
}

func (h *Hardware) powered(d *device) bool {
	if d.powerOff > 0 {
		return false
	}
	live := func(feed string) bool { return !h.deadFeed[feed] }
	return len(d.node.Feeds) == 0 || slices.ContainsFunc(d.node.Feeds, live)
}

// lose is power loss: abrupt, and the moment when latent optics turn out to be dead, those at the far ends too.
func (h *Hardware) lose(d *device, cause int, b *batch) {
	h.enter(d, topology.Off, cause, "", b)
	d.held = false
	for _, p := range d.node.Ports {
		h.reveal(p)
		h.reveal(p.Peer())
	}
}

// reveal is the moment when latent faults of a transceiver show: its link has to come up anew, because the node at
// either end lost power.
func (h *Hardware) reveal(p *topology.Port) {
	for _, o := range h.sockets[p].optics {
		if o.latent {
			o.latent = false
			h.env.Log.Add(o.cause, p.String(), OpticData{State: "dead"})
			h.hidden = append(h.hidden, hidden{p, o.cause})
		}
	}
}

// hidden is a dead transceiver that nothing shows yet, since its port would have no carrier anyway.
type hidden struct {
	port  *topology.Port
	cause int
}

// expose has the world look at ports that stay without carrier when their nodes come up: only that shows that their
// transceivers are dead.
func (h *Hardware) expose() {
	h.hidden = slices.DeleteFunc(h.hidden, func(x hidden) bool {
		if h.lightless(x.port.Node) || h.lightless(x.port.Peer().Node) {
			return false
		}
		if h.sockets[x.port].dead() && x.port.Link.FaultSignalling {
			h.witness(x.cause, []Level{Carrier{x.port, false}})
		}
		return true
	})
}

// lightless says whether a node's ports have no light yet.
func (h *Hardware) lightless(n *topology.Node) bool { return h.devices[n].stage < topology.PortsUp }

// enter puts a device at a stage.
func (h *Hardware) enter(d *device, s topology.Stage, cause int, why string, b *batch) {
	if d.cancel != nil {
		d.cancel()
		d.cancel = nil
	}
	d.stage, d.seeking = s, false
	d.cause = h.env.Log.Add(cause, d.node.ID, StageData{Stage: s.String(), Why: why})
	b.stage(d.node, d.cause)
	b.levels = append(b.levels, Stage{d.node, s})
}

// applySockets works out every port's carrier and darkness.
func (h *Hardware) applySockets(cause int, b *batch) {
	for _, l := range h.env.Plant.Links {
		for _, p := range l.Ends() {
			s := h.sockets[p]
			if up, why := h.carrier(p); up != s.up {
				s.up = up
				h.env.Log.Add(b.causeOf(p, cause), p.String(), CarrierData{Up: up, Why: why})
				b.levels = append(b.levels, Carrier{p, up})
			}
			if gone := h.dark(p); gone != s.gone {
				s.gone = gone
				h.env.Log.Add(cause, p.String(), DarkData{On: gone})
				b.levels = append(b.levels, Dark{p, gone})
			}
			if is := s.impairment(); is != s.impaired {
				s.impaired = is
				h.env.Log.Add(cause, p.String(), impairData(is))
				b.levels = append(b.levels, Impaired{p, is})
			}
			h.applyVLANs(cause, p, b)
		}
	}
}

// causeOf puts a port's change down to what its own or its peer's node did at this instant, else to the given cause.
func (b *batch) causeOf(p *topology.Port, cause int) int {
	for _, n := range []*topology.Node{p.Node, p.Peer().Node} {
		if seq := b.stages[n]; seq != 0 {
			return seq
		}
	}
	return cause
}

// carrier says whether a port has one, and if not, why.
func (h *Hardware) carrier(p *topology.Port) (up bool, why string) {
	peer := p.Peer()
	c := h.cables[p.Link]
	switch {
	case h.devices[p.Node].stage < topology.PortsUp:
		return false, p.Node.ID + " is " + h.devices[p.Node].stage.String()
	case h.devices[peer.Node].stage < topology.PortsUp:
		return false, peer.Node.ID + " is " + h.devices[peer.Node].stage.String()
	case h.controllerDead(p) || h.controllerDead(peer):
		return false, "its controller is dead"
	case c.errDisabled > 0:
		return false, "err-disabled"
	case len(c.pulls) > 0:
		return false, "unplugged"
	case len(h.sockets[p].shut) > 0 || len(h.sockets[peer].shut) > 0:
		return false, "shut"
	case h.held(p) || h.held(peer):
		return false, "held by its pair"
	case h.sockets[peer].dead():
		return false, "no light from " + peer.String()
	case h.sockets[p].dead() && p.Link.FaultSignalling:
		return false, "fault signalled by " + peer.String()
	case c.guard != nil && c.guard.tripped:
		return false, "too few links of " + c.guard.group.ID
	}
	return true, ""
}

// dark says whether frames leaving the port are lost: a fault says so, or its laser is dead and nobody noticed.
func (h *Hardware) dark(p *topology.Port) bool {
	s := h.sockets[p]
	return s.dark > 0 || s.dead() && !p.Link.FaultSignalling
}

// impairment is what its link and all faults together do to frames that leave it.
func (s *socket) impairment() topology.Impairment {
	all := s.port.Link.Impairment
	for _, i := range s.impairments {
		all = all.And(*i)
	}
	return all
}

func (s *socket) dead() bool {
	return slices.ContainsFunc(s.optics, func(o *opticFault) bool { return !o.latent })
}

func (s *socket) removeOptic(o *opticFault) {
	s.optics = slices.DeleteFunc(s.optics, func(x *opticFault) bool { return x == o })
}

func (h *Hardware) applyRefusals(cause int, b *batch) {
	var changed [][2]*topology.Node
	for key, count := range h.refusals {
		if (*count > 0) != h.refused[key] {
			changed = append(changed, key)
		}
	}
	sort.Slice(changed, func(i, j int) bool {
		x, y := changed[i], changed[j]
		return x[0].Index < y[0].Index || x[0] == y[0] && x[1].Index < y[1].Index
	})
	for _, key := range changed {
		on := *h.refusals[key] > 0
		h.refused[key] = on
		h.env.Log.Add(cause, key[0].ID, RefuseData{From: key[1].ID, On: on})
		b.levels = append(b.levels, Refuse{key[0], key[1], on})
	}
}

// tell gives the world the levels of one instant, then asks it to look whether they are so.
func (h *Hardware) tell(cause int, b batch) {
	if len(b.levels) == 0 {
		return
	}
	err := h.world.Set(cause, b.levels...)
	switch {
	case errors.Is(err, ErrUnsupported):
		h.env.Log.Add(cause, "", UnsupportedData{What: err.Error()})
	case err != nil:
		h.err = err
	default:
		h.witness(cause, b.levels)
		h.expose()
	}
	h.wake()
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
