package sim

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// ErrUnsupported is what a world answers to a level that it cannot make true.
var ErrUnsupported = errors.New("not supported by this world")

// World makes levels true and lets workloads live in them. All methods are
// called from the loop's goroutine; none blocks longer than it takes to do its
// work. A world gets its Env when it is made, and logs what it sees through it.
type World interface {
	// Name is "model" or "kernel".
	Name() string
	// Capabilities lists what this world has, for the log's header and for doctor.
	Capabilities() []Capability
	// Set makes all the levels true at one instant, as near as the world can, and logs how near that was
	// (SkewData). Cause is the event that led to it.
	Set(cause int, levels ...Level) error
	// Witness looks whether a level is true and says what shows it ("hv1:vmnic0 lost its carrier").
	Witness(Level) (seen bool, evidence string, err error)
	// Start begins a member's life: real traffic, a prediction, or both.
	Start(*Member) error
	// Stop ends all members and logs their statistics (StatsData).
	Stop() error
	// Close gives everything back. It is called once, whatever happened before.
	Close() error
}

// Capability is one thing a world needs and where it comes from.
type Capability struct {
	Name   string // "active-backup bonds"
	Status Status
	// Why says what the status rests on, and for Missing what to do about it.
	Why string
}

// Status of a capability.
type Status string

// Native is the kernel's own; Emulated is ours, under the same tests; Missing is neither.
const (
	Native   Status = "native"
	Emulated Status = "emulated"
	Missing  Status = "missing"
)

// Env is what a world gets from the run.
type Env struct {
	Plant *topology.Plant
	Loop  *Loop
	Log   *Log
	// Phase is where in an unknown phase (one hello, one miimon, one probe interval) the model assumes things to fall:
	// 0 the earliest, 1 the latest. The kernel world ignores it.
	Phase float64
}

// Place is a node seen by the real traffic of a workload: sockets that live in the
// node's network, and the scenario's clock. All methods are safe to call from any goroutine.
type Place interface {
	Node() *topology.Node
	// Addr is the node's address on the network; on nil, the one that others reach it by (its loopback or first interface).
	Addr(*topology.Network) netip.Addr
	Dial(ctx context.Context, network, address string) (net.Conn, error)
	Listen(ctx context.Context, network, address string) (net.Listener, error)
	ListenPacket(ctx context.Context, network, address string) (PacketConn, error)
	// Now is the present scenario time.
	Now() time.Duration
	// Pace calls tick at every multiple of interval on an absolute grid until ctx ends; ticks that would fall into a
	// jump of the clock are left out. Tick must not block.
	Pace(ctx context.Context, interval time.Duration, tick func(at time.Duration))
}

// PacketConn is a datagram socket whose arrivals bear the kernel's own time stamp, in scenario time.
// For network "ip4:icmp" a message is an ICMP message without its IP header.
type PacketConn interface {
	WriteTo(b []byte, to netip.AddrPort) error
	ReadFrom(b []byte) (n int, from netip.AddrPort, at time.Duration, err error)
	LocalAddr() netip.AddrPort
	Close() error
}
