package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"time"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// trial is something that a kernel can be asked to do.
type trial struct {
	name string
	// try does it, in an empty namespace.
	try func(*netns) error
	// native says what it is good for; without it the status is without, and why says what that means or what helps.
	native  string
	without sim.Status
	why     string
}

// trials are in the order in which a plant needs them.
var trials = []trial{
	{"network namespaces", func(*netns) error { return nil }, "a node each", sim.Missing, "nothing can be built"},
	{"veth pairs", in(addVeth), "links", sim.Missing, "sudo modprobe veth"},
	{"bridges", in(addBridge), "switches", sim.Missing, "sudo modprobe bridge"},
	{"virtual routers (macvlan)", in(addMacvlan), "gateways that several nodes share", sim.Missing, "sudo modprobe macvlan: without it no gateway can be shared"},
	{"filters at ports", dropAtIngress, "nftables, netdev family", sim.Missing, "sudo modprobe nf_tables: nothing can be made dark without it"},
	{"active-backup bonds", in(addBond), "the kernel's bonding driver", sim.Emulated, "a veth pair patched to the active member, by the rules of Linux bonding; sudo modprobe bonding for the kernel's own"},
	{"802.3ad bonds", in(addBond), "the kernel's bonding driver", sim.Missing, "sudo modprobe bonding: LACP needs the kernel's own bonds"},
	{"equal-cost routes", in(addEqualCost), "the kernel's multipath routes", sim.Missing, "a kernel with CONFIG_IP_ROUTE_MULTIPATH: routed fabrics use one path only"},
	{"time stamps of arrivals", stampsArrivals, "SO_TIMESTAMPNS", sim.Missing, "outages are measured less finely"},
	{"ping sockets", opensPing, "icmp(7) without root", sim.Missing, "workloads over ICMP cannot be measured: use proto: udp"},
	{"packet capture", opensPacket, "AF_PACKET", sim.Missing, "sudo modprobe af_packet"},
	{"802.1Q VLANs", in(addVLANs), "the kernel's VLAN devices, and bridges that know VLANs", sim.Emulated, "a link and a bridge for each network; sudo modprobe 8021q, and a kernel with CONFIG_BRIDGE_VLAN_FILTERING, for tags"},
	{"delay and loss (netem)", in(addNetem), "the kernel's network emulator", sim.Missing, "sudo modprobe sch_netem for delay, jitter, corrupt, duplicate, reorder and rate of links; loss needs no more than filters"},
	{"redirection (u32, mirred)", in(addMirred), "traffic control at ingress", sim.Missing, "sudo modprobe -a cls_u32 act_mirred; not needed so far"},
}

// serveCapabilities is the Handler of CapabilitiesVerb.
func serveCapabilities(_ context.Context, ch *box.Channel, _ json.RawMessage) error {
	var all []sim.Capability
	for _, t := range trials {
		c, err := t.outcome()
		if err != nil {
			return err
		}
		all = append(all, c)
	}
	if box.InCapsule() { // where building takes no time
		return ch.SendJSON(box.Value, all)
	}
	speed, err := buildSpeed()
	if err != nil {
		return err
	}
	return ch.SendJSON(box.Value, append(all, speed))
}

// outcome makes the trial. A failure says that the kernel cannot; only the namespace to try it in must be there.
func (t trial) outcome() (sim.Capability, error) {
	made, err := newNetnses([]netnsSpec{{name: "trial"}})
	if err != nil {
		return sim.Capability{}, fmt.Errorf("try %s: %w", t.name, err)
	}
	defer made[0].close()
	if err := t.try(made[0]); err != nil {
		return sim.Capability{Name: t.name, Status: t.without, Why: fmt.Sprintf("%s (%v)", t.why, err)}, nil
	}
	return sim.Capability{Name: t.name, Status: sim.Native, Why: t.native}, nil
}

// in makes a trial of what is done on a thread in the namespace.
func in(f func() error) func(*netns) error {
	return func(n *netns) error { return n.do(f) }
}

func addVeth() error {
	return netlink.LinkAdd(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "a"}, PeerName: "b"})
}

func addBridge() error {
	return netlink.LinkAdd(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "a"}})
}

func addMacvlan() error {
	return withVeth(func(l netlink.Link) error {
		return netlink.LinkAdd(&netlink.Macvlan{
			LinkAttrs: netlink.LinkAttrs{Name: "c", ParentIndex: l.Attrs().Index}, Mode: netlink.MACVLAN_MODE_PRIVATE,
		})
	})
}

func addBond() error { return netlink.LinkAdd(netlink.NewLinkBond(netlink.LinkAttrs{Name: "a"})) }

func addVLAN() error {
	return withVeth(func(l netlink.Link) error {
		return netlink.LinkAdd(&netlink.Vlan{LinkAttrs: netlink.LinkAttrs{Name: "c", ParentIndex: l.Attrs().Index}, VlanId: 10})
	})
}

func addVLANs() error {
	if err := addVLAN(); err != nil {
		return err
	}
	return addVLANBridge()
}

func addNetem() error {
	return withVeth(func(l netlink.Link) error {
		return netlink.QdiscAdd(netlink.NewNetem(
			netlink.QdiscAttrs{LinkIndex: l.Attrs().Index, Handle: netlink.MakeHandle(1, 0), Parent: netlink.HANDLE_ROOT},
			netlink.NetemQdiscAttrs{Latency: 1000}))
	})
}

func addMirred() error {
	return withVeth(func(l netlink.Link) error {
		index := l.Attrs().Index
		ingress := &netlink.Ingress{QdiscAttrs: netlink.QdiscAttrs{LinkIndex: index, Handle: netlink.MakeHandle(0xffff, 0), Parent: netlink.HANDLE_INGRESS}}
		if err := netlink.QdiscAdd(ingress); err != nil {
			return err
		}
		return netlink.FilterAdd(&netlink.U32{
			FilterAttrs: netlink.FilterAttrs{LinkIndex: index, Parent: ingress.Handle, Priority: 1, Protocol: unix.ETH_P_ALL},
			Actions:     []netlink.Action{netlink.NewMirredAction(index)},
		})
	})
}

// withVeth does something with one end of a pair that is up.
func withVeth(f func(netlink.Link) error) error {
	if err := addVeth(); err != nil {
		return err
	}
	l, err := netlink.LinkByName("a")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(l); err != nil {
		return err
	}
	return f(l)
}

func addEqualCost() error {
	return withVeth(func(l netlink.Link) error {
		subnet := &net.IPNet{IP: net.IPv4(192, 0, 2, 1), Mask: net.CIDRMask(24, 32)} // RFC 5737: for documentation
		if err := netlink.AddrAdd(l, &netlink.Addr{IPNet: subnet}); err != nil {
			return err
		}
		hop := func(last byte) *netlink.NexthopInfo {
			return &netlink.NexthopInfo{LinkIndex: l.Attrs().Index, Gw: net.IPv4(192, 0, 2, last)}
		}
		to := &net.IPNet{IP: net.IPv4(198, 51, 100, 0), Mask: net.CIDRMask(24, 32)}
		return netlink.RouteAdd(&netlink.Route{Dst: to, MultiPath: []*netlink.NexthopInfo{hop(2), hop(3)}})
	})
}

// dropAtIngress hooks a rule that drops into a port.
func dropAtIngress(n *netns) error {
	conn := &nftables.Conn{NetNS: n.fd}
	table := conn.AddTable(&nftables.Table{Name: "trial", Family: nftables.TableFamilyNetdev})
	chain := conn.AddChain(&nftables.Chain{
		Name: "drop", Table: table, Type: nftables.ChainTypeFilter, Hooknum: nftables.ChainHookIngress,
		Priority: nftables.ChainPriorityFilter, Device: "lo",
	})
	conn.AddRule(&nftables.Rule{Table: table, Chain: chain, Exprs: []expr.Any{&expr.Verdict{Kind: expr.VerdictDrop}}})
	return conn.Flush()
}

func stampsArrivals(n *netns) error { return opens(n, unix.AF_INET, unix.SOCK_DGRAM, 0, stamps) }

func opensPacket(n *netns) error { return opens(n, unix.AF_PACKET, unix.SOCK_RAW, 0) }

func opensPing(n *netns) error {
	if err := n.do(allowPing); err != nil {
		return err
	}
	return opens(n, unix.AF_INET, unix.SOCK_DGRAM, unix.IPPROTO_ICMP)
}

// opens tries a socket and options of it.
func opens(n *netns, family, sort, protocol int, options ...option) error {
	return n.do(func() error {
		fd, err := unix.Socket(family, sort|unix.SOCK_CLOEXEC, protocol)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		return birth{options: options}.set(fd, family)
	})
}

// buildSpeed makes a few nodes with a link each and takes the time.
func buildSpeed() (sim.Capability, error) {
	const nodes = 16
	start := time.Now()
	made, err := newNetnses(make([]netnsSpec, nodes))
	if err != nil {
		return sim.Capability{}, fmt.Errorf("try how fast nodes are made: %w", err)
	}
	for _, n := range made {
		err = n.do(addVeth)
		n.close()
		if err != nil {
			return sim.Capability{}, fmt.Errorf("try how fast links are made: %w", err)
		}
	}
	each := (time.Since(start) / nodes).Round(100 * time.Microsecond)
	return sim.Capability{Name: "building", Status: sim.Native, Why: fmt.Sprintf("%s a node with a link", each)}, nil
}
