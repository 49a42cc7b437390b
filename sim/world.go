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
	// Capabilities lists what this world has, for the log's header and for doctor.
	Capabilities() []Capability
	// Set makes all the levels true at one instant, as near as the world can, and logs how near that was
	// (SkewData). Cause is the event that led to it.
	Set(cause int, levels ...Level) error
	// Witness looks whether a level is true and says what shows it ("hv1:vmnic0 lost its carrier").
	Witness(Level) (seen bool, evidence string, err error)
	// Start begins a member's life: real traffic, a prediction, or both.
	Start(*Member) error
	// Err is what went wrong behind a method's back, such as a member that cannot talk. It ends the run: Stop returns it.
	Err() error
	// Stop ends all members and logs their statistics (StatsData).
	Stop() error
	// Close gives everything back. It is called once, whatever happened before.
	Close() error
}

// Growing is a World in which something comes up by itself once members live in it, as sessions do over the paths of a
// datastore. Unready names what has not; empty when all has.
type Growing interface {
	Unready() string
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

// MiddlePhase is where one prediction alone puts what hangs on an unknown phase, as real phases do on average; its bounds say
// how far off that can be.
const MiddlePhase = 0.5

// Env is what a world gets from the run.
type Env struct {
	Plant *topology.Plant
	Loop  *Loop
	Log   *Log
	// Phase is where in an unknown phase (one hello, one miimon, one probe interval) the model assumes things to fall:
	// 0 the earliest, 1 the latest. The kernel world ignores it.
	Phase float64
	// Impairs are the words of all impairments that the scenario knows beforehand: of its links and its faults. A world
	// that lacks one of them does not open.
	Impairs []string
	// Fills is what machines may write at most, by volume. A world that keeps volumes in memory does not open where that
	// does not fit.
	Fills []Fill
}

// Fill is how much of a volume some virtual machines may write at most.
type Fill struct {
	Volume   *topology.Volume
	Machines int
	Bytes    topology.Bytes
}

// ErrNoPower is what a Place answers while its node is not in service after a power loss: nothing runs there that could
// open a socket.
var ErrNoPower = errors.New("node has no power or is not up yet")

// Place is a node seen by the real traffic of a workload: sockets that live in the
// node's network, and the scenario's clock. All methods are safe to call from any goroutine.
//
// A power loss takes every socket of the node at once and without a word to the far end: reads and writes return an
// error that is net.ErrClosed. Until the node forwards again new sockets are refused with ErrNoPower. So what listens
// runs in Serve and comes back by itself; a client goes on pacing through the darkness of its own node, and what it
// could not send was Asked and has Failed.
type Place interface {
	Node() *topology.Node
	// Addr is the node's address on the network; on nil, the one that others reach it by (its loopback or first interface).
	Addr(*topology.Network) netip.Addr
	// Dial connects with "tcp4" or "tcp6"; Listen listens with the same. An external node speaks from its loopback.
	Dial(ctx context.Context, network, address string) (net.Conn, error)
	Listen(ctx context.Context, network, address string) (net.Listener, error)
	// ListenPacket opens a socket of "udp4", "udp6", "ip4:icmp" or "ip6:ipv6-icmp".
	ListenPacket(ctx context.Context, network, address string) (PacketConn, error)
	// Serve runs f while the node is in service, and anew each time the node has come back from a power loss. The
	// context that f gets ends with the power, and whatever f then returns is passed over. Serve returns nil when ctx
	// ends, and what f returned when it ended by itself.
	Serve(ctx context.Context, f func(context.Context) error) error
	// Disk is one of the host's datastores, whose sessions and paths the host keeps for all of its virtual machines.
	Disk(*topology.Datastore) (Disk, error)
	// Now is the present scenario time.
	Now() time.Duration
	// Pace calls tick every interval on an absolute grid until ctx ends, whether or not the node has power; when it
	// returns, no tick is going on. Each caller's grid has a phase of its own, so that many do not fall on one instant.
	// At is the present time, at or after the grid's; after a stall of this machine the missed ticks follow at once.
	// Ticks that would fall into a jump of the clock are left out. Tick must not block: it may send, not wait. How late
	// ticks are is told to the member's Meter by the world.
	Pace(ctx context.Context, interval time.Duration, tick func(at time.Duration))
	// Scatter is Pace for those who must not beat in time with others: ticks come at random moments, one each interval on
	// average (a Poisson process), by dice that are the same in every run.
	Scatter(ctx context.Context, interval time.Duration, tick func(at time.Duration))
}

// Disk is block storage over the plant's links. Requests wait while no path is up and the datastore's rules are to wait;
// ctx ends the waiting, not the request, whose bytes are its own copy. Safe for use from several goroutines.
type Disk interface {
	ReadAt(ctx context.Context, p []byte, offset int64) error
	// WriteAt is answered when the array has the bytes; with fua, when no loss of power can take them.
	WriteAt(ctx context.Context, p []byte, offset int64, fua bool) error
	// Flush is answered when all that was answered before is safe from a loss of power.
	Flush(ctx context.Context) error
	// Size is how many bytes there are.
	Size() int64
}

// TimedDisk is a Disk that knows when an answer of the array came, however late whoever waits for it is woken.
type TimedDisk interface {
	Disk
	// WriteTimed is WriteAt, and says when its answer came, in scenario time.
	WriteTimed(ctx context.Context, p []byte, offset int64, fua bool) (answered time.Duration, err error)
}

// SharedDisk is a Disk on disks whose speed is limited.
type SharedDisk interface {
	Disk
	// Idle is for how long they have stood still so far, since nobody wanted anything of them.
	Idle() time.Duration
}

// PacketConn is a datagram socket whose arrivals bear the kernel's own time stamp, in scenario time. Writing never
// blocks: what finds no room is an error.
//
// For "ip4:icmp" and "ip6:ipv6-icmp" a message is an ICMP echo message without its IP header; its identifier is
// LocalAddr's port, written by the kernel, which hands over only the answers to it.
type PacketConn interface {
	WriteTo(b []byte, to netip.AddrPort) error
	ReadFrom(b []byte) (n int, from netip.AddrPort, at time.Duration, err error)
	LocalAddr() netip.AddrPort
	Close() error
}
