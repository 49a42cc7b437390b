package kernel

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/dcdrill/dcdrill/topology"
)

// maxName is the longest name of a Linux network device (IFNAMSIZ less its final zero).
const maxName = 15

// names are the device names taken in one namespace.
type names map[string]bool

// shortForms are the abbreviations that switches themselves print for their ports.
var shortForms = strings.NewReplacer(
	"HundredGigabitEthernet", "Hu", "HundredGigE", "Hu", "FortyGigabitEthernet", "Fo", "FortyGigE", "Fo",
	"TwentyFiveGigE", "Twe", "TenGigabitEthernet", "Te", "TenGigE", "Te", "GigabitEthernet", "Gi",
	"FastEthernet", "Fa", "Ethernet", "Et", "Port-channel", "Po", "port-channel", "Po",
)

// legal replaces what the kernel refuses in a device name: slashes, colons and spaces.
var legal = strings.NewReplacer("/", "-", ":", "-", " ", "", "\t", "", "%", "")

// pick takes a free name that looks like the wanted one.
func (n names) pick(want string) string {
	name := legal.Replace(want)
	if len(name) > maxName {
		name = legal.Replace(shortForms.Replace(want))
	}
	return n.take(name)
}

// pick2 joins two names by a dot, shortened as needed, the second first.
func (n names) pick2(a, b string) string {
	a, b = legal.Replace(a), legal.Replace(b)
	if len(a)+1+len(b) > maxName {
		a = shortForms.Replace(a)
	}
	if room := maxName - 1 - len(a); len(b) > room {
		b = b[:max(min(len(b), 4), room)]
	}
	if room := maxName - 1 - len(b); len(a) > room {
		a = a[:room]
	}
	return n.take(a + "." + b)
}

// take cuts a name to length and numbers it when it is taken or reserved.
func (n names) take(name string) string {
	if len(name) > maxName {
		name = name[:maxName]
	}
	free := name
	for i := 2; n[free] || free == "" || free == "." || free == ".." || free == "lo"; i++ {
		end := fmt.Sprintf("~%d", i)
		free = name[:min(len(name), maxName-len(end))] + end
	}
	n[free] = true
	return free
}

func wireName(link, side, nth int) string { return fmt.Sprintf("w%d%c%d", link, 'a'+side, nth) }

// Sorts of devices that the plant gives no address for, as the first number that their addresses are made from.
const (
	bridgeID = 1
	wireID   = 2
	treeID   = 3
	jointID  = 4
	bondID   = 16 // and up: one for each bond of a node
)

// deviceID makes a locally administered address from numbers, the same in every run.
func deviceID(sort, a, b int) topology.HardwareID {
	h := fnv.New64a()
	_ = binary.Write(h, binary.BigEndian, [3]int64{int64(sort), int64(a), int64(b)})
	sum := h.Sum(nil)
	return topology.HardwareID{0x02, 0xdc, sum[4], sum[5], sum[6], sum[7]}
}

// laneID is the address of a port's nth network: the port's own for the first.
func laneID(port topology.HardwareID, nth int) topology.HardwareID {
	if nth == 0 {
		return port
	}
	return deviceID(int(binary.BigEndian.Uint16(port[:])), int(binary.BigEndian.Uint32(port[2:])), nth)
}
