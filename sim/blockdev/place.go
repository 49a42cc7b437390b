package blockdev

import (
	"context"
	"net"
	"time"
)

// Clock says what time it is in the scenario.
type Clock interface {
	Now() time.Duration
}

// Place is what an initiator needs of the node it runs on; sim.Place has all of it.
type Place interface {
	Clock
	// Dial connects with "tcp4" or "tcp6".
	Dial(ctx context.Context, network, address string) (net.Conn, error)
	// Pace calls tick every interval until ctx ends.
	Pace(ctx context.Context, interval time.Duration, tick func(at time.Duration))
}
