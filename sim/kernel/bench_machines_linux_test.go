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

// newHall is a world in real time with a number of virtual machines on four hosts, and who pings each.
func newHall(t *testing.T, machines int) *drill {
	plant, err := topology.Load("two-core-vms")
	require.NoError(t, err)
	engine := Engine{RealTime: true}
	clock := engine.Clock()
	d := &drill{t: t, plant: plant, loop: sim.NewLoop(clock), log: sim.NewLog(clock.Now, nil)}
	w, err := engine.Open(context.Background(), clock, sim.Env{Plant: plant, Loop: d.loop, Log: d.log})
	require.NoError(t, err)
	d.world = w.(*World)
	vm := &workload.VM{On: topology.Target{"hv"}, Count: machines, Disk: "ds1", Network: "lan"}
	use := &sim.Use{ID: "vm", Kind: "vm", Workload: vm}
	talks, err := vm.Talks(plant)
	require.NoError(t, err)
	for i, talk := range talks {
		m := &sim.Member{Workload: use, Index: i, Talk: talk}
		if watch, ok := talk.(sim.Watch); ok {
			m.Index, m.Aspect = watch.Watches()
			use.Watches = append(use.Watches, m)
		} else {
			use.Members = append(use.Members, m)
		}
	}
	workload.Seat([]*sim.Use{use})
	for _, m := range append(use.Members, use.Watches...) {
		require.NoError(t, d.world.Start(m))
	}
	d.until(func() bool {
		return d.count(func(e sim.Data) bool { _, up := e.(sim.UpData); return up }) >= 2*machines
	})
	return d
}

// figuresOfMachines takes the processor time and the memory of 300 virtual machines that write and are pinged once a
// second, and then lose the path that they all use.
func figuresOfMachines(t *testing.T) []figure {
	d := newHall(t, 300)
	defer d.close()
	const span = 5 * time.Second
	cores := func(do func()) string {
		before, began := processorTime(t), time.Now()
		do()
		return fmt.Sprintf("%.2f cores", float64(processorTime(t)-before)/float64(time.Since(began)))
	}
	calm := cores(func() { d.wait(span) })
	port := d.plant.Port("array1:a/e0")
	lost := cores(func() {
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
