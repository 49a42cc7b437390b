package kernel

import (
	"golang.org/x/sys/unix"
)

// nativeBonding says whether this kernel has bonding, by making a bond in a namespace of its own.
func nativeBonding() bool {
	n, err := newNetnses([]netnsSpec{{name: "a test of bonding"}})
	if err != nil {
		return false
	}
	defer n[0].close()
	b := n[0].route.batch()
	b.add("make bond", unix.RTM_NEWLINK, createNew, func() {
		b.linkHeader(0, 0, 0)
		b.nest(unix.IFLA_LINKINFO, func() { b.text(unix.IFLA_INFO_KIND, "bond") })
	})
	return b.send() == nil
}
