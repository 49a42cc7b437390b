package workload

import "time"

// What Linux does with what is not acknowledged (net/ipv4/tcp_timer.c, include/net/tcp.h; Documentation/networking/
// ip-sysctl.rst, tcp_retries2 and tcp_syn_retries). On a network with a round trip below a millisecond the timeout
// begins at its least.
const (
	rtoMin = 200 * time.Millisecond // TCP_RTO_MIN
	rtoMax = 120 * time.Second      // TCP_RTO_MAX
	// retries2 retransmissions are made before a connection is given up: 924.6 s after the first segment was lost.
	retries2 = 15
	// synTimeout is the first timeout of a connection request (TCP_TIMEOUT_INIT, RFC 6298 2.1); it doubles too.
	synTimeout = time.Second
	// probeSlack is how much later all retransmissions are when a tail loss probe went out first: it is sent with the
	// second segment of a stall and starts the timer anew (RFC 8985 7).
	probeSlack = 110 * time.Millisecond
	// coarse is how much longer a timeout can be than computed: it is counted in whole jiffies, of 10 ms at most.
	coarse = 1.05
	// neighbourGone is when a sender may know that its neighbour, or a router that its own, does not answer: three
	// questions a second apart (RFC 4861 10). From then on every lost segment comes back as unreachable, which takes the
	// back-off back (RFC 6069): it is sent again every three seconds (measured: 3.07 s), and may be at any moment. A router
	// that is new to the way does not know its neighbour from the beginning: it holds what is sent until that one answers,
	// or says where it is as bonds do that have moved (RFC 4861, 7.2.2), and sends it on at that moment (measured).
	neighbourGone = 3 * time.Second
)

// retransmissions are the times, after a segment was lost, at which it is sent again, and last the time at which the
// connection is given up.
var retransmissions = backOff(rtoMin, retries2+1)

// backOff lists n timeouts, each twice the one before and none above the most, summed up.
func backOff(first time.Duration, n int) []time.Duration {
	times := make([]time.Duration, n)
	at, rto := time.Duration(0), first
	for i := range times {
		at += rto
		times[i] = at
		rto = min(2*rto, rtoMax)
	}
	return times
}

// giveUp is when a stalled connection is no more.
var giveUp = retransmissions[retries2]

// resend says when a segment that was lost between since and since+jitter is sent again for the first time after now:
// the earliest and the latest moment, and whether the connection has been given up instead. Each retransmission is a
// window, since neither the moment of the loss nor the timeout is known better.
func resend(since, jitter, now time.Duration) (earliest, latest time.Duration, gone bool) {
	found := false
	for k, r := range retransmissions {
		low := since + r
		high := since + jitter + probeSlack + time.Duration(coarse*float64(r))
		if high < now {
			continue
		}
		if !found {
			earliest, found, gone = max(low, now), true, k == retries2
		}
		if latest = high; low >= now {
			return earliest, latest, gone
		}
	}
	return max(earliest, now), max(latest, now), true
}
