package kernel

import (
	"fmt"

	"github.com/dcdrill/dcdrill/topology"
)

// starOf is hosts on one switch.
func starOf(hosts int) *topology.Plant {
	f := newPlant()
	lan := f.network("lan", "10.0.0.0/16")
	sw := f.node("sw", topology.Switch)
	for i := range hosts {
		h := f.node(fmt.Sprintf("h%d", i+1), topology.Host)
		l := f.link(sw, fmt.Sprintf("Ethernet1/%d", i+1), h, "eth0", lan)
		f.address(h, lan, fmt.Sprintf("10.0.%d.%d/16", (i+10)/250, (i+10)%250), l.B)
	}
	return f.plant()
}

// dualHomed is two cores and a number of switches with an uplink to each of them, active-backup, and hosts on every
// switch.
func dualHomed(switches, hosts int) *topology.Plant {
	f := newPlant()
	lan := f.network("lan", "10.0.0.0/16")
	core1, core2 := f.node("core1", topology.Switch), f.node("core2", topology.Switch)
	f.link(core1, "Ethernet1/49", core2, "Ethernet1/49", lan)
	for i := range switches {
		tor := f.node(fmt.Sprintf("tor%d", i+1), topology.Switch)
		a := f.link(core1, fmt.Sprintf("Ethernet1/%d", i+1), tor, "Ethernet1/51", lan)
		b := f.link(core2, fmt.Sprintf("Ethernet1/%d", i+1), tor, "Ethernet1/52", lan)
		f.bond(tor, "uplink", a.B, b.B)
		for j := range hosts {
			h := f.node(fmt.Sprintf("h%d-%d", i+1, j+1), topology.Host)
			l := f.link(tor, fmt.Sprintf("Ethernet1/%d", j+1), h, "eth0", lan)
			f.address(h, lan, fmt.Sprintf("10.0.%d.%d/16", i+1, j+1), l.B)
		}
	}
	return f.plant()
}
