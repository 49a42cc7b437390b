package workload

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// ClientTimeout is when clients of services give a request up. Chosen, as HTTPTimeout.
const ClientTimeout = 5 * time.Second

// Visitor is a Workload that can talk to a service of virtual machines.
type Visitor interface {
	sim.Workload
	// Host is the workload of virtual machines that it names; what it names may also be nodes, or nothing.
	Host() string
	// Visit resolves the entry as Talks does, with its own name and the machines to talk to.
	Visit(p *topology.Plant, own string, host *sim.Use) ([]sim.Talk, error)
}

// Customers is who asks a service of virtual machines. Each machine is asked by each of them, as long as that are at most
// MeshLimit; beyond that they take turns, until every machine and each of them has its turn. With count there are exactly
// that many.
type Customers struct {
	From     topology.Target `yaml:"from,required" doc:"who asks: nodes, a family, a range or a group"`
	To       string          `yaml:"to,required" doc:"the workload of virtual machines that serves"`
	Count    int             `yaml:"count,positive" doc:"how many ask; one for every pair of asker and machine by default"`
	Interval time.Duration   `yaml:"interval" doc:"from one request to the next; see the kind's default"`
	Timeout  time.Duration   `yaml:"timeout,positive" doc:"when the client gives a request up; 5s by default"`
	For      time.Duration   `yaml:"tolerates" doc:"the longest outage that its users do not mind"`
}

// Host is the workload that serves.
func (c *Customers) Host() string { return c.To }

// Talks has nobody to talk to without the machines.
func (c *Customers) Talks(*topology.Plant) ([]sim.Talk, error) {
	return nil, fmt.Errorf("to: %q is no workload of virtual machines", c.To)
}

// clientele is what a kind of clients has in common.
type clientele struct {
	word     string        // of the service that they want
	interval time.Duration // by default
	keeps    int           // how much of what they gave they look for after a crash
	talk     func(*visit) sim.Talk
}

// visits lists who asks which machine for what.
func (c *Customers) visits(p *topology.Plant, own string, host *sim.Use, of clientele) ([]sim.Talk, error) {
	vm, ok := host.Workload.(*VM)
	if ok && vm.Service != of.word {
		return nil, fmt.Errorf("to: %s does not serve %s: give it service: %s", host.ID, of.word, of.word)
	}
	visits, err := visitsOf(p, c.From, host, c.Count, of.word)
	if err != nil {
		return nil, err
	}
	talks := make([]sim.Talk, len(visits))
	for i, v := range visits {
		v.rhythm, v.timeout = every(c.Interval, of.interval), orTime(c.Timeout, ClientTimeout)
		v.name, v.keeps, v.ledger.Keep = fmt.Sprintf("%s-%d", own, i+1), of.keeps, of.keeps
		talks[i] = of.talk(v)
	}
	return talks, nil
}

// visitsOf lists who asks which machine of a workload for a service.
func visitsOf(p *topology.Plant, from topology.Target, host *sim.Use, count int, word string) ([]*visit, error) {
	nodes, err := from.Nodes(p)
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	var machines []*machine
	for _, m := range host.Members {
		vm, ok := m.Talk.(*machine)
		if !ok {
			return nil, fmt.Errorf("to: %s is no workload of virtual machines", host.ID)
		}
		machines = append(machines, vm)
	}
	each := 1 // how many askers in a row have the same machine
	n := max(len(nodes), len(machines))
	if all := len(nodes) * len(machines); all <= MeshLimit {
		n, each = all, len(nodes)
	}
	if count != 0 {
		n = count
	}
	if n < 0 || n > MaxMembers {
		return nil, fmt.Errorf("count is %d: it must be between 1 and %d", n, MaxMembers)
	}
	visits := make([]*visit, n)
	for i := range visits {
		v := &visit{from: nodes[i%len(nodes)], number: i, server: machines[i/each%len(machines)].serve(word)}
		if v.from.ID == v.server.machine.store.Host.ID {
			return nil, fmt.Errorf("from: %s is the machine's own host: nothing is between them", v.from.ID)
		}
		visits[i] = v
	}
	return visits, nil
}

// visit is a client outside, and the service of a machine that it asks.
type visit struct {
	from   *topology.Node
	name   string // of the client, at the service
	number int    // among the clients of its workload
	server *server
	rhythm
	timeout time.Duration
	keeps   int // how much of what it gave to the machine it knows by heart
	keepsake
}

// Flow is the way to the machine's host, which takes in what is for its machines.
func (v *visit) Flow() sim.Flow {
	m := v.server.machine
	return sim.Flow{From: v.from, To: m.store.Host, Networks: m.networks}
}

// Server is the machine.
func (v *visit) Server() sim.Resident { return v.server.machine }

// Predict: the first request to be answered is the next of the beat, or an earlier one that waits for the way or the disk.
func (v *visit) Predict(w sim.Viewer) sim.Machine { return v.law(w) }

func (v *visit) law(w sim.Viewer) *clientLaw {
	return &clientLaw{stall: newStall(w, beforeFirst(w, v.interval), nextOfBeat(w, v.interval)), keeps: v.keeps}
}

// nextOfBeat is the attempt of whoever asks at a steady beat, whether or not earlier requests have been answered.
func nextOfBeat(v sim.Viewer, interval time.Duration) func(since, now time.Duration) (time.Duration, bool) {
	return func(_, _ time.Duration) (time.Duration, bool) {
		return time.Duration(v.Phase() * float64(interval)), false
	}
}

// clientLaw is a client as predicted.
type clientLaw struct {
	*stall
	keeps int
}

// Read: what an honest array acknowledges, it keeps.
func (l *clientLaw) Read(damaged bool) {
	if damaged {
		l.Note(sim.IntegrityData{Lost: l.keeps})
	} else {
		l.Note(sim.IntegrityData{Intact: l.keeps})
	}
}

// dial connects to the service.
func (v *visit) dial(ctx context.Context, from sim.Place) (net.Conn, error) {
	if desk := v.server.at(); desk != nil {
		return desk.dial(ctx, from)
	}
	return nil, errNoSocket
}

// ask has a client ask at its beat until ctx ends, and be told meanwhile what the machine's disk has lost.
func (v *visit) ask(ctx context.Context, from sim.Place, m sim.Meter, one func(context.Context) bool) error {
	v.meter = m
	defer v.server.join(&v.keepsake)()
	askInTime(ctx, from, v.interval, m, func(ctx context.Context) bool {
		ctx, cancel := context.WithTimeout(ctx, v.timeout)
		defer cancel()
		return one(ctx)
	})
	return nil
}

// askInTime asks at every beat until ctx ends, whether or not earlier requests have been answered.
func askInTime(ctx context.Context, from sim.Place, interval time.Duration, m sim.Meter, one func(context.Context) bool) {
	out := &asker{meter: m}
	room := make(chan struct{}, mostRequests)
	var requests sync.WaitGroup
	defer requests.Wait()
	from.Pace(ctx, interval, func(at time.Duration) {
		out.ask(at, func(n uint64) bool {
			select {
			case room <- struct{}{}:
			default:
				return false
			}
			requests.Go(func() {
				defer func() { <-room }()
				out.end(n, one(ctx), from.Now())
			})
			return true
		})
	})
}
