package kernel

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/vishvananda/netlink"
	vishnetns "github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/workload"
	"github.com/dcdrill/dcdrill/topology"
)

// drill is a world in real time with a number of echo flows between two hosts.
type drill struct {
	t     *testing.T
	plant *topology.Plant
	world *World
	loop  *sim.Loop
	log   *sim.Log
}

func newDrill(t *testing.T, flows int, interval time.Duration) *drill {
	d := &drill{t: t, plant: twoHosts()}
	clock := Engine{RealTime: true}.Clock()
	d.loop = sim.NewLoop(clock)
	d.log = sim.NewLog(clock.Now, nil)
	w, err := Engine{RealTime: true}.Open(context.Background(), clock, sim.Env{Plant: d.plant, Loop: d.loop, Log: d.log})
	require.NoError(t, err)
	d.world = w.(*World)
	use := &sim.Use{ID: "flow", Kind: "reach", Workload: &workload.Reach{}}
	talk := reachOf(t, d.plant, interval)
	for i := range flows {
		use.Members = append(use.Members, &sim.Member{Workload: use, Index: i, Talk: talk})
	}
	d.fixNeighbours()
	for _, m := range use.Members {
		require.NoError(t, d.world.Start(m))
	}
	d.until(func() bool { return d.count(func(e sim.Data) bool { _, up := e.(sim.UpData); return up }) >= flows })
	return d
}

// fixNeighbours tells both hosts each other's link address for good. Finding it anew after an outage can take a second
// more, which is so and is measured, but is no error of the measurement.
func (d *drill) fixNeighbours() {
	a, b := d.plant.Node("a"), d.plant.Node("b")
	for _, pair := range [][2]*topology.Node{{a, b}, {b, a}} {
		n, far := d.world.cond.netns(pair[0]), pair[1].Interfaces[0]
		h, err := netlink.NewHandleAt(vishnetns.NsHandle(n.fd))
		require.NoError(d.t, err)
		require.NoError(d.t, h.NeighSet(&netlink.Neigh{
			LinkIndex: int(d.world.cond.device(pair[0], far.Network).index), State: netlink.NUD_PERMANENT,
			IP: far.Addr.Addr().AsSlice(), HardwareAddr: far.MAC[:],
		}))
		h.Close()
	}
}

// reachOf is one conversation from a to b.
func reachOf(t *testing.T, p *topology.Plant, interval time.Duration) sim.Talk {
	r := &workload.Reach{Interval: interval}
	r.From, r.To = topology.Target{"a"}, topology.Target{"b"}
	talks, err := r.Talks(p)
	require.NoError(t, err)
	return talks[0]
}

func (d *drill) count(is func(sim.Data) bool) int {
	n := 0
	for _, e := range d.log.Events() {
		if is(e.Data) {
			n++
		}
	}
	return n
}

// until runs the loop until something is so.
func (d *drill) until(done func() bool) {
	late := false
	cancel := d.loop.After(time.Minute, func() { late = true })
	defer cancel()
	require.NoError(d.t, d.loop.Run(context.Background(), sim.Never, func() bool { return late || done() }))
	require.True(d.t, done())
}

// wait runs the loop for some time.
func (d *drill) wait(t time.Duration) {
	over := false
	d.loop.After(t, func() { over = true })
	d.until(func() bool { return over })
}

func (d *drill) close() {
	require.NoError(d.t, d.world.Stop())
	require.NoError(d.t, d.world.Close())
	awaitTeardown(d.t)
}

// figuresOfOutages takes a link away for half a second, again and again, and compares what every flow measured with the
// time between the calls that did it.
func figuresOfOutages(t *testing.T) []figure {
	var table []figure
	for _, c := range []struct {
		flows    int
		interval time.Duration
	}{{1, time.Millisecond}, {50, 2 * time.Millisecond}} {
		errs := outageErrors(t, c.flows, c.interval, 20)
		p95 := errs[len(errs)*95/100]
		table = append(table, figure{
			fmt.Sprintf("error of a 500 ms outage, %d flows at %v", c.flows, c.interval),
			"95 %: " + ms(p95), "median " + ms(errs[len(errs)/2]), "", "95 % within 2 ms",
		})
	}
	return table
}

func outageErrors(t *testing.T, flows int, interval time.Duration, rounds int) []time.Duration {
	d := newDrill(t, flows, interval)
	defer d.close()
	port := d.plant.Port("b:eth0")
	var errs []time.Duration
	for range rounds {
		d.wait(300 * time.Millisecond)
		seen := len(d.log.Events())
		require.NoError(t, d.world.Set(0, sim.Carrier{Port: port}, sim.Carrier{Port: port.Peer()}))
		down := time.Now()
		d.wait(500 * time.Millisecond)
		require.NoError(t, d.world.Set(0, sim.Carrier{Port: port, Up: true}, sim.Carrier{Port: port.Peer(), Up: true}))
		truth := time.Since(down)
		ups := func() (all []sim.UpData) {
			for _, e := range d.log.Events()[seen:] {
				if up, ok := e.Data.(sim.UpData); ok {
					all = append(all, up)
				}
			}
			return all
		}
		d.until(func() bool { return len(ups()) >= flows })
		for _, up := range ups() {
			errs = append(errs, (time.Duration(up.To-up.From) - truth).Abs())
		}
	}
	slices.Sort(errs)
	return errs
}

// figuresOfProbes takes the processor time of 200 echo flows at the default interval.
func figuresOfProbes(t *testing.T) []figure {
	d := newDrill(t, 200, workload.ReachInterval)
	defer d.close()
	const span = 5 * time.Second
	before := processorTime(t)
	d.wait(span)
	cores := float64(processorTime(t)-before) / float64(span)
	return []figure{{fmt.Sprintf("200 flows at %v", workload.ReachInterval), fmt.Sprintf("%.2f cores", cores), "", "", "half a core"}}
}

func processorTime(t *testing.T) time.Duration {
	var u unix.Rusage
	require.NoError(t, unix.Getrusage(unix.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
