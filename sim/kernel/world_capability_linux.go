package kernel

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/topology"
)

// emulatedRoutes is what the routing law is called.
const emulatedRoutes = "routes"

// capabilities lists what this kernel has of what the world needs.
func capabilities() []sim.Capability {
	bonds := sim.Capability{Name: "active-backup bonds", Status: sim.Native, Why: "the kernel's bonding driver, where the clock may not jump"}
	lacp := sim.Capability{Name: "802.3ad bonds", Status: sim.Native, Why: "the kernel's bonding driver"}
	if !nativeBonding() {
		bonds.Status, bonds.Why = sim.Emulated, "a veth pair patched to the active member, by the rules of Linux bonding"
		lacp.Status, lacp.Why = sim.Missing, "this kernel has no bonding driver (CONFIG_BONDING): use mode: active-backup"
	}
	filter := sim.Capability{Name: "filters at ports", Status: sim.Native, Why: "nftables, netdev family"}
	if !nativeFilter() {
		filter.Status, filter.Why = sim.Missing, "this kernel has no nftables at ports (CONFIG_NF_TABLES_NETDEV): nothing can be made dark"
	}
	return []sim.Capability{
		{Name: "nodes and links", Status: sim.Native, Why: "network namespaces, veth pairs, bridges"},
		bonds, lacp, filter,
		{Name: "virtual gateways", Status: sim.Emulated, Why: "elected by RFC 9568 beside the plant; link address, addresses and gratuitous ARP are real"},
		{Name: "block storage", Status: sim.Emulated, Why: "controllers and takeovers are ours; NBD, TCP, links and write caches are real"},
		{Name: emulatedRoutes, Status: sim.Emulated, Why: "computed beside the plant; tables and equal-cost paths are the kernel's"},
	}
}

// hasTags says whether the kernel's own VLANs carry the networks of a plant: over bonds, these must be the kernel's too.
func hasTags(p *topology.Plant, native bool) bool {
	bonded := slices.ContainsFunc(p.Nodes, func(n *topology.Node) bool { return len(n.Bonds) > 0 })
	return wantsTags(p) && (native || !bonded) && nativeVLANs()
}

// vlans says what this kernel has for the networks of a plant.
func vlans(p *topology.Plant, native bool) sim.Capability {
	if hasTags(p, native) {
		return sim.Capability{Name: "VLANs", Status: sim.Native, Why: "802.1Q tags, and bridges that know VLANs"}
	}
	return sim.Capability{Name: "VLANs", Status: sim.Emulated, Why: "a link and a bridge for each network; a missing VLAN is lost at the port"}
}

// longDelay is the longest delay of a native bond that a run waits for: kernel timers run in real time, which the clock
// cannot jump.
const longDelay = time.Second

// bonding says whether the kernel's own bonds are used: where it has them, unless their delays would have to be waited
// for. A plant that needs what the kernel does not have is refused.
func (e Engine) bonding(p *topology.Plant) (native bool, err error) {
	if !nativeFilter() {
		return false, &box.Unavailable{
			What:   "this kernel cannot filter at ports (nftables, netdev family)",
			Remedy: "sudo modprobe -a nf_tables nft_fwd_netdev, or use --world model", Err: sim.ErrUnsupported,
		}
	}
	native = true
	bonds, lacp := 0, false
	for _, n := range p.Nodes {
		for _, b := range n.Bonds {
			bonds++
			lacp = lacp || b.Mode == topology.LACP
			if lacp && !nativeBonding() {
				return false, &box.Unavailable{
					What:   fmt.Sprintf("bond %s is %s, and this kernel has no bonding driver", b, b.Mode),
					Remedy: "use --world capsule, mode: active-backup, or a kernel with CONFIG_BONDING", Err: sim.ErrUnsupported, Driver: true,
				}
			}
			native = native && (e.RealTime || e.Virtual || max(b.Updelay, b.Downdelay) <= longDelay)
		}
	}
	return bonds > 0 && (native || lacp) && nativeBonding(), nil
}

// nativeBonding says whether this kernel has bonding.
var nativeBonding = sync.OnceValue(func() bool { return tried(in(addBond)) })

// nativeFilter says whether this kernel can drop and cross frames at a port.
var nativeFilter = sync.OnceValue(func() bool {
	return tried(func(n *netns) error { return (&patchPanel{ns: n, devices: []string{"lo"}}).install(nil) })
})

// tried says whether something can be done in a namespace.
func tried(f func(*netns) error) bool {
	n, err := newNetnses([]netnsSpec{{name: "a trial"}})
	if err != nil {
		return false
	}
	defer n[0].close()
	return f(n[0]) == nil
}
