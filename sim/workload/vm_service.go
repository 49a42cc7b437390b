package workload

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/guestdisk"
	"github.com/dcdrill/dcdrill/sim/service"
)

// roomOf is which part of a machine's disk, behind its records, a service has: the web server the first of four, whatever
// else the machine serves the rest.
func roomOf(word string) (from, to int64) {
	if word == service.WebService {
		return 0, 1
	}
	return 1, 4
}

// server is a service in a machine: it lives while the guest works or waits for its disk, and keeps its port for good.
type server struct {
	machine *machine
	word    string
	service.Service

	mu      sync.Mutex
	desk    *desk // nil until the machine was there for the first time
	readers []*keepsake
}

// keepsake is what a client keeps of what it gave to a service: how it finds out what the disk has lost.
type keepsake struct {
	ledger guestdisk.Ledger
	meter  sim.Meter
	missed atomic.Int64 // when it was last read back
}

// lost is how much of it was not there as it had been given when it was last read back.
func (k *keepsake) lost() int64 { return k.missed.Load() }

// tell notes what the disk has of what was acknowledged up to a mark.
func (k *keepsake) tell(found guestdisk.Found, upTo guestdisk.Mark) {
	d := k.ledger.JudgeUpTo(upTo, found)
	k.missed.Store(int64(d.Lost + d.Torn + d.Stale))
	if d != (sim.IntegrityData{}) {
		k.meter.Note(d)
	}
}

// serve gives a machine a service, once.
func (m *machine) serve(word string) *server {
	for _, s := range m.servers {
		if s.word == word {
			return s
		}
	}
	s := &server{machine: m, word: word, Service: service.New(word)}
	m.servers = append(m.servers, s)
	return s
}

// run serves whenever the guest does, until ctx ends.
func (s *server) run(ctx context.Context, host sim.Place, disk sim.Disk) error {
	desk := newDesk(host, orRouted(s.machine.networks)[0])
	s.mu.Lock()
	s.desk = desk
	s.mu.Unlock()
	for ctx.Err() == nil {
		guest := s.machine.live.look()
		if guest.state.Works() {
			life, end := context.WithCancel(ctx)
			stop := context.AfterFunc(guest.life, end)
			err := s.live(life, end, desk, disk)
			stop()
			if err != nil {
				return fmt.Errorf("serve %s: %w", s.word, err)
			}
			continue
		}
		select {
		case <-guest.changed:
		case <-ctx.Done():
		}
	}
	return nil
}

// live is one life of the service: from when the guest has come up until it stops working for another reason than that
// its disk waits.
func (s *server) live(life context.Context, end context.CancelFunc, desk *desk, disk sim.Disk) error {
	var all sync.WaitGroup
	defer all.Wait()
	defer end()
	before := s.machine.live.look().resumed
	found, err := s.Open(life, s.room(disk))
	if err == nil || found.Corrupt != "" {
		s.tell(found, s.marks()) // nothing is acknowledged before it serves: all that was, was before
	}
	all.Go(func() { s.follow(life, end, before, err == nil) })
	if err != nil {
		<-life.Done() // what is corrupt stays so, and a guest whose disk fails it does not go on for long
		return nil
	}
	return desk.run(life, s.Serve)
}

// follow ends a life when the guest does not work any more, and reads back what the disk has each time that it is back, if
// there is something to be read.
func (s *server) follow(life context.Context, end context.CancelFunc, resumed int, opened bool) {
	defer end()
	for life.Err() == nil {
		guest := s.machine.live.look()
		if !guest.state.Works() && guest.state != sim.GuestStalled {
			return
		}
		if opened && guest.resumed > resumed {
			s.readBack(life)
		}
		resumed = guest.resumed
		select {
		case <-guest.changed:
		case <-life.Done():
		}
	}
}

// readBack looks at the disk while the service goes on: of what clients give it meanwhile nothing is said.
func (s *server) readBack(life context.Context) {
	marks := s.marks()
	if found, err := s.Find(life); err == nil {
		s.tell(found, marks)
	}
}

// marks are how much has been acknowledged to each client.
func (s *server) marks() map[*keepsake]guestdisk.Mark {
	s.mu.Lock()
	defer s.mu.Unlock()
	marks := map[*keepsake]guestdisk.Mark{}
	for _, k := range s.readers {
		marks[k] = k.ledger.Mark()
	}
	return marks
}

// tell has every client hear what the disk has.
func (s *server) tell(found guestdisk.Found, upTo map[*keepsake]guestdisk.Mark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.readers {
		k.tell(found, upTo[k])
	}
}

// room is the part of the machine's disk that the service has.
func (s *server) room(disk sim.Disk) sim.Disk {
	const ring = records * recordSize
	quarter := (s.machine.seat.size - ring) / 4 / recordSize * recordSize
	from, to := roomOf(s.word)
	return guestdisk.Part(disk, s.machine.seat.offset+ring+from*quarter, (to-from)*quarter)
}

// join has a client hear what becomes of what it gives, until it leaves.
func (s *server) join(k *keepsake) (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readers = append(s.readers, k)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.readers = slices.DeleteFunc(s.readers, func(other *keepsake) bool { return other == k })
	}
}

// at is where it is to be found; nil while nobody knows.
func (s *server) at() *desk {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.desk
}

// leastServed is the least room on its volume that a machine with services needs. Chosen: a quarter of it holds the
// largest page twice, and the rest a database with its journal and its log.
const leastServed = 64 << 20

// Crowded says what keeps virtual machines from serving where they were seated: too little room.
func Crowded(u *sim.Use) error {
	for _, m := range u.Members {
		vm, ok := m.Talk.(*machine)
		if ok && len(vm.servers) > 0 && vm.seat.size < leastServed {
			return fmt.Errorf("a machine that serves needs %d MiB of its volume: %s gives it %d MiB",
				leastServed>>20, vm.store.Volume.ID, vm.seat.size>>20)
		}
	}
	return nil
}
