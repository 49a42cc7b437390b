package kernel

import (
	"encoding/binary"
	"maps"
	"net/netip"
	"slices"
	"sort"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/topology"
)

// guard stands at the doors of a node and loses what faults say is lost. Its rules are a function of its orders and are
// replaced whole, at one instant.
type guard struct {
	ns     *netns
	node   *nodeLayout
	inner  bool // bonds are emulated: their inner ends are doors too
	stands bool // its chains are there

	orders  orders // to be followed from the next commit on
	follows orders
	stops   []stop // on top of what it follows
}

// orders are what a guard is told to lose: everything while its node is not in service, what comes in by a port whose
// other end is dark, a share of what comes in by a port, what comes from a node that is not heard, what comes in for a
// network that a port does not let through.
type orders struct {
	closed bool
	dark   map[*topology.Port]bool    // by the port that receives
	lossy  map[*topology.Port]float64 // by the port that receives
	deaf   map[*topology.Node]bool
	// foreign is by the device of a network at a port: what comes in there is of no network that is let through.
	foreign map[*device]bool
}

func (o orders) clone() orders {
	return orders{o.closed, maps.Clone(o.dark), maps.Clone(o.lossy), maps.Clone(o.deaf), maps.Clone(o.foreign)}
}

// stop loses all that comes in by a port, or by any when port is nil, from a moment of the kernel's real-time clock on.
type stop struct {
	at   time.Time
	port *topology.Port
}

const (
	guardTable    = "guard"
	guardIn       = "in"
	guardOut      = "out"
	guardPriority = -100 // before the patch panel
)

func newGuard(ns *netns, n *nodeLayout, native bool) *guard {
	return &guard{ns: ns, node: n, inner: !native, orders: orders{
		false, map[*topology.Port]bool{}, map[*topology.Port]float64{}, map[*topology.Node]bool{}, map[*device]bool{},
	}}
}

// commit has the guard follow its orders and nothing else.
func (g *guard) commit() error {
	g.follows, g.stops = g.orders.clone(), nil
	return g.write()
}

// arm adds moments from which on more is lost to what the guard follows.
func (g *guard) arm(stops []stop) error {
	g.stops = stops
	return g.write()
}

func (g *guard) write() error {
	t, err := g.ns.change()
	if err != nil {
		return err
	}
	if !g.stands {
		g.stand(t)
	}
	t.clear(guardTable, guardIn)
	t.clear(guardTable, guardOut)
	for _, s := range g.stops {
		g.addStop(t, s)
	}
	if g.follows.closed {
		t.rule(guardTable, guardIn, t.drop)
		t.rule(guardTable, guardOut, t.drop)
	}
	for _, p := range g.follows.darkPorts() {
		t.rule(guardTable, guardIn, func() {
			t.from(p)
			t.drop()
		})
	}
	for _, d := range g.follows.foreignDevices() {
		t.rule(guardTable, guardIn, func() {
			t.load(unix.NFT_META_IIF)
			t.is(unix.NFT_CMP_EQ, native32(uint32(d.index)))
			t.drop()
		})
	}
	for _, p := range g.follows.lossyPorts() {
		t.rule(guardTable, guardIn, func() {
			t.from(p)
			t.chance(g.follows.lossy[p])
			t.drop()
		})
	}
	for _, n := range g.follows.deafTo() {
		g.addDeaf(t, n)
	}
	err = t.commit()
	g.stands = g.stands || err == nil
	return err
}

// stand makes the chains: at everything that frames come in by, and at the ports that a node sends from by itself.
func (g *guard) stand(t *transaction) {
	var in, out []string
	for _, d := range g.node.ports {
		in = append(in, d.name)
		if d.bridge == nil && (d.bond == nil || !g.inner) { // members of the kernel's own bonds speak LACP by themselves
			out = append(out, d.name)
		}
	}
	for _, b := range g.node.bonds {
		if g.inner {
			in = append(in, b.inner.name)
		}
	}
	t.table(guardTable)
	t.chain(guardTable, guardIn, netdevIngress, guardPriority, in)
	t.chain(guardTable, guardOut, netdevEgress, guardPriority, out)
}

// rulesBefore is how many rules stand in the inward chain before the one for a dark port.
func (o orders) rulesBefore(p *topology.Port) int {
	before := slices.Index(o.darkPorts(), p)
	if o.closed {
		before++
	}
	return before
}

// rulesBeforeForeign is how many rules stand in the inward chain before the one for a device.
func (o orders) rulesBeforeForeign(d *device) int {
	before := len(o.darkPorts()) + slices.Index(o.foreignDevices(), d)
	if o.closed {
		before++
	}
	return before
}

// rules is how many rules the orders make in the inward chain.
func (o orders) rules() int {
	n := len(o.darkPorts()) + len(o.foreignDevices()) + len(o.lossyPorts())
	if o.closed {
		n++
	}
	for _, from := range o.deafTo() {
		n += len(addressesOf(from))
		for _, ip := range ipsOf(from) {
			n += len(protocolsOf(ip))
		}
	}
	return n
}

func (o orders) darkPorts() []*topology.Port {
	ports := keys(o.dark)
	sort.Slice(ports, func(i, j int) bool { return ports[i].Index < ports[j].Index })
	return ports
}

func (o orders) foreignDevices() []*device {
	devices := keys(o.foreign)
	sort.Slice(devices, func(i, j int) bool { return devices[i].index < devices[j].index })
	return devices
}

func (o orders) lossyPorts() []*topology.Port {
	var ports []*topology.Port
	for p, share := range o.lossy {
		if share > 0 {
			ports = append(ports, p)
		}
	}
	sort.Slice(ports, func(i, j int) bool { return ports[i].Index < ports[j].Index })
	return ports
}

func (o orders) deafTo() []*topology.Node {
	nodes := keys(o.deaf)
	sort.Slice(nodes, func(i, j int) bool { return nodes[i].Index < nodes[j].Index })
	return nodes
}

func keys[K comparable](m map[K]bool) []K {
	var all []K
	for k, on := range m {
		if on {
			all = append(all, k)
		}
	}
	return all
}

// from ends the rule unless the frame came in by that physical port.
func (t *transaction) from(p *topology.Port) {
	t.load(unix.NFT_META_IIFGROUP)
	t.is(unix.NFT_CMP_EQ, native32(portGroup(p)))
}

// Attributes of the dice (linux/netfilter/nf_tables.h).
const (
	nftaNgDreg    = 1
	nftaNgModulus = 2
	nftaNgType    = 3
	nftNgRandom   = 1
	diceSides     = 1_000_000
)

// chance ends the rule unless the kernel's dice fall so.
func (t *transaction) chance(share float64) {
	t.expression("numgen", func() {
		t.be32(nftaNgDreg, nftRegister)
		t.be32(nftaNgModulus, diceSides)
		t.be32(nftaNgType, nftNgRandom)
	})
	t.networkOrder(4)
	t.is(unix.NFT_CMP_LT, binary.BigEndian.AppendUint32(nil, uint32(share*diceSides)))
}

func (g *guard) addStop(t *transaction, s stop) {
	t.rule(guardTable, guardIn, func() {
		if s.port != nil {
			t.from(s.port)
		}
		t.since(s.at)
		t.drop()
	})
	if s.port != nil {
		return
	}
	t.rule(guardTable, guardOut, func() {
		t.since(s.at)
		t.drop()
	})
}

// since ends the rule unless the kernel's real-time clock has reached the moment.
func (t *transaction) since(at time.Time) {
	t.load(nftMetaTimeNS)
	t.networkOrder(8)
	t.is(unix.NFT_CMP_GTE, binary.BigEndian.AppendUint64(nil, uint64(at.UnixNano())))
}

// networkOrder turns a number of that many octets round, so that greater ones compare as greater.
func (t *transaction) networkOrder(size uint32) {
	t.expression("byteorder", func() {
		t.be32(unix.NFTA_BYTEORDER_SREG, nftRegister)
		t.be32(unix.NFTA_BYTEORDER_DREG, nftRegister)
		t.be32(unix.NFTA_BYTEORDER_OP, unix.NFT_BYTEORDER_HTON)
		t.be32(unix.NFTA_BYTEORDER_LEN, size)
		t.be32(unix.NFTA_BYTEORDER_SIZE, size)
	})
}

// addDeaf loses all that comes from a node: frames by their source address, packets that others forwarded by theirs,
// and what address resolution says of it.
func (g *guard) addDeaf(t *transaction, from *topology.Node) {
	for _, mac := range addressesOf(from) {
		t.rule(guardTable, guardIn, func() {
			t.header(unix.NFT_PAYLOAD_LL_HEADER, 6, 6)
			t.is(unix.NFT_CMP_EQ, mac[:])
			t.drop()
		})
	}
	for _, ip := range ipsOf(from) {
		for _, p := range protocolsOf(ip) {
			t.source(p, ip)
		}
	}
}

// sender is where a protocol's header says who sent it.
type sender struct {
	protocol uint16
	offset   uint32
}

func protocolsOf(ip netip.Addr) []sender {
	if ip.Is4() {
		return []sender{{unix.ETH_P_IP, 12}, {unix.ETH_P_ARP, 14}}
	}
	return []sender{{unix.ETH_P_IPV6, 8}}
}

// source loses packets of a protocol that an address sent.
func (t *transaction) source(s sender, ip netip.Addr) {
	t.rule(guardTable, guardIn, func() {
		t.load(unix.NFT_META_PROTOCOL)
		t.is(unix.NFT_CMP_EQ, binary.BigEndian.AppendUint16(nil, s.protocol))
		t.header(unix.NFT_PAYLOAD_NETWORK_HEADER, s.offset, uint32(ip.BitLen()/8))
		t.is(unix.NFT_CMP_EQ, ip.AsSlice())
		t.drop()
	})
}

// addressesOf are the link addresses that a node's frames bear.
func addressesOf(n *topology.Node) []topology.HardwareID {
	var all []topology.HardwareID
	for _, i := range n.Interfaces {
		if !slices.Contains(all, i.MAC) {
			all = append(all, i.MAC)
		}
	}
	return all
}

func ipsOf(n *topology.Node) []netip.Addr {
	var all []netip.Addr
	if n.Loopback.IsValid() {
		all = append(all, n.Loopback)
	}
	for _, i := range n.Interfaces {
		all = append(all, i.Addr.Addr())
		if i.Addr6.IsValid() {
			all = append(all, i.Addr6.Addr())
		}
	}
	return all
}

// lost counts what each rule of the inward chain has lost, in the order of the rules.
func (g *guard) lost() ([]uint64, error) {
	c, err := g.ns.filter()
	if err != nil {
		return nil, err
	}
	var counts []uint64
	write := func(m *message) {
		m.raw(unix.NFPROTO_NETDEV, unix.NFNETLINK_V0, 0, 0)
		m.text(unix.NFTA_RULE_TABLE, guardTable)
		m.text(unix.NFTA_RULE_CHAIN, guardIn)
	}
	err = c.ask(nftablesSubsystem|unix.NFT_MSG_GETRULE, unix.NLM_F_DUMP, write, func(_ uint16, body []byte) {
		counts = append(counts, counterOf(attributes(body[4:])[unix.NFTA_RULE_EXPRESSIONS]))
	})
	return counts, err
}

// counterOf finds the packets of the counter among a rule's expressions.
func counterOf(expressions []byte) uint64 {
	var packets uint64
	eachAttribute(expressions, func(_ uint16, value []byte) {
		e := attributes(value)
		if string(e[unix.NFTA_EXPR_NAME]) != "counter\x00" {
			return
		}
		if n := attributes(e[unix.NFTA_EXPR_DATA])[unix.NFTA_COUNTER_PACKETS]; len(n) == 8 {
			packets = binary.BigEndian.Uint64(n)
		}
	})
	return packets
}
