package topology

import (
	"fmt"
	"strings"
)

// mostPorts is the largest fat tree that is a plant: its 18,000 nodes are as many as there may be.
const mostPorts = 40

// FatTree is a folded Clos of switches with K ports each: K pods of K/2 edge and K/2 aggregation switches, (K/2)² core
// switches, K/2 hosts on each edge switch (Al-Fares, SIGCOMM 2008). Zero: K is 4; K is even.
type FatTree struct {
	K int `yaml:"k"`
}

// YAML is the plant as a topology file.
func (s FatTree) YAML() string {
	k := orElse(s.K, 4)
	half := k / 2
	var b strings.Builder
	fmt.Fprintf(&b, `# A fat tree of switches with %d ports: %d hosts, any of which can talk to any other at full rate.
name: fat-tree
fabric: routed

topology:
  defaults: {speed: 10G, boot: fast}
  nodes:
    core: {kind: switch, count: %d}
`, k, k*half*half, half*half)
	for pod := 1; pod <= k; pod++ {
		for i := range half {
			fmt.Fprintf(&b, "    pod%d-agg%d:  {kind: switch, ports: {%s}}\n", pod, i+1, upPorts("core", i*half+1, half))
		}
		fmt.Fprintf(&b, "    pod%[1]d-edge: {kind: switch, count: %[2]d, ports: {%[3]s}}\n", pod, half, upPorts(fmt.Sprintf("pod%d-agg", pod), 1, half))
		for i := range half {
			fmt.Fprintf(&b, "    pod%[1]d-edge%[2]d-h: {kind: host, count: %[3]d, ports: {eth0: pod%[1]d-edge%[2]d}}\n", pod, i+1, half)
		}
	}
	return b.String()
}

// upPorts are ports into count nodes, the first being from.
func upPorts(prefix string, from, count int) string {
	ports := make([]string, count)
	for i := range ports {
		ports[i] = fmt.Sprintf("up%d: %s%d", i+1, prefix, from+i)
	}
	return strings.Join(ports, ", ")
}
