package workload

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

const (
	// demandSize is a datagram of a stream that plays a demand: as much as a packet of 1,500 octets holds, of IPv6 as well.
	demandSize = 1452
	// headers of UDP (RFC 768) and Ethernet; those of IPv4 (RFC 791) and IPv6 (RFC 8200) differ.
	udpHeaders, ipv4Header, ipv6Header = 8 + 14, 20, 40
	// shortestDemand and longestDemand are from one datagram to the next: more often costs too much of a machine, and more
	// seldom says too little of what is lost. Chosen.
	shortestDemand, longestDemand = time.Millisecond, 100 * time.Millisecond
)

// Carrier is a workload that can play a demand: each of its members really sends as much.
type Carrier interface {
	// Carry has each member send at that rate, headers included.
	Carry(rate topology.Bitrate) error
}

// Carry has datagrams follow each other at the rate, scattered.
func (u *UDP) Carry(rate topology.Bitrate) error {
	if u.Interval != 0 {
		return fmt.Errorf("interval is %s: a stream that plays its demand has the interval that follows", u.Interval)
	}
	u.Size, u.scattered = orInt(u.Size, demandSize), true
	u.Interval = time.Duration(float64(u.frame()) / float64(rate) * float64(time.Second))
	if u.Interval < shortestDemand || u.Interval > longestDemand {
		return fmt.Errorf("at %s a datagram of %d octets is due every %s: choose a scale that makes it %s to %s", rate, u.Size, u.Interval.Round(time.Microsecond), shortestDemand, longestDemand)
	}
	return nil
}

// frame is how many bits a datagram is on the wire.
func (u *UDP) frame() int { return frameOf(u.Size, u.Family == ipv6) }

func frameOf(size int, ipv6 bool) int {
	if ipv6 {
		return 8 * (size + udpHeaders + ipv6Header)
	}
	return 8 * (size + udpHeaders + ipv4Header)
}

// Offers implements sim.Stream.
func (s *stream) Offers() sim.Offer {
	return sim.Offer{There: rateOf(s.size, s.flow.IPv6, s.interval), Scattered: s.scattered}
}

// Offers implements sim.Stream. ICMP's header and UDP's are equally long.
func (r *reach) Offers() sim.Offer {
	rate := rateOf(8, r.flow.IPv6, r.interval)
	return sim.Offer{There: rate, Back: rate}
}

func rateOf(size int, ipv6 bool, interval time.Duration) topology.Bitrate {
	return topology.Bitrate(float64(frameOf(size, ipv6)) / interval.Seconds())
}
