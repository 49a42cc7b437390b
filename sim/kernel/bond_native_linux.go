package kernel

import (
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/topology"
)

// addNativeBond makes one of the kernel's own bonds. Members join when they are finished.
func (b *batch) addNativeBond(d *bondDevice) {
	b.add("make bond "+d.alias, unix.RTM_NEWLINK, createNew, func() {
		b.linkHeader(d.index, 0, 0)
		b.linkAttributes(&d.device)
		b.nest(unix.IFLA_LINKINFO, func() {
			b.text(unix.IFLA_INFO_KIND, "bond")
			b.nest(unix.IFLA_INFO_DATA, func() { b.bondOptions(d.of) })
		})
	})
}

// bondOptions are the options of a bond, in the order in which the kernel takes them (linux/if_link.h).
func (b *batch) bondOptions(of *topology.Bond) {
	b.u8(unix.IFLA_BOND_MODE, bondModes[of.Mode])
	b.u32(unix.IFLA_BOND_MIIMON, uint32(of.Miimon/time.Millisecond))
	b.u32(unix.IFLA_BOND_UPDELAY, uint32(of.Updelay/time.Millisecond))
	b.u32(unix.IFLA_BOND_DOWNDELAY, uint32(of.Downdelay/time.Millisecond))
	if of.Mode == topology.LACP {
		b.u8(unix.IFLA_BOND_AD_LACP_RATE, lacpRates[of.Rate])
	}
	if of.Mode == topology.ActiveBackup {
		b.u8(unix.IFLA_BOND_PRIMARY_RESELECT, bondReselects[of.Reselect])
	}
}

// setPrimary names the preferred member, which must be one already.
func (b *batch) setPrimary(d *bondDevice) {
	i := slices.Index(d.of.Members, d.of.Primary)
	if i < 0 || d.members[i] == nil {
		return
	}
	b.add("set primary of "+d.alias, unix.RTM_NEWLINK, 0, func() {
		b.linkHeader(d.index, 0, 0)
		b.nest(unix.IFLA_LINKINFO, func() {
			b.text(unix.IFLA_INFO_KIND, "bond")
			b.nest(unix.IFLA_INFO_DATA, func() { b.u32(unix.IFLA_BOND_PRIMARY, uint32(d.members[i].index)) })
		})
	})
}

// Numbers of the kernel's bonding driver (linux/if_bonding.h, bond_options.c).
var (
	bondModes     = map[topology.BondMode]uint8{topology.ActiveBackup: 1, topology.LACP: 4}
	lacpRates     = map[topology.LACPRate]uint8{topology.SlowLACP: 0, topology.FastLACP: 1}
	bondReselects = map[topology.Reselect]uint8{"": 0, topology.ReselectAlways: 0, topology.ReselectBetter: 1, topology.ReselectFailure: 2}
)
