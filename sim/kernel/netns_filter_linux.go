package kernel

import (
	"encoding/binary"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// transaction is a change of a namespace's nftables that happens whole, at one instant, or not at all. google/nftables
// has no chains on several devices and no fwd, which all of the wiring rests on; it is used to read rules back.
type transaction struct {
	*batch
}

// Attributes and keys of nftables that golang.org/x/sys has no names for (linux/netfilter/nf_tables.h).
const (
	nftaHookDevs      = 4
	nftaDeviceName    = 1
	nftMetaTimeNS     = 30
	netdevIngress     = 0
	netdevEgress      = 1
	nftDataTypeValue  = 0
	verdictDrop       = 0 // NF_DROP
	nfnlBatchBegin    = 0x10
	nfnlBatchEnd      = 0x11
	nftRegister       = unix.NFT_REG_1
	maxChainDevices   = 255 // one less than NFT_NETDEVICE_MAX, which is refused
	nftablesSubsystem = unix.NFNL_SUBSYS_NFTABLES << 8
)

// change begins a transaction.
func (n *netns) change() (*transaction, error) {
	c, err := n.filter()
	if err != nil {
		return nil, err
	}
	t := &transaction{c.batch()}
	t.add("begin transaction in "+n.name, nfnlBatchBegin, 0, func() {
		t.raw(unix.AF_UNSPEC, unix.NFNETLINK_V0, 0, unix.NFNL_SUBSYS_NFTABLES)
	})
	return t, nil
}

// command adds a message of the netdev family.
func (t *transaction) command(what string, kind, flags uint16, f func()) {
	t.add(what, nftablesSubsystem|kind, flags, func() {
		t.raw(unix.NFPROTO_NETDEV, unix.NFNETLINK_V0, 0, 0)
		f()
	})
}

// commit makes it all true. The transaction goes out in one system call, as the kernel demands.
func (t *transaction) commit() error {
	last := len(t.ends) - 1
	if last == 0 {
		return nil
	}
	start := t.ends[last-1]
	flags := binary.NativeEndian.Uint16(t.buf[start+6:])
	binary.NativeEndian.PutUint16(t.buf[start+6:], flags|unix.NLM_F_ACK)
	t.add("end transaction", nfnlBatchEnd, 0, func() {
		t.raw(unix.AF_UNSPEC, unix.NFNETLINK_V0, 0, unix.NFNL_SUBSYS_NFTABLES)
	})
	if err := unix.Sendto(t.conn.fd, t.buf, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("send to kernel: %w", os.NewSyscallError("sendto", err))
	}
	return t.acknowledged(t.seq + uint32(last))
}

// table makes a table unless it is there.
func (t *transaction) table(name string) {
	t.command("make table "+name, unix.NFT_MSG_NEWTABLE, unix.NLM_F_CREATE, func() { t.text(unix.NFTA_TABLE_NAME, name) })
}

// chain makes a base chain on devices unless it is there.
func (t *transaction) chain(table, name string, hook uint32, priority int32, devices []string) {
	t.command("make chain "+name, unix.NFT_MSG_NEWCHAIN, unix.NLM_F_CREATE, func() {
		t.text(unix.NFTA_CHAIN_TABLE, table)
		t.text(unix.NFTA_CHAIN_NAME, name)
		t.nest(unix.NFTA_CHAIN_HOOK, func() {
			t.be32(unix.NFTA_HOOK_HOOKNUM, hook)
			t.be32(unix.NFTA_HOOK_PRIORITY, uint32(priority))
			t.nest(nftaHookDevs, func() {
				for _, d := range devices {
					t.text(nftaDeviceName, d)
				}
			})
		})
		t.text(unix.NFTA_CHAIN_TYPE, "filter")
	})
}

// clear takes all rules out of a chain.
func (t *transaction) clear(table, chain string) {
	t.command("clear chain "+chain, unix.NFT_MSG_DELRULE, 0, func() {
		t.text(unix.NFTA_RULE_TABLE, table)
		t.text(unix.NFTA_RULE_CHAIN, chain)
	})
}

// rule appends a rule whose expressions f writes.
func (t *transaction) rule(table, chain string, f func()) {
	t.command("add rule to "+chain, unix.NFT_MSG_NEWRULE, unix.NLM_F_CREATE|unix.NLM_F_APPEND, func() {
		t.text(unix.NFTA_RULE_TABLE, table)
		t.text(unix.NFTA_RULE_CHAIN, chain)
		t.nest(unix.NFTA_RULE_EXPRESSIONS, f)
	})
}

func (t *transaction) expression(name string, f func()) {
	t.nest(unix.NFTA_LIST_ELEM, func() {
		t.text(unix.NFTA_EXPR_NAME, name)
		t.nest(unix.NFTA_EXPR_DATA, f)
	})
}

// load puts a fact about the frame into the register.
func (t *transaction) load(key uint32) {
	t.expression("meta", func() {
		t.be32(unix.NFTA_META_KEY, key)
		t.be32(unix.NFTA_META_DREG, nftRegister)
	})
}

// header puts bytes of the frame's link header or network header into the register.
func (t *transaction) header(base, offset, size uint32) {
	t.expression("payload", func() {
		t.be32(unix.NFTA_PAYLOAD_DREG, nftRegister)
		t.be32(unix.NFTA_PAYLOAD_BASE, base)
		t.be32(unix.NFTA_PAYLOAD_OFFSET, offset)
		t.be32(unix.NFTA_PAYLOAD_LEN, size)
	})
}

// is ends the rule unless the register compares with the value as op says.
func (t *transaction) is(op uint32, value []byte) {
	t.expression("cmp", func() {
		t.be32(unix.NFTA_CMP_SREG, nftRegister)
		t.be32(unix.NFTA_CMP_OP, op)
		t.nest(unix.NFTA_CMP_DATA, func() { t.bytes(unix.NFTA_DATA_VALUE, value) })
	})
}

// drop counts the frame and loses it.
func (t *transaction) drop() {
	t.expression("counter", func() {})
	t.expression("immediate", func() {
		t.be32(unix.NFTA_IMMEDIATE_DREG, unix.NFT_REG_VERDICT)
		t.nest(unix.NFTA_IMMEDIATE_DATA, func() {
			t.nest(unix.NFTA_DATA_VERDICT, func() { t.be32(unix.NFTA_VERDICT_CODE, verdictDrop) })
		})
	})
}

func native32(v uint32) []byte { return binary.NativeEndian.AppendUint32(nil, v) }
