package model

import (
	"cmp"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// toll is what a way takes of a packet one way: the chance that it is lost, and how late it gets. Of several equal paths
// a hash takes one, so both have a least and a most.
type toll struct {
	loss    [2]float64
	delay   [2]time.Duration
	full    time.Duration // what the longest of the queues that overflow holds
	lawless string        // why nobody knows what comes of it; empty where somebody does
}

// fare is what a way takes there and back.
type fare struct{ there, back toll }

// pay adds what a hop takes.
func (k *walk) pay(s *segment, from, to *topology.Interface) {
	if s.harmed == 0 {
		return
	}
	for _, p := range s.trail(from, to, k.origin) {
		number := s.number(p)
		i := s.impaired[number]
		for end := range 2 {
			k.toll.loss[end] = topology.Either(k.toll.loss[end], i.Loss)
		}
		k.toll.delay[0] += i.Delay - i.Jitter
		k.toll.delay[1] += i.Delay + i.Jitter
		if i.Corrupt > 0 {
			k.toll.lawless = "frames on its way are corrupted"
		}
		if i.Rate > 0 {
			k.narrow = append(k.narrow, narrow{number, k.split > 0})
		}
	}
}

// or is what either of two paths takes; some says whether there is a first at all.
func (t toll) or(o toll, some bool) toll {
	if !some {
		return o
	}
	return toll{
		loss:    [2]float64{min(t.loss[0], o.loss[0]), max(t.loss[1], o.loss[1])},
		delay:   [2]time.Duration{min(t.delay[0], o.delay[0]), max(t.delay[1], o.delay[1])},
		full:    max(t.full, o.full),
		lawless: cmp.Or(t.lawless, o.lawless),
	}
}

// trail lists the ports by which a frame leaves on its way from one interface to another that hears it.
func (s *segment) trail(from, to *topology.Interface, origin *topology.Node) []*topology.Port {
	if from == to {
		return nil
	}
	var ports []*topology.Port
	out, in := s.doorTo(from, to), s.doorOf(to, from)
	if out != nil {
		ports = append(ports, out)
		if out.Peer() == in {
			return ports
		}
	}
	enters, _ := s.entrance(from, out)
	leaves, _ := s.exit(to, in)
	ports = append(ports, s.between(enters, leaves, origin)...)
	if in != nil {
		ports = append(ports, in.Peer())
	}
	return ports
}

// between lists the ports by which a frame leaves on its way from one bridge to another.
func (s *segment) between(from, to int, origin *topology.Node) []*topology.Port {
	by := map[int]*topology.Port{from: nil}
	before := map[int]int{}
	for queue := []int{from}; len(queue) > 0; queue = queue[1:] {
		for _, t := range s.bridges[queue[0]].trunks {
			n := s.bridges[t.to].node
			if _, reached := by[t.to]; !reached && s.open(t.port) && s.serves(n) && !s.refuses(n, origin) {
				by[t.to], before[t.to] = t.port, queue[0]
				queue = append(queue, t.to)
			}
		}
	}
	var ports []*topology.Port
	for at := to; at != from && by[at] != nil; at = before[at] {
		ports = append(ports, by[at])
	}
	slices.Reverse(ports)
	return ports
}
