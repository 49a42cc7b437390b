package workload

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/guestdisk"
	"github.com/dcdrill/dcdrill/sim/service"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

// host is a workload of virtual machines typed as text.
func host(t *testing.T, text string) *sim.Use {
	t.Helper()
	v, talks := machines(t, text)
	u := &sim.Use{ID: "vms", Kind: "vm", Workload: v}
	for _, talk := range talks {
		if _, watch := talk.(sim.Watch); !watch {
			u.Members = append(u.Members, &sim.Member{Workload: u, Index: len(u.Members), Talk: talk})
		}
	}
	return u
}

// visitsTo are the clients of a kind, typed as text, that visit virtual machines.
func visitsTo(t *testing.T, u *sim.Use, v Visitor, text string) ([]sim.Talk, error) {
	t.Helper()
	decode(t, text, v)
	return v.Visit(vmPlant(t), "clients", u)
}

func TestClientsVisitEveryMachine(t *testing.T) {
	u := host(t, `{on: hv, count: 3, disk: ds1, network: lan, service: mail}`)
	pairs := func(text string) (all []string) {
		t.Helper()
		talks, err := visitsTo(t, u, new(Mail), text)
		require.NoError(t, err)
		for _, talk := range talks {
			f := talk.Flow()
			assert.Equal(t, "lan", f.Networks[0].ID)
			assert.Contains(t, []sim.Resident{u.Members[0].Talk.(sim.Resident), u.Members[1].Talk.(sim.Resident), u.Members[2].Talk.(sim.Resident)}, talk.(sim.Client).Server())
			all = append(all, f.From.ID+" "+f.To.ID)
		}
		return all
	}
	assert.Equal(t, []string{"isp hv1", "isp hv2", "isp hv3"}, pairs("{from: isp, to: vms}"))
	assert.Equal(t, []string{"isp hv1", "edge1 hv1", "isp hv2", "edge1 hv2", "isp hv3", "edge1 hv3"}, pairs("{from: [isp, edge1], to: vms}"))
	assert.Equal(t, []string{"isp hv1", "isp hv2", "isp hv3", "isp hv1"}, pairs("{from: isp, to: vms, count: 4}"))

	u = host(t, `{on: hv, count: 65, disk: ds1, network: lan, service: mail}`)
	talks, err := visitsTo(t, u, new(Mail), "{from: [isp, edge1], to: vms}")
	require.NoError(t, err)
	assert.Len(t, talks, 65, "in turn: that would be too many")
}

func TestClientsAreRefused(t *testing.T) {
	mailVM := host(t, `{on: hv1, disk: ds1, service: mail}`)
	notVM := &sim.Use{ID: "web", Workload: new(HTTP), Members: []*sim.Member{{Talk: one(t, &HTTP{Ends: between})}}}
	for _, c := range []struct {
		host *sim.Use
		kind Visitor
		text string
		want string
	}{
		{mailVM, new(Files), "{from: isp, to: vms}", "vms does not serve files: give it service: files"},
		{notVM, new(Files), "{from: isp, to: web}", "web is no workload of virtual machines"},
		{mailVM, new(Mail), "{from: hv1, to: vms}", "hv1 is the machine's own host"},
		{mailVM, new(Mail), "{from: nobody, to: vms}", `"nobody"`},
		{mailVM, new(Mail), "{from: isp, to: vms, count: 1001}", "between 1 and 1000"},
		{mailVM, new(Mail), "{from: isp, to: vms, size: -1}", "size is -1"},
		{mailVM, new(HTTP), "{from: isp, to: vms, size: -1}", "size is -1"},
		{mailVM, new(HTTP), "{from: isp, to: vms, network: lan}", "say it there"},
	} {
		_, err := visitsTo(t, c.host, c.kind, c.text)
		assert.ErrorContains(t, err, c.want, c.text)
	}
	_, err := (&Mail{Customers: Customers{To: "vms"}}).Talks(vmPlant(t))
	assert.ErrorContains(t, err, `"vms" is no workload of virtual machines`)
}

func TestMachinesThatServeNeedRoom(t *testing.T) {
	u := host(t, `{on: hv, count: 4, disk: ds1, network: lan, service: web}`)
	volume := u.Members[0].Talk.(*machine).store.Volume
	volume.Size = 255 << 20
	Seat([]*sim.Use{u})
	assert.ErrorContains(t, Crowded(u), "needs 64 MiB of its volume: vol1 gives it 63 MiB")
	volume.Size = 256 << 20
	Seat([]*sim.Use{u})
	assert.NoError(t, Crowded(u))
}

// served is a client measured at the service of a machine on a disk that can be stopped and lose its power.
type served struct {
	*noted
	machine *machine
	disk    *simtest.Disk
	client  *noted
	talk    sim.Talk
	jump    func(time.Duration)
	now     func() time.Duration
}

// serving runs a machine and a client of it until the test ends.
func serving(t *testing.T, vm string, lying bool, kind Visitor, client string) *served {
	t.Helper()
	u := host(t, vm)
	talks, err := visitsTo(t, u, kind, client)
	require.NoError(t, err)
	Seat([]*sim.Use{u})
	_, outside, inside := simtest.NewWire()
	s := &served{machine: u.Members[0].Talk.(*machine), disk: simtest.NewDisk(1<<30, 1, lying), client: &noted{Meter: simtest.NewMeter()}, noted: &noted{Meter: simtest.NewMeter()}, talk: talks[0], jump: outside.Jump, now: outside.Now}
	at := diskPlace{inside, s.disk}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 2)
	go func() { done <- s.machine.Measure(ctx, at, nil, s.noted) }()
	go func() { done <- talks[0].Measure(ctx, outside, at, s.client) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
		require.NoError(t, <-done)
	})
	s.client.Await(t, true)
	return s
}

// stalls has the disk wait until the guest has seen it.
func (s *served) stalls(t *testing.T) {
	t.Helper()
	s.disk.Stop()
	// Not for what the guest says: a request that was only slow on a busy machine makes it say the same.
	require.Eventually(t, func() bool { return s.disk.Holds() && s.machine.live.State() == sim.GuestStalled }, 30*time.Second, time.Millisecond)
	require.Eventually(t, func() bool { s.client.Expire(sim.Never); return !s.client.Served() }, 30*time.Second, time.Millisecond,
		"what the disk had done before is answered, and no more")
}

// crashes has the machine switched off, its array lose its power, and both come back.
func (s *served) crashes(t *testing.T) {
	t.Helper()
	s.machine.live.Power(s.now(), sim.GuestPower{On: false})
	s.disk.PowerOff()
	s.client.Await(t, false)
	s.disk.PowerOn()
	s.machine.live.Power(s.now(), sim.GuestPower{On: true, Boot: time.Minute})
	require.Eventually(t, func() bool {
		if next := s.machine.live.Step(s.now()); next != sim.Never && s.machine.live.State() == sim.GuestBooting {
			s.machine.live.Step(next) // the minute is over
		}
		return s.machine.live.State().Works()
	}, 30*time.Second, time.Millisecond)
}

// integrity waits for what the client is told of its data.
func (s *served) integrity(t *testing.T) (got sim.IntegrityData) {
	t.Helper()
	require.Eventually(t, func() bool {
		s.client.mu.Lock()
		defer s.client.mu.Unlock()
		for _, d := range s.client.notes {
			if i, ok := d.(sim.IntegrityData); ok {
				got, s.client.notes = i, nil
				return true
			}
		}
		return false
	}, 30*time.Second, time.Millisecond)
	return got
}

// kinds of clients, each with the machine that it wants.
var visitors = map[string]func() Visitor{
	"web":      func() Visitor { return new(HTTP) },
	"mail":     func() Visitor { return new(Mail) },
	"files":    func() Visitor { return new(Files) },
	"database": func() Visitor { return new(Database) },
}

func TestServicesHangWithTheirDisk(t *testing.T) {
	for word, kind := range visitors {
		t.Run(word, func(t *testing.T) {
			s := serving(t, "{on: hv1, disk: ds1, interval: 5ms, service: "+word+", guest: {timeout: never}}", false, kind(), "{from: isp, to: vms, interval: 20ms}")
			s.stalls(t)
			s.disk.Resume()
			s.client.Await(t, true)
			got := s.integrity(t)
			assert.True(t, got.Sound(), "%+v", got)
			assert.Positive(t, got.Intact)
		})
	}
}

// slowReader is a service that goes on acknowledging while its disk is read.
type slowReader struct {
	service.Service
	meanwhile func()
}

func (r slowReader) Find(context.Context) (guestdisk.Found, error) {
	r.meanwhile()
	return guestdisk.Found{}, nil
}

func TestWhatIsAcknowledgedWhileTheDiskIsReadIsNotLost(t *testing.T) {
	meter := &noted{Meter: simtest.NewMeter()}
	k := &keepsake{meter: meter}
	give := func(name string) {
		k.ledger.Sent(name, guestdisk.SumOf([]byte(name)))
		k.ledger.Acknowledged(name, guestdisk.SumOf([]byte(name)), 0)
	}
	s := &server{Service: slowReader{meanwhile: func() { give("after") }}}
	defer s.join(k)()
	give("before")
	s.readBack(t.Context())
	assert.Equal(t, []sim.Data{sim.IntegrityData{Lost: 1}}, meter.notes, "only what was there when the reading began")
}

func TestServicesKeepWhatTheyHaveAcknowledged(t *testing.T) {
	for word, kind := range visitors {
		t.Run(word, func(t *testing.T) {
			s := serving(t, "{on: hv1, disk: ds1, interval: 5ms, service: "+word+"}", false, kind(), "{from: isp, to: vms, interval: 20ms}")
			require.Eventually(t, func() bool { return s.client.Answers() > 20 }, 30*time.Second, time.Millisecond)
			s.crashes(t)
			got := s.integrity(t)
			assert.True(t, got.Sound(), "%+v", got)
			assert.Positive(t, got.Intact)
			s.client.Await(t, true)
		})
	}
}

// Whatever happens to a machine on an honest array, in whatever order, nothing that was acknowledged is lost.
func TestServicesLoseNothingWhateverHappens(t *testing.T) {
	for word, kind := range visitors {
		for seed := range uint64(4) {
			t.Run(fmt.Sprint(word, " ", seed), func(t *testing.T) {
				t.Parallel()
				dice := rand.New(rand.NewPCG(seed, 7))
				s := serving(t, "{on: hv1, disk: ds1, interval: 5ms, service: "+word+", guest: {timeout: never}}", false, kind(), "{from: isp, to: vms, interval: 10ms}")
				for range 4 {
					enough := s.client.Answers() + dice.IntN(20)
					require.Eventually(t, func() bool { return s.client.Answers() >= enough }, 30*time.Second, time.Millisecond)
					if dice.IntN(2) == 0 {
						s.crashes(t)
					} else {
						s.stalls(t)
						s.disk.Resume()
					}
					got := s.integrity(t)
					require.True(t, got.Sound(), "%+v", got)
					s.client.Await(t, true)
				}
			})
		}
	}
}

// An array that lies about what is safe is found out by whoever was told that it is.
func TestServicesFindALiar(t *testing.T) {
	for word, kind := range visitors {
		t.Run(word, func(t *testing.T) {
			s := serving(t, "{on: hv1, disk: ds1, interval: 5ms, service: "+word+"}", true, kind(), "{from: isp, to: vms, interval: 20ms}")
			s.crashes(t)
			got := s.integrity(t)
			assert.Positive(t, got.Lost, "%+v", got)
		})
	}
}

// Nobody serves in a machine that has given up its disk, whatever the disk does then.
func TestServicesEndWithTheirGuest(t *testing.T) {
	s := serving(t, "{on: hv1, disk: ds1, interval: 5ms, service: mail, guest: {timeout: 1s}}", false, new(Mail), "{from: isp, to: vms, interval: 20ms, timeout: 1s}")
	s.stalls(t)
	s.machine.live.Step(time.Hour)
	require.Equal(t, sim.GuestFailed, s.machine.live.State())
	s.disk.Resume()
	before := s.client.Answers()
	require.Never(t, func() bool { return s.client.Answers() > before+mostRequests }, 200*time.Millisecond, 10*time.Millisecond)
	s.crashes(t)
	s.client.Await(t, true)
}
