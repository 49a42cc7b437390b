package sim

import (
	"net/netip"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// Level is one thing that is so in the plant until another level of the same
// subject replaces it. Levels are all that a world is ever told: each is
// absolute, so setting one twice changes nothing, and undoing is setting the
// old one again.
type Level interface {
	// Subject names what the level is about: "core1:Ethernet1/1", "core1", "lan".
	Subject() string
	level()
}

// Carrier says whether a port sees a signal. Both ends of a link are told, each for itself.
type Carrier struct {
	Port *topology.Port
	Up   bool
}

// Dark says that frames leaving the port are lost on the way although the carriers stay: a one-way blackhole.
type Dark struct {
	Port *topology.Port
	On   bool
}

// Impaired says what becomes of frames that leave the port: its link's own impairment and that of all faults.
type Impaired struct {
	Port *topology.Port
	topology.Impairment
}

// Allowed says whether a switch's port lets a network through: whether its VLAN is on the port's list. Carriers stay.
type Allowed struct {
	Port    *topology.Port
	Network *topology.Network
	On      bool
}

// Stage says how far a node has come. Below Forwarding it forwards and answers
// nothing; Off also ends its processes' sockets and forgets all it had learned.
// The carriers of its ports come as levels of their own, in the same batch.
type Stage struct {
	Node  *topology.Node
	Stage topology.Stage
}

// Refuse says that a node loses everything that comes from another node, by whatever way: one half of a partition.
type Refuse struct {
	At, From *topology.Node
	On       bool
}

// Holder says that a member answers for a network's virtual gateway address. More than one may, in a split.
type Holder struct {
	Network *topology.Network
	Node    *topology.Node
	On      bool
}

// Controller says whether a controller of an array works.
type Controller struct {
	Array      *topology.Node
	Controller *topology.Controller
	On         bool
}

// Volume says whether a volume is gone for good (SCSI calls it permanent device loss): every request gets an error.
type Volume struct {
	Volume *topology.Volume
	Gone   bool
}

// Disks says how slow the disks of an array are beyond what they always are.
type Disks struct {
	Array *topology.Node
	// Latency is added to every request.
	Latency time.Duration
}

// GuestPower says whether a virtual machine is to run. One that is switched on boots for as long as Boot says; with
// Broken, what was damaged keeps it from coming up, until the same is set without.
type GuestPower struct {
	Guest  *Member
	On     bool
	Boot   time.Duration
	Broken bool
}

// Routes is a routing node's whole table beside its connected networks.
type Routes struct {
	Node   *topology.Node
	Routes []Route
}

// Route sends a prefix to any of several equal next hops.
type Route struct {
	To   netip.Prefix
	Hops []Hop
}

// Hop is a neighbour's address on a network that both have.
type Hop struct {
	Via     netip.Addr
	Network *topology.Network
}

// Subject is the port.
func (l Carrier) Subject() string { return l.Port.String() }

// Subject is the port that frames leave.
func (l Dark) Subject() string { return l.Port.String() }

// Subject is the port that frames leave.
func (l Impaired) Subject() string { return l.Port.String() }

// Subject is "port network".
func (l Allowed) Subject() string { return l.Port.String() + " " + l.Network.ID }

// Subject is the node.
func (l Stage) Subject() string { return l.Node.ID }

// Subject is "at<from".
func (l Refuse) Subject() string { return l.At.ID + "<" + l.From.ID }

// Subject is "network@node".
func (l Holder) Subject() string { return l.Network.ID + "@" + l.Node.ID }

// Subject is the node.
func (l Routes) Subject() string { return l.Node.ID }

// Subject is "array/controller".
func (l Controller) Subject() string { return l.Array.ID + "/" + l.Controller.ID }

// Subject is "array/volume".
func (l Volume) Subject() string { return l.Volume.String() }

// Subject is the array.
func (l Disks) Subject() string { return l.Array.ID }

// Subject is the member.
func (l GuestPower) Subject() string { return l.Guest.Subject() }

func (Carrier) level()  {}
func (Dark) level()     {}
func (Stage) level()    {}
func (Impaired) level() {}
func (Allowed) level()  {}
func (Refuse) level()   {}
func (Holder) level()   {}
func (Routes) level()   {}

func (Controller) level() {}
func (Volume) level()     {}
func (Disks) level()      {}
func (GuestPower) level() {}
