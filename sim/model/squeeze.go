package model

import (
	"math"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

const (
	// tight is the load, as a share of what a port carries, from which on its queue is hardly ever half empty. Chosen: at it
	// a queue of eight frames is so for one frame in seven.
	tight = 1.1
	// forgets is how many times its own length a queue takes until nothing is left in it of who came before: requests at a
	// steady beat that is longer find it as full as it is on average. Measured.
	forgets = 2
	// evenLoad is how much of what a port carries may come at steady beats, without a word lost on it. When more does, which
	// of the streams find room hangs on their phases (Floyd and Jacobson, On Traffic Phase Effects, 1991). Chosen.
	evenLoad = 0.1
	// leastRate is the rate from which on it makes no difference to those who only ask whether they are served: a hundred
	// conversations of a hundred small packets a second. Chosen.
	leastRate = 10 * topology.Mbps
	// rounds bounds how often loads are passed on from port to port. Each round brings them one port further.
	rounds = 16
)

// narrow is a port on a way that sends so much in a second and no more; split says that the way is one of several equal
// ones, so that it may be passed or not.
type narrow struct {
	port  int // its number
	split bool
}

// pressure is what a port has to send, as shares of what it can: at least and at most, and what comes at a steady beat.
// Unknown says that somebody passes it of whom nobody knows how much he sends.
type pressure struct {
	least, most, even float64
	unknown           bool
}

// squeeze works out what all members together have every narrow port carry, and tells the travellers of all ways that
// pass one what becomes of them.
func (w *World) squeeze() {
	if w.slowed == 0 {
		return
	}
	w.pressed = nil
	for range rounds {
		before := w.pressed
		if w.pressed = w.weigh(before); slices.Equal(before, w.pressed) {
			break
		}
	}
	for _, y := range w.ways {
		if len(y.narrow) > 0 {
			w.charge(y)
		}
	}
}

// weigh adds up what every port has to send, by its number, when those before it let through what they do by the loads
// that were found last. What does not arrive at all is not counted.
func (w *World) weigh(last []pressure) []pressure {
	sum := make([]pressure, len(w.impaired))
	for _, m := range w.members {
		y, travels := m.reach.(*way)
		if !travels || !y.usable {
			continue
		}
		stream, known := m.member.Talk.(sim.Stream)
		offer := sim.Offer{}
		if known {
			offer = stream.Offers()
		}
		for _, passes := range y.narrow {
			w.load(sum, last, passes[0], offer.There, offer.Scattered)
			w.load(sum, last, passes[1], offer.Back, offer.Scattered)
			for _, n := range slices.Concat(passes[0], passes[1]) {
				sum[n.port].unknown = sum[n.port].unknown || !known
			}
		}
	}
	return sum
}

// load adds what a member sends to the ports that it passes, one after the other.
func (w *World) load(sum, last []pressure, passes []narrow, rate topology.Bitrate, scattered bool) {
	least, most := float64(rate), float64(rate)
	for _, n := range passes {
		p, carries := &sum[n.port], float64(w.impaired[n.port].Rate)
		p.most += most / carries
		if !n.split {
			p.least += least / carries
		}
		if !scattered {
			p.even += most / carries
		}
		if last != nil {
			least, most = least/max(1, last[n.port].most), most/max(1, last[n.port].least)
		}
	}
}

// charge works out what a way takes now, and tells its travellers when that is not what it was.
func (w *World) charge(y *way) {
	was := y.fares
	y.fares = slices.Clone(y.plain)
	for i, passes := range y.narrow {
		w.hold(&y.fares[i].there, passes[0])
		w.hold(&y.fares[i].back, passes[1])
	}
	if !slices.ContainsFunc(y.fares, func(f fare) bool { return f != (fare{}) }) {
		y.fares = nil
	}
	if !slices.Equal(y.fares, was) {
		y.tellFares()
	}
}

// hold adds what full queues take: what does not fit is lost, whoever sent it, and what does waits for at least half of
// the queue.
func (w *World) hold(t *toll, passes []narrow) {
	if len(w.pressed) == 0 {
		return
	}
	for _, n := range passes {
		p, i := w.pressed[n.port], w.impaired[n.port]
		lost := overflow(p.most, i.Frames())
		switch {
		case p.unknown && i.Rate < leastRate:
			t.lawless = "frames on its way are held back"
		case lost < sim.Rare:
		case p.least != p.most:
			t.lawless = "which of several equal paths has to carry how much is not known"
		case p.even > evenLoad:
			t.lawless = "streams at a steady beat find room in a full queue, or none, by their phase"
		default:
			full := time.Duration(i.Frames()*8*topology.FullFrame) * time.Second / time.Duration(i.Rate)
			t.loss = [2]float64{topology.Either(t.loss[0], lost), topology.Either(t.loss[1], lost)}
			t.delay[1] += full
			t.full = max(t.full, full)
			if p.least >= tight {
				t.delay[0] += full / 2
			}
		}
	}
}

// longQueue is a queue beyond which more room makes no difference to what is lost, but for loads within a hundredth of what
// a port carries. Chosen.
const longQueue = 100

// overflow is the share of frames that find a queue full which holds so many, the one being sent among them, when frames
// of one length come at random moments and bring so much of what the port can send. It is the queue M/D/1/K, looked at
// whenever a frame has been sent (Takagi, Queueing Analysis 2, 5.1).
func overflow(load float64, frames int) float64 {
	if load <= 0 {
		return 0
	}
	frames = min(frames, longQueue)
	come := make([]float64, frames) // the chance that so many come while one is sent
	come[0] = math.Exp(-load)
	for k := 1; k < frames; k++ {
		come[k] = come[k-1] * load / float64(k)
	}
	left := make([]float64, frames) // how often so many are left behind, compared with none
	left[0] = 1
	sum := 1.0
	for k := range frames - 1 {
		next := left[k] - come[k]*left[0]
		for j := 1; j <= k; j++ {
			next -= left[j] * come[k-j+1]
		}
		left[k+1] = next / come[0]
		sum += left[k+1]
	}
	return max(0, 1-1/(load+1/sum))
}
