package model

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// streamer has a law for ways that lose, and sends so much.
type streamer struct {
	gambler
	offer sim.Offer
}

func (s streamer) Offers() sim.Offer { return s.offer }

// Where one frame is sent and none waits, as much is lost as Erlang says; where many may wait, what is too much; in between
// what a queue loses to which frames are really sent.
func TestOverflow(t *testing.T) {
	for _, load := range []float64{0.3, 0.9, 1.2, 3} {
		assert.InDelta(t, load/(1+load), overflow(load, 1), 1e-9)
	}
	assert.InDelta(t, 1-1/1.2, overflow(1.2, topology.QueueFrames), 1e-6)
	assert.Less(t, overflow(0.6, topology.QueueFrames), sim.Rare)
	assert.Zero(t, overflow(0, 8))
	for _, load := range []float64{0.6, 0.9, 1.2} {
		assert.InDelta(t, lostIn(load, 8), overflow(load, 8), 0.004, "at %v", load)
	}
}

// lostIn plays a queue of frames that take a second each.
func lostIn(load float64, frames int) float64 {
	dice := rand.New(rand.NewPCG(1, 1))
	const all = 500_000
	var sent []float64 // when those in the queue will be
	now, lost := 0.0, 0
	for range all {
		now += dice.ExpFloat64() / load
		for len(sent) > 0 && sent[0] <= now {
			sent = sent[1:]
		}
		switch {
		case len(sent) == frames:
			lost++
		case len(sent) == 0:
			sent = append(sent, now+1)
		default:
			sent = append(sent, sent[len(sent)-1]+1)
		}
	}
	return float64(lost) / all
}

// squeezed is a lab in which what hv2's link sends to hv2 in a second is limited, and queues hold eight frames.
func squeezed(t *testing.T, rate topology.Bitrate) *lab {
	l := newLab(t, "two-core", 2, Options{})
	queue := time.Duration(8*8*topology.FullFrame) * time.Second / time.Duration(rate)
	for _, p := range []string{"hv2:vmnic0", "hv2:vmnic1"} {
		l.set(t, 0, sim.Impaired{Port: l.env.Plant.Port(p).Peer(), Impairment: topology.Impairment{Rate: rate, Queue: queue}})
	}
	return l
}

// join starts a member that sends to hv2.
func (l *lab) join(t *testing.T, from string, talk func(sim.Flow) sim.Talk) *sim.Member {
	flow := sim.Flow{From: l.env.Plant.Node(from), To: l.env.Plant.Node("hv2"), OneWay: true}
	m := &sim.Member{Workload: &sim.Use{ID: from}, Talk: talk(flow)}
	m.Workload.Members = []*sim.Member{m}
	require.NoError(t, l.Start(m))
	return m
}

func sends(rate topology.Bitrate, scattered bool) func(sim.Flow) sim.Talk {
	return func(f sim.Flow) sim.Talk {
		return streamer{gambler{quiet{f}}, sim.Offer{There: rate, Scattered: scattered}}
	}
}

// Half the capacity and all the load: who was there before loses as much as who comes, and all is well when he is gone.
func TestWhatDoesNotFitIsLost(t *testing.T) {
	l := squeezed(t, 10*topology.Mbps)
	first := l.join(t, "hv1", sends(6*topology.Mbps, true))
	assert.InDelta(t, 4e-4, l.Odds(first).Share, 1e-4, "a queue of eight overflows now and then")
	assert.Zero(t, l.Odds(first).Delay)
	second := l.join(t, "hv3", sends(6*topology.Mbps, true))
	for _, m := range []*sim.Member{first, second} {
		o := l.Odds(m)
		assert.InDelta(t, overflow(1.2, 8), o.Share, 1e-9)
		assert.Empty(t, o.Lawless)
		assert.InDelta(t, 4.84, o.Delay.Seconds()*1000, 0.01, "half a queue of eight frames of 12112 bits at 10 Mbit/s")
		assert.Equal(t, o.Delay, o.Jitter)
	}
	l.set(t, time.Second, sim.Stage{Node: l.env.Plant.Node("hv3"), Stage: topology.Off})
	assert.InDelta(t, 4e-4, l.Odds(first).Share, 1e-4, "whoever is off sends nothing")
}

func TestWhatALinkLetThroughIsAllThatTheNextOneGets(t *testing.T) {
	l := squeezed(t, 5*topology.Mbps)
	queue := 8 * 8 * topology.FullFrame * time.Second / time.Duration(5*topology.Mbps)
	l.set(t, 0, l.impaired("hv1:vmnic0", topology.Impairment{Rate: 5 * topology.Mbps, Queue: queue}),
		l.impaired("hv1:vmnic1", topology.Impairment{Rate: 5 * topology.Mbps, Queue: queue}))
	m := l.join(t, "hv1", sends(10*topology.Mbps, true))
	assert.InDelta(t, topology.Either(overflow(2, 8), overflow(1, 8)), l.Odds(m).Share, 1e-9)
}

func TestWhoseFramesFindRoomMayHangOnTheirPhase(t *testing.T) {
	l := squeezed(t, 10*topology.Mbps)
	even := l.join(t, "hv1", sends(12*topology.Mbps, false))
	assert.Contains(t, l.Odds(even).Lawless, "streams at a steady beat")

	l = squeezed(t, 10*topology.Mbps)
	scattered := l.join(t, "hv1", sends(12*topology.Mbps, true))
	asks := l.join(t, "hv3", sends(topology.Kbps, false)) // every 10 ms; the queue is full for as long
	assert.Contains(t, l.Odds(asks).Lawless, "requests at a steady beat")
	assert.Empty(t, l.Odds(scattered).Lawless)
}

func TestOfWhomNobodyKnowsHowMuchHeSends(t *testing.T) {
	l := squeezed(t, 5*topology.Mbps)
	m := l.join(t, "hv1", gamble)
	assert.Contains(t, l.Odds(m).Lawless, "held back")
	l = squeezed(t, leastRate)
	assert.Zero(t, l.Odds(l.join(t, "hv1", gamble)))
}

// A way that is one of several equal ones may be taken by all or by nobody.
func TestNobodyKnowsWhichOfSeveralWaysIsFull(t *testing.T) {
	l := newLab(t, "leaf-spine:spines=2,leaves=2,hosts=1", 2, Options{})
	p := l.env.Plant
	for _, link := range p.Links {
		l.set(t, 0, sim.Impaired{Port: link.A, Impairment: topology.Impairment{Rate: 10 * topology.Mbps, Queue: 10 * time.Millisecond}},
			sim.Impaired{Port: link.B, Impairment: topology.Impairment{Rate: 10 * topology.Mbps, Queue: 10 * time.Millisecond}})
	}
	var hosts []*topology.Node
	for _, n := range p.Nodes {
		if n.Kind == topology.Host {
			hosts = append(hosts, n)
		}
	}
	require.NoError(t, l.loop.Run(context.Background(), time.Second, func() bool { return false }))
	m := &sim.Member{Workload: &sim.Use{ID: "m"}, Talk: sends(12*topology.Mbps, true)(sim.Flow{From: hosts[0], To: hosts[1], OneWay: true})}
	m.Workload.Members = []*sim.Member{m}
	require.NoError(t, l.Start(m))
	assert.Contains(t, l.Odds(m).Lawless, "equal paths")
}
