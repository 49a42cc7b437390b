package model

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// way is what one or more members talk over: from one node to another and back.
type way struct {
	pairs      []pair // any one of them is enough
	oneWay     bool   // nothing comes back by it
	reads      []int  // what the answer rests on, as keys of the ledger
	travellers []traveller

	usable bool          // it is whole
	plain  []fare        // what its pairs that are whole take by themselves; nil while nothing is impaired
	narrow [][2][]narrow // the ports that these pairs pass and that carry only so much, there and back; nil where none does
	fares  []fare        // with what is lost there for want of room; nil: nothing is taken
	told   bool          // what the members were told: a whole way may still have to be resolved
	gone   time.Duration
	open   time.Duration // until when it is left open whether those who find it whole have found each other
	cause  int           // of the latest change
	cancel func()
}

// traveller is somebody who uses a way, and is told when it comes and goes: a member, a path of a datastore.
type traveller interface {
	path(usable bool, cause int)
	// fares tells what the way takes from now on of what is sent; nil: nothing.
	fares(all []fare)
}

// there says whether its travellers may use it, and whole whether it is whole: it may still have to be resolved.
func (y *way) there() bool { return y.told }
func (y *way) whole() bool { return y.usable }

// openAt says whether it is left open at a moment whether they may use it.
func (y *way) openAt(now time.Duration) bool { return y.usable && now < y.open }

// pair is a way there and the way back.
type pair struct{ there, back trip }

// trip is where a packet begins and what it is addressed to.
type trip struct {
	from *topology.Node
	to   destination
	by   *topology.Interface // by which it leaves, if only that will do; nil: as routing has it
}

// destination is an address: an interface's, or a node's loopback.
type destination struct {
	node   *topology.Node
	tap    *topology.Interface // nil: the loopback
	prefix int                 // in the routers' tables; proto.None: they have no route of its own for it
}

// wayOf finds or makes the way of a flow; members that talk between the same nodes share it.
func (w *World) wayOf(f sim.Flow) (*way, error) {
	key := fmt.Sprint(f.From.Index, " ", f.To.Index, " ", f.OneWay)
	for _, n := range f.Networks {
		key = fmt.Sprint(key, " ", n.Index)
	}
	if y := w.byFlow[key]; y != nil {
		return y, nil
	}
	pairs := w.pairs(f)
	if len(pairs) == 0 {
		return nil, fmt.Errorf("find a way from %s to %s: one of them has no address", f.From.ID, f.To.ID)
	}
	y := w.addWay(pairs, f.OneWay)
	w.byFlow[key] = y
	return y, nil
}

func (w *World) addWay(pairs []pair, oneWay bool) *way {
	y := &way{pairs: pairs, oneWay: oneWay, open: -sim.Never, cancel: func() {}}
	y.usable = w.whole(y)
	y.told = y.usable
	w.charge(y)
	w.ways = append(w.ways, y)
	for _, p := range pairs {
		w.trips[p.there.from] = append(w.trips[p.there.from], p.there)
	}
	return y
}

// wayBetween makes the way from one interface to another of the same network.
func (w *World) wayBetween(from, to *topology.Interface) *way {
	there, _ := w.destination(to.Node, to)
	back, _ := w.destination(from.Node, from)
	return w.addWay([]pair{{there: trip{from.Node, there, from}, back: trip{to.Node, back, to}}}, false)
}

// pairs lists the ways that a flow may take.
func (w *World) pairs(f sim.Flow) []pair {
	if len(f.Networks) == 0 {
		return w.pair(f, nil)
	}
	var all []pair
	for _, n := range f.Networks {
		all = append(all, w.pair(f, n)...)
	}
	return all
}

// pair is the way there and back by a network; on nil, by whatever routing gives. None when a node has no address.
func (w *World) pair(f sim.Flow, on *topology.Network) []pair {
	to, ok := w.destination(f.To, f.To.Interface(on))
	if !ok {
		return nil
	}
	source := f.From.Interface(on)
	if source == nil && to.tap != nil {
		source = f.From.Interface(to.tap.Network)
	}
	from, ok := w.destination(f.From, source)
	if !ok {
		return nil
	}
	return []pair{{there: trip{from: f.From, to: to}, back: trip{from: f.To, to: from}}}
}

// destination is a node's address: the one of the given interface; on nil, the one by which others reach it.
func (w *World) destination(n *topology.Node, tap *topology.Interface) (d destination, ok bool) {
	switch {
	case tap != nil:
	case n.Loopback.IsValid():
		return destination{n, nil, w.routing.machine.Tables().Prefix(host(n.Loopback))}, true
	default:
		tap = n.Primary()
	}
	if tap == nil {
		return destination{}, false
	}
	return destination{n, tap, w.routing.machine.Tables().Prefix(tap.Network.Subnet.Masked())}, true
}

// whole works out whether a way is whole, and what that rests on. Where only some of several equal paths work, it
// depends on which one the way's hash chose: it is whole in the earlier half of all phases.
func (w *World) whole(y *way) bool {
	w.walks++
	k := walk{World: w, reads: y.reads[:0], oneWay: y.oneWay}
	best := no
	y.plain, y.narrow = nil, nil
	for _, p := range y.pairs {
		arrives := k.take(p.there)
		f, passes := fare{there: k.toll}, [2][]narrow{k.narrow}
		back := k.take(p.back)
		f.back, passes[1] = k.toll, k.narrow
		if !y.oneWay {
			arrives = min(arrives, back)
		}
		if best = max(best, arrives); arrives > no && w.harmed > 0 {
			y.plain = append(y.plain, f)
			y.narrow = append(y.narrow, passes)
		}
	}
	y.reads = k.reads
	return best == yes || best == maybe && w.env.Phase < 0.5
}

// judgeWays looks again at every way that rests on something that has changed.
func (w *World) judgeWays(now time.Duration) {
	if len(w.touched.keys) == 0 {
		return
	}
	for _, y := range w.ways {
		if cause, changed := w.touched.among(y.reads); changed {
			w.judge(now, y, cause)
		}
	}
	w.touched.clear()
	w.squeeze()
}

func (w *World) judge(now time.Duration, y *way, cause int) {
	was := y.usable
	y.usable = w.whole(y)
	w.charge(y)
	if y.usable == was {
		return
	}
	y.cause = cause
	y.cancel()
	y.cancel = func() {}
	switch {
	case !y.usable && !y.told: // it had not been resolved yet
	case !y.usable:
		y.gone = now
		y.tell(false)
	default:
		w.resume(now, y)
	}
}

// tell tells the travellers.
func (y *way) tell(usable bool) {
	y.told = usable
	for _, t := range y.travellers {
		t.path(usable, y.cause)
	}
}
