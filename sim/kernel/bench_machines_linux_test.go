package kernel

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/workload"
	"github.com/dcdrill/dcdrill/topology"
)

// newHall is a world in real time with what lives on four hosts, once all of it is served.
func newHall(t *testing.T, live func(*topology.Plant) []*sim.Use) *drill {
	plant, err := topology.Load("two-core-vms")
	require.NoError(t, err)
	engine := Engine{RealTime: true}
	clock := engine.Clock()
	d := &drill{t: t, plant: plant, loop: sim.NewLoop(clock), log: sim.NewLog(clock.Now, nil)}
	w, err := engine.Open(context.Background(), clock, sim.Env{Plant: plant, Loop: d.loop, Log: d.log})
	require.NoError(t, err)
	d.world = w.(*World)
	uses, members := live(plant), 0
	workload.Seat(uses)
	for _, u := range uses {
		for _, m := range append(u.Members, u.Watches...) {
			members++
			require.NoError(t, d.world.Start(m))
		}
	}
	d.until(func() bool {
		return d.count(func(e sim.Data) bool { _, up := e.(sim.UpData); return up }) >= members
	})
	return d
}

// machinesAlone are a number of virtual machines, and who pings each.
func machinesAlone(t *testing.T, count int) func(*topology.Plant) []*sim.Use {
	return func(p *topology.Plant) []*sim.Use {
		vm := &workload.VM{On: topology.Target{"hv"}, Count: count, Disk: "ds1", Network: "lan"}
		talks, err := vm.Talks(p)
		require.NoError(t, err)
		return []*sim.Use{useOf("vm", vm, talks)}
	}
}

// useOf is a workload with its talks.
func useOf(id string, w sim.Workload, talks []sim.Talk) *sim.Use {
	use := &sim.Use{ID: id, Kind: id, Workload: w}
	for i, talk := range talks {
		m := &sim.Member{Workload: use, Index: i, Talk: talk}
		if watch, ok := talk.(sim.Watch); ok {
			m.Index, m.Aspect = watch.Watches()
			use.Watches = append(use.Watches, m)
		} else {
			use.Members = append(use.Members, m)
		}
	}
	return use
}

// cores is how many cores this process keeps busy while something is done.
func cores(t *testing.T, do func()) string {
	before, began := processorTime(t), time.Now()
	do()
	return fmt.Sprintf("%.2f cores", float64(processorTime(t)-before)/float64(time.Since(began)))
}

// figuresOfMachines takes the processor time and the memory of 300 virtual machines that write and are pinged once a
// second, and then lose the path that they all use.
func figuresOfMachines(t *testing.T) []figure {
	d := newHall(t, machinesAlone(t, 300))
	defer d.close()
	const span = 5 * time.Second
	calm := cores(t, func() { d.wait(span) })
	port := d.plant.Port("array1:a/e0")
	lost := cores(t, func() {
		require.NoError(t, d.world.Set(0, sim.Carrier{Port: port}, sim.Carrier{Port: port.Peer()}))
		d.wait(3 * span)
	})
	return []figure{
		{"300 machines: a write and a ping each second", calm, "", "", "one core"},
		{"the same, over a lost path and its failover", lost, "", "", "one core"},
		{"their memory, with all there is of the program", residentMemory(t), "", "", "under 600 MiB"},
	}
}

// residentMemory is the most that this process ever took (proc_pid_status(5)).
func residentMemory(t *testing.T) string {
	return fmt.Sprintf("%d MiB", amount(t, "/proc/self/status", "VmHWM")>>20)
}
