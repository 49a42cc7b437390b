package kernel

import (
	"bytes"
	"context"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/blockdev"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

// sanPlant is a host and an array with a controller behind each of two switches.
const sanPlant = `
name: san
networks:
  sa: {subnet: 10.0.1.0/24}
  sb: {subnet: 10.0.2.0/24}
topology:
  nodes:
    swa: {kind: switch}
    swb: {kind: switch}
    hv:
      kind: host
      ports: {n0: {to: swa, networks: [sa]}, n1: {to: swb, networks: [sb]}}
      datastores: {ds: {volume: array/vol, paths: [sa, sb], path_timeout: 1s, DATASTORE}}
    array:
      kind: storage
      access: ACCESS
      takeover: 1500ms
      controllers: {a: {ports: [e0]}, b: {ports: [e0]}}
      volumes: {vol: {size: 1GiB, owner: a, cache: CACHE}}
  links:
    near-a: {endpoints: ["swa:u0", "array:a/e0"], networks: [sa]}
    near-b: {endpoints: ["swb:u0", "array:b/e0"], networks: [sb]}
`

// tenant is a resident that does nothing by itself: the test does.
type tenant struct {
	store *topology.Datastore
	disk  chan sim.Disk
}

func (t *tenant) Flow() sim.Flow {
	return sim.Flow{From: t.store.Host, To: t.store.Volume.Array, Networks: t.store.Paths}
}
func (t *tenant) Datastore() *topology.Datastore      { return t.store }
func (t *tenant) Mute() bool                          { return false }
func (t *tenant) Load() sim.DiskLoad                  { return sim.DiskLoad{} }
func (t *tenant) Fills() topology.Bytes               { return 0 }
func (t *tenant) Live() sim.LiveGuest                 { return t }
func (t *tenant) Predict(sim.Viewer) sim.Machine      { return t }
func (t *tenant) Path(bool)                           {}
func (t *tenant) Power(time.Duration, sim.GuestPower) {}
func (t *tenant) Step(time.Duration) time.Duration    { return proto.Never }
func (t *tenant) State() sim.GuestState               { return sim.GuestRunning }
func (t *tenant) Follow(func())                       {}
func (t *tenant) Asking() bool                        { return false }
func (t *tenant) Answered() bool                      { return true }
func (t *tenant) Measure(ctx context.Context, from, _ sim.Place, _ sim.Meter) error {
	d, err := from.Disk(t.store)
	if err != nil {
		return err
	}
	t.disk <- d
	<-ctx.Done()
	return nil
}

var _ sim.Resident = (*tenant)(nil)

// sanBench is a world with one tenant, in real time.
type sanBench struct {
	*World
	t     *testing.T
	plant *topology.Plant
	disk  sim.Disk
}

// newSANBench stands when both paths have sessions.
func newSANBench(t *testing.T, access topology.Access, cache, datastore string) *sanBench {
	t.Helper()
	return newSANBenchOf(t, strings.NewReplacer("ACCESS", string(access), "CACHE", cache, "DATASTORE", datastore).Replace(sanPlant))
}

// newSANBenchOf is one of another plant with these names.
func newSANBenchOf(t *testing.T, plant string) *sanBench {
	t.Helper()
	p, err := topology.Parse("san.yaml", []byte(plant))
	require.NoError(t, err)
	engine := Engine{RealTime: true}
	clock := engine.Clock()
	clock.Zero()
	env := sim.Env{Plant: p, Loop: sim.NewLoop(clock), Log: sim.NewLog(clock.Now, nil)}
	w, err := engine.Open(t.Context(), clock, env)
	require.NoError(t, err)
	b := &sanBench{World: w.(*World), t: t, plant: p}
	env.Loop.After(time.Hour, func() {})
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = env.Loop.Run(ctx, sim.Never, func() bool { return false }) })
	t.Cleanup(func() {
		stop()
		running.Wait()
		require.NoError(t, b.Close())
	})
	b.disk = b.house("vm")
	b.settles()
	return b
}

// house starts a member of a workload of its own.
func (b *sanBench) house(id string) sim.Disk {
	talk := &tenant{store: b.plant.Node("hv").Datastores[0], disk: make(chan sim.Disk, 1)}
	use := &sim.Use{ID: id, Workload: tolerant{}}
	use.Members = []*sim.Member{{Workload: use, Talk: talk}}
	var err error
	b.onLoop(func() { err = b.Start(use.Members[0]) })
	require.NoError(b.t, err)
	return <-talk.disk
}

// tolerant is a workload of which only the patience counts.
type tolerant struct{ sim.Workload }

func (tolerant) Tolerates() time.Duration { return time.Minute }

// onLoop does something on the loop. It must not end the test: that would end the loop's goroutine, and whoever waits for
// the loop would wait for ever.
func (b *sanBench) onLoop(f func()) {
	done := make(chan struct{})
	b.env.Loop.Post(func() {
		defer close(done)
		f()
	})
	<-done
}

// set makes levels true and has them seen.
func (b *sanBench) set(levels ...sim.Level) {
	b.t.Helper()
	var err error
	b.onLoop(func() { err = b.Set(1, levels...) })
	require.NoError(b.t, err)
	for _, l := range levels {
		ok, evidence, err := b.witness(l)
		require.NoError(b.t, err)
		require.True(b.t, ok, "%s: %s", l.Subject(), evidence)
	}
}

// witness asks on the loop whether a level is seen to be true.
func (b *sanBench) witness(l sim.Level) (ok bool, evidence string, err error) {
	b.onLoop(func() { ok, evidence, err = b.Witness(l) })
	return ok, evidence, err
}

// settles waits until storage has nothing more to come, by itself or by the loop.
func (b *sanBench) settles() {
	b.t.Helper()
	why := ""
	look := func() {
		why = b.storage.unsettled()
		for _, st := range b.storage.order {
			if st.timer != proto.Never {
				why = "a path is silent"
			}
		}
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if b.onLoop(look); why == "" {
			return
		}
	}
	b.t.Fatal(why)
}

// link gives or takes the carriers of a port's link.
func (b *sanBench) link(node, port string, up bool) []sim.Level {
	for _, p := range b.plant.Node(node).Ports {
		if p.Name == port {
			return []sim.Level{sim.Carrier{Port: p, Up: up}, sim.Carrier{Port: p.Peer(), Up: up}}
		}
	}
	b.t.Fatalf("%s has no port %s", node, port)
	return nil
}

// power takes a node's power with the carriers of its links, or gives it back.
func (b *sanBench) power(node string, on bool) {
	b.t.Helper()
	n := b.plant.Node(node)
	stage := map[bool]topology.Stage{true: topology.Forwarding, false: topology.Off}[on]
	levels := []sim.Level{sim.Stage{Node: n, Stage: stage}}
	for _, p := range n.Ports {
		levels = append(levels, sim.Carrier{Port: p, Up: on}, sim.Carrier{Port: p.Peer(), Up: on})
	}
	b.set(levels...)
}

// stall writes until an act has been done and all is settled again, and says how long the longest write took.
func (b *sanBench) stall(act func()) time.Duration {
	b.t.Helper()
	ctx, stop := context.WithCancel(b.t.Context())
	var longest time.Duration
	var ended atomic.Int64
	var writing sync.WaitGroup
	writing.Go(func() {
		block := bytes.Repeat([]byte{7}, 4096)
		for n := int64(0); ctx.Err() == nil; n++ {
			begun := time.Now()
			if err := b.disk.WriteAt(b.t.Context(), block, n%16*4096, true); err != nil {
				b.t.Errorf("write: %v", err)
				return
			}
			longest = max(longest, time.Since(begun))
			ended.Add(1)
			time.Sleep(time.Millisecond)
		}
	})
	// One may be under way; the second from here on began after this moment.
	another := func() {
		before := ended.Load()
		require.Eventually(b.t, func() bool { return ended.Load() >= before+2 }, 30*time.Second, time.Millisecond)
	}
	another()
	act()
	another() // it is a write that has a volume taken over
	b.settles()
	stop()
	writing.Wait()
	return longest
}

// paths are what the log says of the datastore's paths, in short.
func (b *sanBench) paths() (all []string) {
	b.onLoop(func() {
		for _, e := range b.env.Log.Events() {
			if d, ok := e.Data.(sim.PathsData); ok && e.Subject == "hv/ds" {
				all = append(all, strings.TrimSpace(d.Mode+" "+d.Using))
			}
		}
	})
	return all
}

// A datastore stalls as long as its rules and the fault's place say, by real requests over real links.
func TestStorageStallsAsLongAsItsRulesSay(t *testing.T) {
	die := func(b *sanBench) {
		array := b.plant.Node("array")
		b.set(append(b.link("array", "a/e0", false), sim.Controller{Array: array, Controller: array.Array.Controllers[0]})...)
	}
	cases := []struct {
		name        string
		access      topology.Access
		act         func(b *sanBench)
		least, most time.Duration
		paths       []string
	}{
		{"near end of one path", topology.ActiveActive, func(b *sanBench) {
			b.set(b.link("hv", "n0", false)...)
		}, 0, 300 * time.Millisecond, []string{"serving sa", "serving sb"}},
		{"far end of one path", topology.ActiveActive, func(b *sanBench) {
			b.set(b.link("array", "a/e0", false)...)
		}, 900 * time.Millisecond, 1300 * time.Millisecond, []string{"serving sa", "serving sb"}},
		{"far end of the other path", topology.ActiveActive, func(b *sanBench) {
			b.set(b.link("array", "b/e0", false)...)
		}, 0, 300 * time.Millisecond, []string{"serving sa"}},
		{"one path and back", topology.ActiveActive, func(b *sanBench) {
			b.set(b.link("hv", "n0", false)...)
			b.settles()
			b.set(b.link("hv", "n0", true)...)
		}, 0, 300 * time.Millisecond, []string{"serving sa", "serving sb", "serving sa"}},
		{"both paths near and back", topology.ActiveActive, func(b *sanBench) {
			b.set(append(b.link("hv", "n0", false), b.link("hv", "n1", false)...)...)
			time.Sleep(2 * time.Second)
			b.set(append(b.link("hv", "n0", true), b.link("hv", "n1", true)...)...)
		}, 2 * time.Second, 3200 * time.Millisecond, nil},
		{"both paths far and back", topology.ActiveActive, func(b *sanBench) {
			b.set(append(b.link("array", "a/e0", false), b.link("array", "b/e0", false)...)...)
			time.Sleep(3 * time.Second)
			b.set(append(b.link("array", "a/e0", true), b.link("array", "b/e0", true)...)...)
		}, 3 * time.Second, 8500 * time.Millisecond, nil},
		{"controller of an active-active array", topology.ActiveActive, die, 900 * time.Millisecond, 1300 * time.Millisecond, []string{"serving sa", "serving sb"}},
		{"controller of an active-passive array", topology.ActivePassive, die, 1400 * time.Millisecond, 1800 * time.Millisecond, []string{"serving sa", "serving sb"}},
		{"controller of an ALUA array", topology.ALUA, die, 1400 * time.Millisecond, 1800 * time.Millisecond, []string{"serving sa", "serving sb"}},
		{"the path to the controller that owns the volume", topology.ActivePassive, func(b *sanBench) {
			b.set(b.link("hv", "n0", false)...)
		}, 1400 * time.Millisecond, 1800 * time.Millisecond, []string{"serving sa", "serving sb"}},
		{"power of the array", topology.ActiveActive, func(b *sanBench) {
			b.power("array", false)
			time.Sleep(2 * time.Second)
			b.power("array", true)
		}, 2 * time.Second, 7500 * time.Millisecond, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := newSANBench(t, c.access, "mirrored", "no_path_retry: queue")
			before := len(b.paths())
			took := b.stall(func() { c.act(b) })
			require.GreaterOrEqual(t, took, c.least, "%v", b.paths())
			require.LessOrEqual(t, took, c.most, "%v", b.paths())
			if c.paths != nil {
				require.Equal(t, c.paths, b.paths()[before-1:])
			}
		})
	}
}

// The steady state has a session over every path that the plant has: a fault on one that has none would harm nobody.
func TestStorageIsReadyWithAllItsSessions(t *testing.T) {
	b := newSANBench(t, topology.ALUA, "mirrored", "")
	why := ""
	unready := func() string { b.onLoop(func() { why = b.Unready() }); return why }
	require.Empty(t, unready())
	b.onLoop(func() { b.storage.order[0].present().Carrier(1, false) })
	require.Contains(t, unready(), "no session over sb yet")
	b.onLoop(func() { b.storage.order[0].present().Carrier(1, true) })
	require.Eventually(t, func() bool { return unready() == "" }, 20*time.Second, 5*time.Millisecond)
}

// Without a path and with the rule to fail, requests get an error; queued for some checks, they get it after those.
func TestStorageFailsWhereItsRulesSaySo(t *testing.T) {
	for retry, least := range map[string]time.Duration{"fail": 0, "1": 4900 * time.Millisecond} {
		t.Run(retry, func(t *testing.T) {
			b := newSANBench(t, topology.ActiveActive, "none", "no_path_retry: "+retry)
			b.set(append(b.link("hv", "n0", false), b.link("hv", "n1", false)...)...)
			begun := time.Now()
			require.ErrorIs(t, b.disk.Flush(t.Context()), blockdev.ErrNoPath)
			require.GreaterOrEqual(t, time.Since(begun), least)
			require.Less(t, time.Since(begun), least+500*time.Millisecond)
		})
	}
}

// A power loss of an array takes what its volatile cache had not brought to the disks, and nothing that was flushed.
func TestStoragePowerLossTakesTheCache(t *testing.T) {
	for cache, survives := range map[string]bool{"volatile": false, "mirrored": true, "battery": true, "none": true} {
		t.Run(cache, func(t *testing.T) {
			b := newSANBench(t, topology.ActiveActive, cache, "no_path_retry: queue")
			safe, unsafe := bytes.Repeat([]byte{1}, 4096), bytes.Repeat([]byte{2}, 4096)
			require.NoError(t, b.disk.WriteAt(t.Context(), safe, 0, false))
			require.NoError(t, b.disk.Flush(t.Context()))
			require.NoError(t, b.disk.WriteAt(t.Context(), unsafe, 4096, false))
			require.NoError(t, b.disk.WriteAt(t.Context(), safe, 8192, true))
			b.power("array", false)
			b.power("array", true)
			got := make([]byte, 3*4096)
			require.NoError(t, b.disk.ReadAt(t.Context(), got, 0))
			require.Equal(t, safe, got[:4096], "it was flushed")
			require.Equal(t, survives, bytes.Equal(unsafe, got[4096:8192]))
			require.Equal(t, safe, got[8192:], "it was written through")
		})
	}
}

// Two controllers may be on one network: each answers at its own port, and one that has lost its carrier is no hindrance
// to the other.
func TestStorageTwoPortsOnOneNetwork(t *testing.T) {
	b := newSANBenchOf(t, strings.NewReplacer("ACCESS", "active-active", "CACHE", "none", "DATASTORE", "no_path_retry: queue",
		"[sa, sb]", "[sa]", `"swb:u0"`, `"swa:u1"`, `"array:b/e0"], networks: [sb]`, `"array:b/e0"], networks: [sa]`).Replace(sanPlant))
	block := make([]byte, 4096)
	for _, port := range []string{"a/e0", "b/e0"} {
		b.set(b.link("array", port, false)...)
		require.NoError(t, b.disk.WriteAt(t.Context(), block, 0, true))
		b.settles()
		b.set(b.link("array", port, true)...)
		b.settles()
	}
	require.Equal(t, []string{"serving sa a/e0", "serving sa b/e0", "serving sa a/e0"}, b.paths()[len(b.paths())-3:])
}

// A host that loses its power loses its sessions and what they had on the way, and begins anew when it is back.
func TestStorageOfAHostWithoutPower(t *testing.T) {
	b := newSANBench(t, topology.ActiveActive, "none", "no_path_retry: queue")
	b.set(append(b.link("array", "a/e0", false), b.link("array", "b/e0", false)...)...)
	waiting := make(chan error)
	go func() { waiting <- b.disk.WriteAt(context.Background(), make([]byte, 4096), 0, true) }()
	select {
	case err := <-waiting:
		t.Fatalf("answered without a path: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	b.power("hv", false)
	require.ErrorIs(t, <-waiting, net.ErrClosed)
	require.ErrorIs(t, b.disk.Flush(t.Context()), sim.ErrNoPower)
	b.set(append(b.link("array", "a/e0", true), b.link("array", "b/e0", true)...)...)
	b.power("hv", true)
	require.NoError(t, b.disk.Flush(t.Context()))
	require.Equal(t, uint32(2), b.storage.order[0].boots, "sessions of its earlier life are fenced")
}

// A volume that is gone returns errors at once, and disks that are slow answer late.
func TestStorageVolumeGoneAndSlowDisks(t *testing.T) {
	b := newSANBench(t, topology.ActiveActive, "none", "no_path_retry: queue")
	array := b.plant.Node("array")
	b.set(sim.Volume{Volume: array.Array.Volumes[0], Gone: true})
	require.ErrorIs(t, b.disk.WriteAt(t.Context(), make([]byte, 512), 0, false), blockdev.EIO)
	b.set(sim.Volume{Volume: array.Array.Volumes[0]})
	require.NoError(t, b.disk.WriteAt(t.Context(), make([]byte, 512), 0, false))
	b.set(sim.Disks{Array: array, Latency: 300 * time.Millisecond})
	begun := time.Now()
	require.NoError(t, b.disk.Flush(t.Context()))
	require.GreaterOrEqual(t, time.Since(begun), 300*time.Millisecond)
}

// An array does no more in a second than its plant says, whichever of its controllers is asked, and whatever is slow besides.
func TestStorageObeysTheSpeedOfItsDisks(t *testing.T) {
	b := newSANBenchOf(t, strings.NewReplacer("ACCESS", "active-active", "CACHE", "none", "DATASTORE", "policy: round-robin",
		"takeover: 1500ms", "iops: 200").Replace(sanPlant))
	const requests = 100
	read := func() time.Duration {
		begun := time.Now()
		var all sync.WaitGroup
		for range requests {
			all.Go(func() { assert.NoError(t, b.disk.ReadAt(t.Context(), make([]byte, 512), 0)) })
		}
		all.Wait()
		return time.Since(begun)
	}
	const least = requests * time.Second / 200
	require.GreaterOrEqual(t, read(), least-100*time.Millisecond)
	b.set(sim.Disks{Array: b.plant.Node("array"), Latency: 300 * time.Millisecond})
	require.GreaterOrEqual(t, read(), least+150*time.Millisecond)
	b.set(sim.Disks{Array: b.plant.Node("array")})
	require.GreaterOrEqual(t, read(), least-100*time.Millisecond, "disks that were busy a moment ago may have a little to catch up")
}

// With sessions of its own, each guest is an initiator of its own; else they share their host's.
func TestStorageSessionsOfHostsAndOfGuests(t *testing.T) {
	for attach, want := range map[string][]string{"host": {"hv/ds"}, "guest": {"hv/ds/vm", "hv/ds/other"}} {
		b := newSANBench(t, topology.ActiveActive, "none", "attach: "+attach)
		b.house("other")
		b.settles()
		var have []string
		for _, st := range b.storage.order {
			have = append(have, st.String())
		}
		require.Equal(t, want, have)
	}
}

// What is not so is not seen.
func TestStorageWitnessesDenyWhatIsNotSo(t *testing.T) {
	b := newSANBench(t, topology.ActiveActive, "none", "no_path_retry: queue")
	array := b.plant.Node("array")
	for _, l := range []sim.Level{
		sim.Controller{Array: array, Controller: array.Array.Controllers[0]},
		sim.Volume{Volume: array.Array.Volumes[0], Gone: true},
		sim.Disks{Array: array, Latency: time.Second},
		sim.GuestPower{Guest: b.lives[0].member},
	} {
		ok, evidence, err := b.witness(l)
		require.NoError(t, err)
		require.False(t, ok, "%s: %s", l.Subject(), evidence)
	}
}
