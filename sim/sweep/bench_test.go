package sweep

import (
	"context"
	"fmt"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// BenchmarkFatTree sweeps a 16-ary fat tree (320 switches, 1,024 hosts, 3,072 links: 4,416 elements) for single
// failures, pairs and triples, on one core. The plant is built before; everything else is measured: elements, graph,
// classes, search, cut sets by workload, and the count of all combinations that cut.
//
// Flows: "storage" has every host talk to the first host of its pod; "next" is what a plant without workloads is judged
// by, every host with the next; "far" has every host talk to the same one in the next pod; "all" has every host talk to
// every other, 523,776 flows.
func BenchmarkFatTree(b *testing.B) {
	p, err := topology.Load("fat-tree:k=16")
	require.NoError(b, err)
	hosts := hostsOf(p)
	require.Len(b, hosts, 1024)
	const pod = 64
	for _, w := range []struct {
		name  string
		flows []sim.Flow
	}{
		{"storage", flowsTo(hosts, func(i int) int { return i / pod * pod })},
		{"next", flowsTo(hosts, func(i int) int { return (i + 1) % len(hosts) })},
		{"far", flowsTo(hosts, func(i int) int { return (i + pod) % len(hosts) })},
		{"all", mesh(hosts)},
	} {
		for depth := 1; depth <= MaxDepth; depth++ {
			if len(w.flows) > len(hosts) && depth != 2 {
				continue // takes seconds, most of them to tell half a million flows apart
			}
			b.Run(fmt.Sprintf("%s/k=%d", w.name, depth), func(b *testing.B) { benchmark(b, p, w.flows, depth) })
		}
	}
}

// BenchmarkLeafSpine sweeps 128 hosts wired to two of sixteen leaves each, where few flows are alike.
func BenchmarkLeafSpine(b *testing.B) {
	p := parse(b, dualHomed(16, 4, 128))
	hosts := hostsOf(p)
	for depth := 1; depth <= MaxDepth; depth++ {
		b.Run(fmt.Sprintf("all/k=%d", depth), func(b *testing.B) { benchmark(b, p, mesh(hosts), depth) })
	}
}

func benchmark(b *testing.B, p *topology.Plant, flows []sim.Flow, depth int) {
	u := use("w", flows...)
	var r *Result
	var counted []Combinations
	b.ReportAllocs()
	for b.Loop() {
		var err error
		r, err = Run(context.Background(), p, []*sim.Use{u}, Options{Depth: depth})
		require.NoError(b, err)
		counted = r.Combinations()
	}
	covered := new(big.Float)
	for _, c := range counted {
		covered.Add(covered, new(big.Float).SetInt(c.All))
	}
	n, _ := covered.Float64()
	b.ReportMetric(n, "combinations")
	b.ReportMetric(float64(r.Classes), "classes")
	b.ReportMetric(float64(len(r.Workloads[0].Cuts)), "cutsets")
}

func hostsOf(p *topology.Plant) []*topology.Node {
	var hosts []*topology.Node
	for _, n := range p.Nodes {
		if n.Kind == topology.Host {
			hosts = append(hosts, n)
		}
	}
	return hosts
}

// flowsTo gives each host a flow to the host of another number.
func flowsTo(hosts []*topology.Node, to func(int) int) []sim.Flow {
	var flows []sim.Flow
	for i, h := range hosts {
		if far := hosts[to(i)]; far != h {
			flows = append(flows, sim.Flow{From: h, To: far})
		}
	}
	return flows
}

func mesh(hosts []*topology.Node) []sim.Flow {
	var flows []sim.Flow
	for i, a := range hosts {
		for _, b := range hosts[i+1:] {
			flows = append(flows, sim.Flow{From: a, To: b})
		}
	}
	return flows
}

// dualHomed is a bridged leaf-spine whose hosts are bonded over two leaves.
func dualHomed(leaves, spines, hosts int) string {
	text := "networks: {lan: {subnet: 10.0.0.0/16}}\ntopology:\n  nodes:\n"
	for s := 1; s <= spines; s++ {
		text += fmt.Sprintf("    spine%d: {kind: switch, stp: true}\n", s)
	}
	for l := 1; l <= leaves; l++ {
		text += fmt.Sprintf("    leaf%d: {kind: switch, stp: true, ports: {", l)
		for s := 1; s <= spines; s++ {
			text += fmt.Sprintf("up%d: spine%d, ", s, s)
		}
		text += "}}\n"
	}
	for h := range hosts {
		a := h % leaves
		text += fmt.Sprintf("    h%d: {kind: host, ports: {e0: leaf%d, e1: leaf%d}, bonds: {team: {members: [e0, e1]}}}\n", h+1, a+1, (a+1)%leaves+1)
	}
	return text
}
