package topology

import (
	"fmt"
	"strings"
)

// LeafSpine is a routed fabric of two tiers; zero: 2 spines, 4 leaves, 2 hosts on each leaf.
type LeafSpine struct {
	Spines int `yaml:"spines"`
	Leaves int `yaml:"leaves"`
	Hosts  int `yaml:"hosts"` // on each leaf
}

// YAML is the plant as a topology file.
func (s LeafSpine) YAML() string {
	spines, leaves, hosts := orElse(s.Spines, 2), orElse(s.Leaves, 4), orElse(s.Hosts, 2)
	var b strings.Builder
	fmt.Fprintf(&b, `# A routed fabric: each of %[2]d leaves is wired to each of %[1]d spines and is the gateway of its %[3]d hosts.
#
#      spine1 .. spine%[1]d
#        |  \  /  |         a transit network on every link, equal-cost routes over all of them
#      leaf1  ..  leaf%[2]d
#        |          |
#      hosts      hosts
name: leaf-spine
fabric: routed

networks:
`, spines, leaves, hosts)
	for l := 1; l <= leaves; l++ {
		fmt.Fprintf(&b, "  rack%d: {subnet: 10.%d.%d.0/%d}\n", l, (l-1)/256+1, (l-1)%256, 24)
	}
	fmt.Fprintf(&b, `
topology:
  defaults: {speed: 100G, optic: QSFP28-100G-SR4, boot: fast}
  nodes:
    isp:   {kind: external, ports: {eth0: {to: edge1, speed: 10G, optic: SFP-10G-LR}}}
    edge1: {kind: router, ports: {%s}}
    spine: {kind: switch, count: %d, feeds: [a, b]}
    leaf:  {kind: switch, count: %d, feeds: [a, b], ports: {%s}}
`, spinePorts("in", spines), spines, leaves, spinePorts("up", spines))
	for l := 1; l <= leaves; l++ {
		fmt.Fprintf(&b, "    rack%[1]d-h: {kind: host, count: %[2]d, ports: {eth0: {to: leaf%[1]d, speed: 25G, optic: SFP-25G-SR, networks: [rack%[1]d]}}}\n", l, hosts)
	}
	fmt.Fprintf(&b, `
groups:
  spines: {redundant: [%s], shares: [firmware]}

workloads:
  east-west: {kind: udp, from: rack1-h, to: rack%d-h}
  session:   {kind: tcp, from: rack1-h1, to: rack%d-h1}
  website:   {kind: http, from: isp, to: rack1-h}
  racks:     {kind: reach, from: rack1-h1, to: [%s]}
`, numbered("spine", 1, spines), leaves, leaves, numbered("rack", min(2, leaves), leaves, "-h1"))
	return b.String()
}

// spinePorts are a node's ports into every spine.
func spinePorts(prefix string, spines int) string {
	ports := make([]string, spines)
	for i := range ports {
		ports[i] = fmt.Sprintf("%s%d: spine%d", prefix, i+1, i+1)
	}
	return strings.Join(ports, ", ")
}

// numbered is prefix1, prefix2... with anything after the numbers.
func numbered(prefix string, from, to int, after ...string) string {
	var list []string
	for i := from; i <= to; i++ {
		list = append(list, fmt.Sprintf("%s%d%s", prefix, i, strings.Join(after, "")))
	}
	return strings.Join(list, ", ")
}
