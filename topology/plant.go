package topology

import (
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Plant is a whole data centre. It never changes once it is built, so it may be shared freely.
type Plant struct {
	Name     string
	Nodes    []*Node    // in file order, counts expanded
	Links    []*Link    // in file order, numbered
	Networks []*Network // declared ones in file order, then generated transits
	Groups   []*Group
	Routing  Routing
	// Workloads are entries as typed, kind and position kept: package scenarios
	// decodes them through the registry of workload kinds.
	Workloads []Entry
	// Needs lists what the file asks for and this version cannot run; empty for most.
	Needs []string
	// Notes says, a line each, what the file left open and how it was filled in.
	Notes []string

	names names
}

// Pos is a place in a file, for errors and findings.
type Pos = yamlfile.Pos

// NodeKind says what a node is, and with it whether it forwards.
type NodeKind string

// Hosts and storage do not forward. Switches bridge within a network, and route
// when they are a gateway or Routed. Routers and externals route.
const (
	Switch   NodeKind = "switch"
	Router   NodeKind = "router"
	Host     NodeKind = "host"
	Storage  NodeKind = "storage"
	External NodeKind = "external"
)

// Node is one device.
type Node struct {
	// Index is the node's place in Plant.Nodes; generated names, addresses and interface indexes come from it.
	Index int
	ID    string // "hv1"
	// Family is the key it was typed under: "hv" for hv1..hv4, the ID itself for a single node.
	Family string
	Kind   NodeKind
	Model  string
	// Feeds are the power feeds it is wired to; it stays up while one of them is live. Empty: power is not modelled.
	Feeds []string
	Boot  Boot
	// Domain is its control-plane domain: nodes of one domain share one brain (a stack, a VSS pair). Empty: its own.
	Domain string
	// Routed switches do not bridge to one another (fabric: routed): every link to another routing node is a transit
	// network with an interface on its port. Hosts of one network that plug into the same switch are still bridged
	// there, and it is their gateway (an interface without a port).
	Routed bool
	// STP is how it takes part in a spanning tree; nil: it does not.
	STP   *STP
	Ports []*Port
	Bonds []*Bond
	// Interfaces are the places where it has an address, in order of Network.
	Interfaces []*Interface
	// Loopback is the address of an external node ("somewhere on the Internet"); zero elsewhere.
	Loopback netip.Addr
	// Daemons are the programs that it runs while it is in service.
	Daemons []*Daemon
	// Array is what storage has beside ports; nil elsewhere.
	Array *Array
	// Datastores are what a host's virtual machines live on.
	Datastores []*Datastore
	Pos        Pos
}

// STP is how a switch takes part in the spanning trees of its networks, one for each (IEEE 802.1D). Its ports towards
// hosts are edge ports: they forward as soon as they have a carrier.
type STP struct {
	Priority int // 0 to 61440; less is better, and of equal ones the switch that stands first in the file
	// Timers are those of the root; all switches of a tree have the same.
	Hello, MaxAge, ForwardDelay time.Duration
}

// Stage is how far a node has come since power on.
type Stage int

// A node has no carrier on its ports before PortsUp, and forwards and answers nothing before Forwarding.
const (
	Off          Stage = iota // no power
	SelfTest                  // power-on self-test
	OS                        // loading and starting its system
	PortsUp                   // carrier on its ports, nothing forwarded: bonds may fail back into the dark
	ControlPlane              // protocols starting
	Peering                   // looking for the peer of its pair
	Forwarding                // in service
)

var stageNames = [...]string{"off", "self-test", "os", "ports-up", "control-plane", "peering", "forwarding"}

// String is the stage as logs write it.
func (s Stage) String() string { return stageNames[s] }

// Boot is how long a node stays in each stage on its way up. Zero stages are passed at once.
type Boot struct {
	Name         string // of a built-in profile, such as "core-6m"; empty when spelled out
	Off          time.Duration
	SelfTest     time.Duration
	OS           time.Duration
	PortsUp      time.Duration
	ControlPlane time.Duration
	Peering      time.Duration
}

// Stay is the time spent in a stage; zero for Forwarding.
func (b Boot) Stay(s Stage) time.Duration {
	return [...]time.Duration{b.Off, b.SelfTest, b.OS, b.PortsUp, b.ControlPlane, b.Peering, 0}[s]
}

// Total is the time from power loss to forwarding.
func (b Boot) Total() time.Duration {
	return b.Off + b.SelfTest + b.OS + b.PortsUp + b.ControlPlane + b.Peering
}

// Port is one socket of a node; it bears the vendor's name ("Ethernet1/49", "vmnic0", "a/e0").
type Port struct {
	Node  *Node
	Index int // its place in Node.Ports
	Name  string
	Link  *Link      // every port of a built plant has a link
	Bond  *Bond      // nil when it is no member of one
	Optic *Optic     // nil for copper
	MAC   HardwareID // also seeds the addresses of the per-network interfaces
	// Native is the network whose frames bear no tag here; nil: all bear one, or the link has no networks with a VLAN ID.
	Native *Network
	// Lacks are the networks of its link that a switch's port does not let through, by its own configuration.
	Lacks []*Network
}

// String is node:port.
func (p *Port) String() string { return p.Node.ID + ":" + p.Name }

// Peer is the port at the other end of its link.
func (p *Port) Peer() *Port {
	if p.Link.A == p {
		return p.Link.B
	}
	return p.Link.A
}

// HardwareID is a locally administered MAC address (first octet 02), derived from node and port, never random.
type HardwareID [6]byte

// String is the usual colon form.
func (h HardwareID) String() string { return net.HardwareAddr(h[:]).String() }

// Optic is a transceiver: a part that can die, be reseated and be replaced. Its state belongs to a run (sim.Hardware).
type Optic struct {
	Model string // "QSFP-40G-SR4"
	Batch string // parts of one batch share fate
}

// Link joins two ports.
type Link struct {
	Index    int // its place in Plant.Links
	ID       string
	A, B     *Port
	Networks []*Network // what it carries; a link of two routed ends carries one transit
	Speed    Bitrate
	MTU      int
	Conduit  string // the duct its fibre lies in, if known
	// ConduitPos is where that was typed.
	ConduitPos Pos
	// FaultSignalling: a dead laser takes the link down at both ends (IEEE 802.3 clause 46.3.4, link fault signalling;
	// 10G and above, and most 1G by auto-negotiation). Off: the far end loses its carrier, the end with the dead laser
	// keeps its own and sends into the dark.
	FaultSignalling bool
	// Impairment is what it does to frames, each way, by itself and without any fault.
	Impairment Impairment
	// Named is false for links typed at a node's port and for generated ones.
	Named bool
	Pos   Pos
}

// Ends lists both ports.
func (l *Link) Ends() [2]*Port { return [2]*Port{l.A, l.B} }

// Carries says whether frames of the network may use the link.
func (l *Link) Carries(n *Network) bool {
	for _, m := range l.Networks {
		if m == n {
			return true
		}
	}
	return false
}

// Network is a broadcast domain.
type Network struct {
	Index   int // its place in Plant.Networks
	ID      string
	Subnet  netip.Prefix // IPv4; always set in a built plant
	Subnet6 netip.Prefix // zero when the file gives none
	// VLAN is the ID that its frames are tagged with where a link carries several networks (IEEE 802.1Q); 0: it has none.
	VLAN    int
	MTU     int
	Gateway *Gateway // nil: never routed
	// Transit networks were generated: a routed link, or a router's uplink to a pair.
	Transit bool
	Pos     Pos
}

// Gateway is the address that hosts of a network send to when they leave it. With
// more than one member it is virtual: one member holds it, the next takes over.
type Gateway struct {
	Group   *Group  // nil for a single node
	Members []*Node // in order of preference
	Addr    netip.Addr
	Addr6   netip.Addr
	// Takeover is how long the others wait for a silent holder (VRRP: 3 adverts and the skew, RFC 9568 6.1), and
	// Advert how often the holder is heard. The moment within one advert is not known, so a takeover takes between
	// Takeover-Advert and Takeover.
	Takeover time.Duration
	Advert   time.Duration
}

// Interface is where a node has an address on a network.
type Interface struct {
	Node    *Node
	Network *Network
	Bond    *Bond // at most one of Bond and Port is set; neither: the switch's own bridge (SVI)
	Port    *Port
	Addr    netip.Prefix
	Addr6   netip.Prefix
	MAC     HardwareID
}

// BondMode is how the members of a bond share the work.
type BondMode string

// Modes that parse. LACP needs kernel bonding.
const (
	ActiveBackup BondMode = "active-backup"
	LACP         BondMode = "802.3ad"
)

// LACPRate is how often a bond of mode 802.3ad asks its partner to speak.
type LACPRate string

// The two rates of IEEE 802.1AX 6.4.4; slow is the kernel's default.
const (
	SlowLACP LACPRate = "slow"
	FastLACP LACPRate = "fast"
)

// Period is from one message to the next.
func (r LACPRate) Period() time.Duration {
	if r == FastLACP {
		return time.Second
	}
	return 30 * time.Second
}

// Reselect says when a recovered primary is used again (Linux bonding.rst, primary_reselect).
type Reselect string

// The kernel's three policies; always is its default.
const (
	ReselectAlways  Reselect = "always"
	ReselectBetter  Reselect = "better"
	ReselectFailure Reselect = "failure"
)

// Bond is several ports of one node used as one.
type Bond struct {
	Node      *Node
	Index     int // its place in Node.Bonds
	Name      string
	Members   []*Port
	Mode      BondMode
	Miimon    time.Duration // how often carriers are looked at
	Updelay   time.Duration // how long a recovered member waits before use; rounded down to whole miimons
	Downdelay time.Duration
	Primary   *Port // nil: none preferred
	Reselect  Reselect
	Rate      LACPRate
	Pos       Pos
}

// String is node:bond.
func (b *Bond) String() string { return b.Node.ID + ":" + b.Name }

// Group says two different things apart: that its members stand in for one another (a claim), and what fate they share (a fact).
type Group struct {
	ID        string
	Nodes     []*Node
	Links     []*Link
	Redundant bool     // "one of these is enough"
	Shares    []string // "change", "firmware", "optic-batch", "rack"...
	Pair      *Pair    // nil: members boot without regard to each other
	Guard     *Guard   // nil: what becomes of one of its links is nothing to the others
	Pos       Pos
}

// Guard is what the nodes where a group's links meet do when too few of these have a carrier: they take the rest down, so
// that traffic goes another way where there is one. Min-links of a port channel does so, and uplink failure detection.
type Guard struct {
	// MinLinks is how many must have a carrier for any of them to be used.
	MinLinks int
	// ErrDisable: what was taken down stays so until somebody clears it. Without it the links come back with the carriers.
	ErrDisable bool
}

// Meet lists the nodes that all links of a group have in common.
func (g *Group) Meet() []*Node {
	var all []*Node
	for _, n := range []*Node{g.Links[0].A.Node, g.Links[0].B.Node} {
		if !slices.ContainsFunc(g.Links, func(l *Link) bool { return l.A.Node != n && l.B.Node != n }) {
			all = append(all, n)
		}
	}
	return all
}

// Pair is what two switches agree on when they appear as one (MLAG, vPC).
type Pair struct {
	PeerLink *Link
	// DelayRestore keeps host-facing ports without carrier this long after the peer is found again (vPC delay restore).
	DelayRestore time.Duration
	// AutoRecovery: a switch that came back alone serves after this long without its peer. Zero: it waits for ever.
	AutoRecovery time.Duration
}

// Routing is the law of routed networks: how soon a lost neighbour is noticed and how soon routes follow.
type Routing struct {
	// Hold notices a neighbour lost without carrier loss: three missed hellos (BFD 300 ms x 3: FRR doc/user/bfd.rst).
	Hold  time.Duration
	Hello time.Duration
	// Convergence is from noticing to new routes everywhere.
	Convergence time.Duration
	// Reconnect is how long two that hear each other again take at most to be neighbours: a Hello, or longer where there
	// is a session to be opened.
	Reconnect time.Duration
	// Daemons: programs of their own do it, in which anything may take less than what is said here.
	Daemons bool
	// Stated says that the file has a word on when a silent neighbour is lost. Of what daemons do, nothing else tells.
	Stated bool
}

// Entry is one entry of a file whose kind another package knows: its key, its position and its YAML, the key "kind" included.
type Entry struct {
	ID   string
	Kind string
	Node *yamlfile.Node
	Pos  Pos
}
