package kernel

import (
	"fmt"
	"os"
	"sync"

	"github.com/dcdrill/dcdrill/topology"
)

// fabric is a plant that stands: a namespace for each node, and the wire where links need a middle.
type fabric struct {
	*layout
	ns     []*netns // by Node.Index
	wire   *netns   // nil when every lane is direct
	panel  *patchPanel
	bonded map[*topology.Node]*patchPanel // of nodes with emulated bonds
	native bool                           // bonds are the kernel's own
}

// build makes the plant. When it returns, every link has been set up and every bond has its first member patched; the
// kernel begins to send on a link some milliseconds later.
func build(p *topology.Plant, native, tags bool) (*fabric, error) {
	f := &fabric{layout: lay(p, tags), native: native, bonded: map[*topology.Node]*patchPanel{}}
	for _, step := range []func() error{f.makeNamespaces, f.makeBridges, f.makeBonds, f.makeLanes, f.makePanels, f.finish, f.addRoutes} {
		if err := step(); err != nil {
			f.close()
			return nil, fmt.Errorf("build plant: %w", err)
		}
	}
	return f, nil
}

// close lets all namespaces go. Links are never deleted one by one: that takes the kernel 20 ms each.
func (f *fabric) close() {
	for _, n := range f.ns {
		n.close()
	}
	if f.wire != nil {
		f.wire.close()
	}
	f.ns, f.wire = nil, nil
}

func (f *fabric) netns(n *topology.Node) *netns { return f.ns[n.Index] }

func (f *fabric) makeNamespaces() error {
	var specs []netnsSpec
	for _, n := range f.nodes {
		specs = append(specs, netnsSpec{n.node.ID, sysctlsOf(n)})
	}
	made, err := newNetnses(append(specs, f.wireSpec()...))
	if err != nil {
		return err
	}
	f.ns = made[:len(f.nodes)]
	if len(made) > len(f.nodes) {
		f.wire = made[len(f.nodes)]
	}
	return nil
}

func (f *fabric) wireSpec() []netnsSpec {
	for _, ln := range f.lanes {
		if ln.wire[0] != nil {
			return []netnsSpec{{"the wire", withoutV6()}}
		}
	}
	return nil
}

func (f *fabric) makeBridges() error {
	return f.eachNode(func(n *nodeLayout, b *batch) {
		for _, d := range n.bridges {
			b.addBridge(d)
		}
		for _, j := range n.joints {
			b.addVeth(j[0], j[1], f.netns(n.node).fd)
		}
	})
}

// makeBonds makes the veth pairs of emulated bonds, or the kernel's own bonds.
func (f *fabric) makeBonds() error {
	return f.eachNode(func(n *nodeLayout, b *batch) {
		for _, d := range n.bonds {
			if f.native {
				b.addNativeBond(d)
			} else {
				b.addVeth(&d.device, d.inner, f.netns(n.node).fd)
			}
		}
	})
}

// makeLanes makes every link, each from the namespace where it is a port of a bridge, as only the near end can be born
// as one.
func (f *fabric) makeLanes() error {
	batches := map[*netns]*batch{}
	in := func(n *netns) *batch {
		if batches[n] == nil {
			batches[n] = n.route.batch()
		}
		return batches[n]
	}
	for _, ln := range f.lanes {
		near, far := ln.ends[0], ln.ends[1]
		if ln.wire[0] != nil {
			in(f.netns(near.node)).addVeth(near, ln.wire[0], f.wire.fd)
			in(f.netns(far.node)).addVeth(far, ln.wire[1], f.wire.fd)
			continue
		}
		if near.bridge == nil {
			near, far = far, near
		}
		in(f.netns(near.node)).addVeth(near, far, f.netns(far.node).fd)
	}
	for _, n := range f.ns {
		if b := batches[n]; b != nil {
			if err := b.send(); err != nil {
				return fmt.Errorf("in %s: %w", n.name, err)
			}
		}
	}
	return nil
}

// makePanels patches the wire's lanes through and every emulated bond to its first member.
func (f *fabric) makePanels() error {
	if f.wire != nil {
		f.panel = &patchPanel{ns: f.wire}
		var cords []cord
		for _, ln := range f.lanes {
			if ln.wire[0] != nil {
				f.panel.devices = append(f.panel.devices, ln.wire[0].name, ln.wire[1].name)
				cords = append(cords, both(ln.wire[0], ln.wire[1])...)
			}
		}
		if err := f.panel.install(cords); err != nil {
			return err
		}
	}
	if f.native {
		return nil
	}
	for _, n := range f.nodes {
		if err := f.makeBondPanel(n); err != nil {
			return err
		}
	}
	return nil
}

// finish tells every device what it can only be told once it exists, and sets it up. The wire comes last, so that links
// come up once both of their ends can speak.
func (f *fabric) finish() error {
	err := f.eachNode(f.finishNode)
	if err != nil || f.wire == nil {
		return err
	}
	b := f.wire.route.batch()
	for _, ln := range f.lanes {
		if ln.wire[0] != nil {
			b.deviceUp(ln.wire[0], true)
			b.deviceUp(ln.wire[1], true)
		}
	}
	return b.send()
}

// finishNode finishes what bonds and bridges are made of before these.
func (f *fabric) finishNode(n *nodeLayout, b *batch) {
	b.loopbackUp(n.node)
	for _, d := range n.bridges {
		b.finish(d, 0)
	}
	for _, d := range n.ports {
		b.finish(d, f.masterOf(d))
	}
	for _, j := range n.joints {
		b.finish(j[0], f.masterOf(j[0]))
		b.finish(j[1], f.masterOf(j[1]))
	}
	b.costs(n)
	for _, d := range n.bonds {
		if f.native {
			b.setPrimary(d)
		} else {
			b.finish(d.inner, 0)
		}
		b.finish(&d.device, f.masterOf(&d.device))
	}
	if f.vlans != nil {
		f.finishVLANs(n, b)
	}
	for _, v := range n.virtual { // last, as none may be larger than what it stands on
		b.addVirtualRouter(v)
	}
}

// finishVLANs tells a switch which ports let which networks through, and makes the devices of those that bear tags. They
// come last: none may be larger than what it stands on.
func (f *fabric) finishVLANs(n *nodeLayout, b *batch) {
	for _, d := range n.bridges {
		b.widen(d)
		b.letThrough(f.layout, d)
	}
	for _, d := range n.ports {
		b.letThrough(f.layout, d)
	}
	for _, d := range n.bonds {
		b.letThrough(f.layout, &d.device)
	}
	for _, t := range n.tags {
		b.addTag(t)
		b.finish(&t.device, 0)
	}
}

// masterOf is the index of what a device is a port or a member of; 0: nothing.
func (f *fabric) masterOf(d *device) int32 {
	switch {
	case d.bridge != nil:
		return d.bridge.index
	case d.bond != nil && f.native:
		return d.bond.index
	}
	return 0
}

// addRoutes gives hosts and storage their default routes, and arrays those of their ports; routing nodes get theirs from the routing law.
func (f *fabric) addRoutes() error {
	return f.eachNode(func(n *nodeLayout, b *batch) {
		b.defaultRoutes(f.layout, n.node)
		b.sourceRoutes(f.layout, n.node)
	})
}

// eachNode sends one batch in every node's namespace.
func (f *fabric) eachNode(write func(*nodeLayout, *batch)) error {
	for i, n := range f.nodes {
		b := f.ns[i].route.batch()
		write(n, b)
		if err := b.send(); err != nil {
			return fmt.Errorf("in %s: %w", n.node.ID, err)
		}
	}
	return nil
}

// hasV6 says whether this kernel speaks IPv6 at all (ipv6.disable=1 takes it away).
var hasV6 = sync.OnceValue(func() bool {
	_, err := os.Stat("/proc/sys/net/ipv6")
	return err == nil
})

func routes(k topology.NodeKind, n *topology.Node) bool {
	switch k {
	case topology.Router, topology.External:
		return true
	case topology.Switch:
		return len(n.Interfaces) > 0
	}
	return false
}

// sysctlsOf are a node's settings. They are written before it has any device, so that devices inherit the defaults.
func sysctlsOf(n *nodeLayout) []sysctl {
	var s []sysctl
	if !speaksV6(n.node) && len(n.bridges) > 0 {
		s = withoutV6()
	}
	if len(n.node.Interfaces) > 0 {
		s = append(s, briefOrphans)
	}
	if len(n.tags)+len(n.virtual) > 0 {
		s = append(s, strictARP...)
	}
	if len(crowded(n.node)) > 0 {
		s = append(s, ownPorts...)
	}
	if !routes(n.node.Kind, n.node) {
		return s
	}
	return append(s, routing...)
}

// briefOrphans has a connection that nobody holds any more end after one retransmission (tcp_orphan_retries, tcp(7)).
// With eight, the usual number, one that cannot say goodbye since its path is dark keeps the whole namespace for 104 s
// (measured) after we were killed.
var briefOrphans = sysctl{"ipv4/tcp_orphan_retries", "1"}

// strictARP has a node answer for an address only where it is, and ask only in the name of one that is there, as hypervisors
// and switches do. By itself Linux does both for any of its addresses anywhere, so that networks which leak into each other
// seem to be well, and a virtual router is taken to be at the node's own link address.
var strictARP = []sysctl{
	{"ipv4/conf/all/arp_ignore", "1"},
	{"ipv4/conf/default/arp_ignore", "1"},
	{"ipv4/conf/all/arp_announce", "2"},
	{"ipv4/conf/default/arp_announce", "2"},
}

// withoutV6 keeps devices of a namespace from IPv6 altogether.
func withoutV6() []sysctl {
	if !hasV6() {
		return nil
	}
	return []sysctl{{"ipv6/conf/default/disable_ipv6", "1"}}
}

// routing makes a node forward as routers do: a route whose link has no carrier is not used, flows are spread by ports
// and addresses, paths need not be symmetric, and nobody is told of better gateways, which real plants switch off too.
var routing = []sysctl{
	{"ipv4/ip_forward", "1"},
	{"ipv4/fib_multipath_hash_policy", "1"},
	{"ipv4/conf/all/ignore_routes_with_linkdown", "1"},
	{"ipv4/conf/default/ignore_routes_with_linkdown", "1"},
	{"ipv4/conf/all/rp_filter", "0"},
	{"ipv4/conf/default/rp_filter", "0"},
	{"ipv4/conf/all/send_redirects", "0"},
	{"ipv4/conf/default/send_redirects", "0"},
}

func speaksV6(n *topology.Node) bool {
	for _, i := range n.Interfaces {
		if i.Addr6.IsValid() {
			return true
		}
	}
	return false
}
