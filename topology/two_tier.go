package topology

import (
	"fmt"
	"strings"
)

// TwoTier is two core switches and top-of-rack switches bonded to both; zero: 8 racks of 8 hosts.
type TwoTier struct {
	Racks int `yaml:"racks"`
	Hosts int `yaml:"hosts"` // in each rack
}

// YAML is the plant as a topology file.
func (s TwoTier) YAML() string {
	racks, hosts := orElse(s.Racks, 8), orElse(s.Hosts, 8)
	var b strings.Builder
	fmt.Fprintf(&b, `# Two core switches, %d top-of-rack switches bonded to both, %d hosts on each.
name: two-tier

networks:
  lan: {subnet: 10.0.0.0/16, gateway: core}

topology:
  defaults: {speed: 40G}
  nodes:
    core1: {kind: switch}
    core2: {kind: switch}
    tor:
      kind: switch
      count: %d
      ports: {up1: core1, up2: core2}
      bonds: {up: {members: [up1, up2]}}   # one uplink at a time: no loop, no spanning tree
`, racks, hosts, racks)
	for r := 1; r <= racks; r++ {
		fmt.Fprintf(&b, "    rack%[1]d-h: {kind: host, count: %[2]d, ports: {eth0: {to: tor%[1]d, speed: 10G}}}\n", r, hosts)
	}
	b.WriteString(`  links:
    peer-link: {endpoints: ["core1:Ethernet1/63", "core2:Ethernet1/63"]}

groups:
  core: {redundant: [core1, core2]}
`)
	return b.String()
}
