package kernel

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// patchPanel crosses frames between devices of one namespace, beneath all that the kernel would do with them: what
// comes in at one goes out at the other. What comes in where nothing is patched is lost. It works at the netdev ingress
// hook, after whatever drops frames there: traffic control would cross them before any filter could drop them.
//
//	w7a0 ⇄ w7b0        a link between two ends that both want a carrier of their own
//	bond0.x ⇄ vmnic1   the inner end of a bond and its active member
type patchPanel struct {
	ns      *netns
	devices []string
}

type cord struct{ from, to *device }

const (
	patchTable    = "patch"
	patchMap      = "cords"
	patchPriority = 0
	cordsAtOnce   = 1000 // in one transaction: 40 bytes each, well within a socket's send buffer
)

// both is a cord in each direction.
func both(a, b *device) []cord { return []cord{{a, b}, {b, a}} }

// install hooks the panel into its devices.
func (p *patchPanel) install(cords []cord) error {
	t, err := p.ns.change()
	if err != nil {
		return err
	}
	t.table(patchTable)
	t.indexMap(patchTable, patchMap)
	for i := 0; i < len(p.devices); i += maxChainDevices {
		name := fmt.Sprintf("cross%d", i/maxChainDevices)
		t.chain(patchTable, name, netdevIngress, patchPriority, p.devices[i:min(i+maxChainDevices, len(p.devices))])
		t.rule(patchTable, name, t.cross)
		t.rule(patchTable, name, t.drop)
	}
	if err := t.commit(); err != nil {
		return err
	}
	return p.patch(cords)
}

// patch replaces all cords at one instant.
func (p *patchPanel) patch(cords []cord) error {
	for i := 0; i == 0 || i < len(cords); i += cordsAtOnce {
		t, err := p.ns.change()
		if err != nil {
			return err
		}
		if i == 0 {
			t.emptyMap(patchTable, patchMap)
		}
		t.plug(patchTable, patchMap, cords[i:min(i+cordsAtOnce, len(cords))])
		if err := t.commit(); err != nil {
			return fmt.Errorf("patch %s: %w", p.ns.name, err)
		}
	}
	return nil
}

// indexMap makes a map from device index to device index.
func (t *transaction) indexMap(table, name string) {
	t.command("make map "+name, unix.NFT_MSG_NEWSET, unix.NLM_F_CREATE, func() {
		t.text(unix.NFTA_SET_TABLE, table)
		t.text(unix.NFTA_SET_NAME, name)
		t.be32(unix.NFTA_SET_FLAGS, unix.NFT_SET_MAP)
		t.be32(unix.NFTA_SET_KEY_TYPE, 0)
		t.be32(unix.NFTA_SET_KEY_LEN, 4)
		t.be32(unix.NFTA_SET_DATA_TYPE, nftDataTypeValue)
		t.be32(unix.NFTA_SET_DATA_LEN, 4)
		t.be32(unix.NFTA_SET_ID, 1)
	})
}

func (t *transaction) emptyMap(table, name string) {
	t.command("empty map "+name, unix.NFT_MSG_DELSETELEM, 0, func() {
		t.text(unix.NFTA_SET_ELEM_LIST_TABLE, table)
		t.text(unix.NFTA_SET_ELEM_LIST_SET, name)
	})
}

func (t *transaction) plug(table, name string, cords []cord) {
	if len(cords) == 0 {
		return
	}
	t.command("patch cords", unix.NFT_MSG_NEWSETELEM, unix.NLM_F_CREATE, func() {
		t.text(unix.NFTA_SET_ELEM_LIST_TABLE, table)
		t.text(unix.NFTA_SET_ELEM_LIST_SET, name)
		t.nest(unix.NFTA_SET_ELEM_LIST_ELEMENTS, func() {
			for _, c := range cords {
				t.element(c)
			}
		})
	})
}

func (t *transaction) element(c cord) {
	t.nest(unix.NFTA_LIST_ELEM, func() {
		t.nest(unix.NFTA_SET_ELEM_KEY, func() { t.bytes(unix.NFTA_DATA_VALUE, native32(uint32(c.from.index))) })
		t.nest(unix.NFTA_SET_ELEM_DATA, func() { t.bytes(unix.NFTA_DATA_VALUE, native32(uint32(c.to.index))) })
	})
}

// cross sends the frame out where the map says; without an entry the rule ends.
func (t *transaction) cross() {
	t.load(unix.NFT_META_IIF)
	t.expression("lookup", func() {
		t.text(unix.NFTA_LOOKUP_SET, patchMap)
		t.be32(unix.NFTA_LOOKUP_SREG, nftRegister)
		t.be32(unix.NFTA_LOOKUP_DREG, nftRegister)
	})
	t.expression("fwd", func() { t.be32(unix.NFTA_FWD_SREG_DEV, nftRegister) })
}
