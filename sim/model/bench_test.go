package model_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/fault"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/topology"
)

// crowd makes one workload of many members between pairs of hosts, and from the external node to hosts.
func crowd(p *topology.Plant, members int) *sim.Use {
	var hosts []*topology.Node
	for _, n := range p.Nodes {
		if n.Kind == topology.Host {
			hosts = append(hosts, n)
		}
	}
	u := &sim.Use{ID: "crowd", Kind: "flow", Workload: flow{}}
	for i := range members {
		f := flow{From: hosts[i%len(hosts)], To: hosts[(i*7+1+i/len(hosts))%len(hosts)]}
		if isp := p.Node("isp"); isp != nil && i%3 == 0 {
			f.From = isp
		}
		u.Members = append(u.Members, &sim.Member{Workload: u, Index: i, Talk: f})
	}
	return u
}

// benchmark plays a scenario over and over.
func benchmark(b *testing.B, p *topology.Plant, members int, timeline func() []*sim.Entry) {
	sc := &sim.Scenario{Plant: p, Uses: []*sim.Use{crowd(p, members)}, Timeline: timeline()}
	events := 0
	for b.Loop() {
		log, err := sim.Play(context.Background(), model.Engine{}, sc, sim.Options{})
		require.NoError(b, err)
		events = len(log.Events())
	}
	b.ReportMetric(float64(events), "events")
}

func resolved(b *testing.B, p *topology.Plant, id string, at, lasts time.Duration, f sim.Fault) *sim.Entry {
	b.Helper()
	require.NoError(b, f.Resolve(p))
	return &sim.Entry{ID: id, Kind: id, Text: id, At: at, For: lasts, Fault: f}
}

// BenchmarkSeedIncident is ten hours of the two-core plant with 300 members: both cores reboot, both storage optics die
// with them, the voice uplink blinks twice, everything is repaired after four hours.
func BenchmarkSeedIncident(b *testing.B) {
	p := load(b, "two-core")
	benchmark(b, p, 300, func() []*sim.Entry {
		target := func(s ...string) topology.Target { return s }
		return []*sim.Entry{
			resolved(b, p, "boom", time.Minute, 0, &fault.Reboot{Target: target("core")}),
			resolved(b, p, "optics", time.Minute, 4*time.Hour, &fault.OpticDead{Target: target("core1:Ethernet1/1", "array1:b/e0")}),
			resolved(b, p, "blip1", time.Hour, 20*time.Second, &fault.LinkDown{Target: target("edge2:in")}),
			resolved(b, p, "blip2", 2*time.Hour, 20*time.Second, &fault.LinkDown{Target: target("edge2:in")}),
			resolved(b, p, "again", 10*time.Hour, 0, &fault.Reboot{Target: target("core1")}),
		}
	})
}

// BenchmarkSpineLost is a routed fabric of 1,000 nodes that loses a spine and gets it back.
func BenchmarkSpineLost(b *testing.B) {
	for _, members := range []int{10, 1000} {
		b.Run(fmt.Sprintf("members=%d", members), func(b *testing.B) {
			p := load(b, "leaf-spine:spines=8,leaves=60,hosts=15")
			benchmark(b, p, members, func() []*sim.Entry {
				return []*sim.Entry{resolved(b, p, "gone", time.Minute, time.Minute, &fault.PowerOff{Target: topology.Target{"spine1"}})}
			})
		})
	}
}

// BenchmarkBothCoresOfAThousand is a bridged plant of 1,000 hosts with 1,000 members whose cores reboot together.
func BenchmarkBothCoresOfAThousand(b *testing.B) {
	p := load(b, "two-tier:racks=20,hosts=49")
	benchmark(b, p, 1000, func() []*sim.Entry {
		return []*sim.Entry{resolved(b, p, "boom", time.Minute, 0, &fault.Reboot{Target: topology.Target{"core"}})}
	})
}
