package kernel

import (
	"os"
	"strconv"
	"strings"
)

// neighbourStats has, per processor and in hexadecimal, what the machine's table of IPv4 neighbours went through. The table
// is one for all network namespaces.
const neighbourStats = "/proc/net/stat/arp_cache"

// NeighboursRefused counts how often this machine's kernel had no room for another neighbour (net.ipv4.neigh.default.gc_thresh3,
// which only the host's root can raise). It is 0 where that cannot be read, as in a container.
func NeighboursRefused() uint64 {
	text, err := os.ReadFile(neighbourStats)
	if err != nil {
		return 0
	}
	return tableFulls(string(text))
}

// tableFulls adds up one column of neighbourStats, which a head names.
func tableFulls(text string) uint64 {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	total := uint64(0)
	for i, name := range strings.Fields(lines[0]) {
		if name != "table_fulls" {
			continue
		}
		for _, line := range lines[1:] {
			if cells := strings.Fields(line); i < len(cells) {
				n, _ := strconv.ParseUint(cells[i], 16, 64) // the kernel writes hexadecimal numbers only
				total += n
			}
		}
	}
	return total
}
