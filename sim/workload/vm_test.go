package workload

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/guestdisk"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

func vmPlant(t *testing.T) *topology.Plant {
	t.Helper()
	p, err := topology.Load("two-core-vms")
	require.NoError(t, err)
	return p
}

// machines are the talks of virtual machines typed as text.
func machines(t *testing.T, text string) (*VM, []sim.Talk) {
	t.Helper()
	v := new(VM)
	decode(t, text, v)
	talks, err := v.Talks(vmPlant(t))
	require.NoError(t, err)
	return v, talks
}

func TestVMWaitsForItsDiskAsLongAsItsGuestDoes(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"{}":                              30 * time.Second,
		"{tools: true}":                   180 * time.Second,
		"{os: windows}":                   time.Minute,
		"{os: windows, disk: virtio-blk}": time.Minute,
		"{disk: virtio-blk}":              VMTolerates,
		"{disk: nvme, timeout: 20s}":      20 * time.Second,
		"{os: windows, timeout: never}":   VMTolerates,
		"{disk: virtio-blk, timeout: 5m}": 5 * time.Minute,
	} {
		v, _ := machines(t, "{on: hv1, disk: ds1, guest: "+text+"}")
		assert.Equal(t, want, v.Tolerates(), text)
	}
	v := new(VM)
	assert.ErrorContains(t, v.Guest.Timeout.UnmarshalText([]byte("soon")), `"soon" is no timeout`)
	assert.ErrorContains(t, v.Guest.Timeout.UnmarshalText([]byte("-1s")), `"-1s" is no timeout`)
}

func TestVMSaysWhatItDoes(t *testing.T) {
	for guest, want := range map[string][]string{
		"{timeout: 30s}":   {"0s is running", "0s served", "10s is stalled: its disk does not answer", "10s unserved since 10s", "40s is failed: its disk did not answer for 30s"},
		"{timeout: never}": {"0s is running", "0s served", "10s is stalled: its disk does not answer", "10s unserved since 10s", "1m40s integrity {Intact:16 Lost:0 Torn:0 Stale:0 Back:0s}", "1m40s is running: its disk answers again", "1m40s served"},
	} {
		_, talks := machines(t, "{on: hv1, disk: ds1, guest: "+guest+"}")
		said := simtest.Foresee(t, talks[0], 1, simtest.Change{At: 10 * time.Second}, simtest.Change{At: 100 * time.Second, Usable: true})
		assert.Equal(t, want, said, guest)
	}
}

func TestVMsAreSpreadAndPingedFromOutside(t *testing.T) {
	_, talks := machines(t, `{on: "hv[1-2]", count: 3, disk: ds1, network: lan}`)
	require.Len(t, talks, 6)
	for i, host := range []string{"hv1", "hv2", "hv1"} {
		assert.Equal(t, host, talks[i].Flow().From.ID)
		member, aspect := talks[3+i].(sim.Watch).Watches()
		assert.Equal(t, i, member)
		assert.Equal(t, Ping, aspect)
		assert.Equal(t, "isp", talks[3+i].Flow().From.ID)
		assert.Equal(t, host, talks[3+i].Flow().To.ID)
	}
}

func TestVMWantsADatastore(t *testing.T) {
	for text, want := range map[string]string{
		"{on: hv1, disk: ds2}":               `"ds2"`,
		"{on: core1, disk: ds1}":             "datastore of core1",
		"{on: hv1, disk: ds1, count: 2000}":  "between 1 and 1000",
		"{on: hv1, disk: ds1, network: ran}": `"ran"`,
	} {
		v := new(VM)
		decode(t, text, v)
		_, err := v.Talks(vmPlant(t))
		assert.ErrorContains(t, err, want, text)
	}
}

func TestSeatsDoNotOverlap(t *testing.T) {
	_, talks := machines(t, `{on: hv, count: 300, disk: ds1}`)
	u := &sim.Use{}
	for _, talk := range talks {
		u.Members = append(u.Members, &sim.Member{Workload: u, Talk: talk})
	}
	Seat([]*sim.Use{u})
	end := int64(0)
	for _, talk := range talks[:300] {
		s := talk.(*machine).seat
		assert.GreaterOrEqual(t, s.offset, end)
		assert.GreaterOrEqual(t, s.size, int64(records*recordSize))
		end = s.offset + s.size
	}
	assert.LessOrEqual(t, end, int64(talks[0].(*machine).store.Volume.Size))
}

// memoryDisk is a disk whose requests can be made to wait, or to fail.
type memoryDisk struct {
	mu      sync.Mutex
	b       []byte
	waiting chan struct{} // closed when requests go on; nil while they do
	held    int           // how many requests wait
	reads   int
	err     error
}

func (d *memoryDisk) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.reads
}

func (d *memoryDisk) await(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if waiting := d.waiting; waiting != nil {
		d.held++
		d.mu.Unlock()
		select {
		case <-waiting:
		case <-ctx.Done():
		}
		d.mu.Lock()
		d.held--
	}
	return errors.Join(ctx.Err(), d.err)
}

func (d *memoryDisk) ReadAt(ctx context.Context, p []byte, offset int64) error {
	err := d.await(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reads++
	copy(p, d.b[offset:])
	return err
}

func (d *memoryDisk) WriteAt(ctx context.Context, p []byte, offset int64, _ bool) error {
	if err := d.await(ctx); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	copy(d.b[offset:], p)
	return nil
}

func (d *memoryDisk) Flush(ctx context.Context) error { return d.await(ctx) }
func (d *memoryDisk) Size() int64                     { return int64(len(d.b)) }

func (d *memoryDisk) bytes() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return string(d.b)
}

func (d *memoryDisk) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting = make(chan struct{})
}

func (d *memoryDisk) holds() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.held > 0
}

func (d *memoryDisk) resume(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.waiting)
	d.waiting, d.err = nil, err
}

// diskPlace is a place with a disk.
type diskPlace struct {
	*simtest.Place
	disk sim.Disk
}

func (p diskPlace) Disk(*topology.Datastore) (sim.Disk, error) { return p.disk, nil }

// noted keeps what a meter was told beside requests.
type noted struct {
	*simtest.Meter
	mu    sync.Mutex
	notes []sim.Data
}

func (n *noted) Note(d sim.Data) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.notes = append(n.notes, d)
}

// await waits until something was noted, and forgets all up to the last time that it was.
func (n *noted) await(t *testing.T, want sim.Data) {
	t.Helper()
	require.Eventually(t, func() bool {
		n.mu.Lock()
		defer n.mu.Unlock()
		for i, note := range slices.Backward(n.notes) {
			if note == want {
				n.notes = n.notes[i+1:]
				return true
			}
		}
		return false
	}, 30*time.Second, time.Millisecond, "%+v", want)
}

// live runs a real machine on a memory disk.
func live(t *testing.T, guest string) (*machine, *memoryDisk, *noted) {
	t.Helper()
	_, talks := machines(t, "{on: hv1, disk: ds1, interval: 5ms, guest: "+guest+"}")
	return liveOf(t, talks[0].(*machine))
}

func liveOf(t *testing.T, m *machine) (*machine, *memoryDisk, *noted) {
	t.Helper()
	_, from, to := simtest.NewWire()
	disk, meter := &memoryDisk{b: make([]byte, records*recordSize)}, &noted{Meter: simtest.NewMeter()}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- m.Measure(ctx, diskPlace{from, disk}, to, meter) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	meter.Await(t, true)
	return m, disk, meter
}

// freeze stops the disk and waits until its guest has noticed: not by a request that was only slow on a busy machine, but
// by one that the disk holds.
func freeze(t *testing.T, m *machine, disk *memoryDisk, meter *noted) {
	t.Helper()
	disk.stop()
	require.Eventually(t, disk.holds, 30*time.Second, time.Millisecond)
	require.Eventually(t, func() bool { return m.live.State() == sim.GuestStalled }, 30*time.Second, time.Millisecond)
	meter.await(t, sim.GuestData{State: sim.GuestStalled, Why: "its disk does not answer"})
}

func TestRealVMStallsAndResumes(t *testing.T) {
	m, disk, meter := live(t, "{timeout: never}")
	freeze(t, m, disk, meter)
	meter.Expire(sim.Never)
	require.False(t, meter.Served())
	disk.resume(nil)
	meter.await(t, sim.GuestData{State: sim.GuestRunning, Why: "its disk answers again"})
	meter.Await(t, true)
}

// Users of a machine that is off ask it all the same, and a host that is gone does not make its disk broken.
func TestRealVMWithItsHostGone(t *testing.T) {
	for _, why := range []error{net.ErrClosed, sim.ErrNoPower} {
		m, disk, meter := live(t, "{timeout: 1m}")
		freeze(t, m, disk, meter)
		disk.resume(why)
		m.live.hosted(time.Hour, false)
		meter.await(t, sim.GuestData{State: sim.GuestOff})
		asked := meter.Stats().Asked
		require.Eventually(t, func() bool { return meter.Stats().Asked > asked+2 }, 30*time.Second, time.Millisecond)
		assert.False(t, meter.Served())
		assert.NotContains(t, meter.notes, sim.GuestData{State: sim.GuestFailed, Why: "its disk returned an error"})
	}
}

func TestRealVMThatGaveUpIsNotServedWhenItsDiskIsBack(t *testing.T) {
	m, disk, meter := live(t, "{timeout: 1s}")
	freeze(t, m, disk, meter)
	assert.Equal(t, sim.Never, m.live.Step(time.Hour), "nothing more is to come")
	assert.Equal(t, sim.GuestFailed, m.live.State())
	before, after := meter.Answers(), disk.bytes()
	disk.resume(nil)
	goneThrough := func() bool { return disk.bytes() != after && !m.live.Asking() }
	require.Eventually(t, goneThrough, 30*time.Second, time.Millisecond, "the write goes through")
	assert.Equal(t, before, meter.Answers(), "but nobody waits for it any more")

	m.live.Power(time.Hour, sim.GuestPower{On: false})
	m.live.Power(time.Hour, sim.GuestPower{On: true, Boot: time.Minute})
	assert.Equal(t, time.Hour+time.Minute, m.live.Step(time.Hour), "it boots from a disk that answers")
	m.live.Step(2 * time.Hour)
	assert.Equal(t, sim.GuestUp, m.live.State())
	meter.Await(t, true)
}

func TestRealVMFailsByAnErrorAndFindsWhatItsDiskLost(t *testing.T) {
	m, disk, meter := live(t, "{os: windows}")
	require.Eventually(t, func() bool { return meter.Answers() >= 2*records }, 30*time.Second, time.Millisecond)
	freeze(t, m, disk, meter)
	disk.resume(errors.New("gone"))
	meter.await(t, sim.GuestData{State: sim.GuestFailed, Why: "its disk returned an error"})
	assert.False(t, m.live.answers())
	disk.mu.Lock()
	disk.err = nil
	clear(disk.b[:2*recordSize])
	disk.b[3*recordSize+100]++
	disk.mu.Unlock()
	m.live.Power(time.Hour, sim.GuestPower{On: false})
	m.live.Power(time.Hour, sim.GuestPower{On: true, Boot: time.Minute})
	require.Eventually(t, func() bool {
		meter.mu.Lock()
		defer meter.mu.Unlock()
		for _, d := range meter.notes {
			if i, ok := d.(sim.IntegrityData); ok && i.Lost == 2 && i.Torn == 1 && i.Intact == records-3 {
				return true
			}
		}
		return false
	}, 30*time.Second, time.Millisecond)
}

// A machine that was switched off reads back what it had written, whether or not its disk was ever in doubt.
func TestRealVMReadsBackAfterABoot(t *testing.T) {
	m, _, meter := live(t, "{timeout: never}")
	require.Eventually(t, func() bool { return meter.Answers() >= 2*records }, 30*time.Second, time.Millisecond)
	m.live.Power(time.Hour, sim.GuestPower{On: false})
	m.live.Power(time.Hour, sim.GuestPower{On: true, Boot: time.Minute})
	meter.await(t, sim.IntegrityData{Intact: records})
}

// From disks whose speed is limited, a machine boots no sooner than it has read what it boots from.
func TestRealVMReadsWhatItBootsFrom(t *testing.T) {
	p := vmPlant(t)
	p.Node("array1").Array.Disks.IOPS = 1000
	v := new(VM)
	decode(t, "{on: hv1, disk: ds1, interval: 5ms, guest: {timeout: never, boot_reads: 1MiB}}", v)
	talks, err := v.Talks(p)
	require.NoError(t, err)
	assert.Equal(t, sim.DiskLoad{Boot: 1 << 20, AtOnce: vmBootRequest, Every: 5 * time.Millisecond}, talks[0].(*machine).Load())
	m := talks[0].(*machine)
	m.seat.size = records * recordSize
	m, disk, meter := liveOf(t, m)
	m.live.Power(time.Hour, sim.GuestPower{On: false})
	require.Eventually(t, func() bool { return !m.live.Asking() }, 30*time.Second, time.Millisecond)
	before := disk.count()
	disk.stop()
	m.live.Power(time.Hour, sim.GuestPower{On: true, Boot: time.Minute})
	require.Eventually(t, disk.holds, 30*time.Second, time.Millisecond)
	assert.True(t, m.live.Asking(), "the clock waits for it")
	assert.Equal(t, sim.Never, m.live.Step(3*time.Hour))
	assert.Equal(t, sim.GuestBooting, m.live.State(), "however long it takes")
	disk.resume(nil)
	require.Eventually(t, func() bool {
		m.live.Step(3 * time.Hour)
		return m.live.State() == sim.GuestUp
	}, 30*time.Second, time.Millisecond)
	assert.GreaterOrEqual(t, disk.count()-before, 32, "1 MiB in requests of 32 KiB")
	meter.Await(t, true)
}

func TestJournalTellsWhatWasDamaged(t *testing.T) {
	var j journal
	ring := make([]byte, records*recordSize)
	for range 2 * records {
		r := j.next(time.Duration(j.last) * time.Second)
		copy(ring[int64(r.number%records)*recordSize:], r.bytes())
		j.acknowledged(r)
	}
	assert.Equal(t, sim.IntegrityData{Intact: records}, j.judge(ring))

	unanswered := j.next(time.Hour)
	copy(ring[int64(unanswered.number%records)*recordSize:], unanswered.bytes())
	assert.True(t, j.judge(ring).Sound(), "what was written without an answer is no damage")

	old := record{5, 0}
	copy(ring[5*recordSize:], old.bytes())
	d := j.judge(ring)
	assert.Equal(t, 1, d.Stale)
	assert.Equal(t, sim.Seconds(11*time.Second), d.Back, "record 21 of 32 was stale")
}

func TestRealVMSaysWhenItsBootGoesOn(t *testing.T) {
	m, disk, meter := live(t, "{timeout: never}")
	freeze(t, m, disk, meter)
	m.live.Power(time.Hour, sim.GuestPower{On: false})
	m.live.Power(time.Hour, sim.GuestPower{On: true, Boot: time.Minute})
	assert.Equal(t, sim.Never, m.live.Step(time.Hour), "it waits for its disk")
	require.Eventually(t, m.live.Asking, 30*time.Second, time.Millisecond, "it tries to read it")
	told := make(chan struct{}, 8)
	m.live.Follow(func() { told <- struct{}{} })
	disk.resume(nil)
	select {
	case <-told:
	case <-time.After(30 * time.Second):
		require.Fail(t, "nobody is told that the boot goes on")
	}
	assert.NotEqual(t, sim.Never, m.live.Step(0))
}

// What machines may write at most is known beforehand: their records, and what their services keep, in the room they have.
func TestVMsSayWhatTheyMayWrite(t *testing.T) {
	for service, want := range map[string]topology.Bytes{
		"":                      records * recordSize,
		", service: mail":       records*recordSize + 2*guestdisk.MaxLog + 8192,
		", service: database":   records*recordSize + 3000*4096,
		", service: web":        records*recordSize + 2*guestdisk.MaxLog + 8192,
		", service: mail, x: 1": records*recordSize + 3*(1<<20),
	} {
		text, small := strings.CutSuffix(service, ", x: 1")
		_, talks := machines(t, "{on: hv1, disk: ds1"+text+"}")
		m := talks[0].(*machine)
		if m.seat.size = seatMost; small {
			m.seat.size = 4 << 20
		}
		assert.Equal(t, want, m.Fills(), service)
	}
}

// What runs in a machine looks out while that lives, whatever its disk does, and sees nothing while it is off.
func TestAMonitoringSeesNothingWhileItsMachineIsOff(t *testing.T) {
	_, talks := machines(t, "{on: hv1, disk: ds1}")
	m := talks[0].(*machine)
	sight := NewSight(0, "sees hv2", sim.Flow{From: vmPlant(t).Node("hv1"), To: vmPlant(t).Node("hv2")}, m)
	_, from, to := simtest.NewWire()
	meter := simtest.NewMeter()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- sight.Measure(ctx, from, to, meter) }()
	meter.Await(t, true)
	m.live.disk(time.Hour, proto.Waits)
	asked := meter.Stats().Asked
	require.Eventually(t, func() bool { return meter.Stats().Asked > asked }, 30*time.Second, time.Millisecond)
	meter.Await(t, true)
	m.live.Power(time.Hour, sim.GuestPower{On: false})
	meter.Await(t, false)
	m.live.disk(time.Hour, proto.Answers)
	m.live.Power(time.Hour, sim.GuestPower{On: true, Boot: time.Minute})
	m.live.Step(2 * time.Hour)
	meter.Await(t, true)
	stop()
	require.NoError(t, <-done)
}

// idler is a disk that stood still for a while before every request.
type idler struct {
	sim.Disk
	idle time.Duration
}

func (d *idler) Idle() time.Duration { return d.idle }

// A machine that is too slow to keep disks busy says so: a boot that it was late for is none of the plant's.
func TestABootKnowsWhatTheDisksWereKeptFrom(t *testing.T) {
	disk := &idler{}
	i := idleness{disk: disk}
	read := func(takes time.Duration) func() error {
		return func() error {
			disk.idle += 300 * time.Millisecond
			time.Sleep(takes)
			return nil
		}
	}
	require.NoError(t, i.during(read(0)))
	assert.Zero(t, i.total, "the first waits for a path")
	require.NoError(t, i.during(read(0)))
	require.NoError(t, i.during(read(0)))
	assert.Equal(t, 600*time.Millisecond, i.total)
	require.NoError(t, i.during(read(stallAfter)))
	assert.Equal(t, 600*time.Millisecond, i.total, "that one waited for its path")
	without := idleness{disk: disk.Disk}
	require.NoError(t, without.during(read(0)))
	assert.Zero(t, without.total)
}
