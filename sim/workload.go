package sim

import (
	"context"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// Workload is something whose users we care about. It has two faces in one
// file: Talk's Predict is a pure state machine that the model drives, Measure is the
// real traffic.
//
// The struct is the YAML: its kind is the key `kind:`, its fields are the others.
type Workload interface {
	// Talks resolves the names in the entry against the plant and lists its conversations, one per member: a
	// workload with count 20 has 20. Every problem is found here, before anything runs.
	Talks(*topology.Plant) ([]Talk, error)
	// Tolerates is the longest outage that its users do not mind, from the kind's documented default or the file.
	Tolerates() time.Duration
}

// LossTolerant is a Workload whose users may mind lost requests even where no outage is longer than they tolerate.
type LossTolerant interface {
	// ToleratesLoss is the largest share of requests without an answer, over a whole run, that they do not mind; not asked:
	// any.
	ToleratesLoss() (share float64, asked bool)
}

// Talk is one conversation.
type Talk interface {
	// Flow is the way it takes.
	Flow() Flow
	// Predict is its law: how what its users see follows from whether the way is there.
	Predict(Viewer) Machine
	// Measure talks for real, until ctx ends, and tells the meter. It returns nil when ctx ended it.
	Measure(ctx context.Context, from, to Place, m Meter) error
}

// Flow is a way from one node to another and back.
type Flow struct {
	From, To *topology.Node
	// Networks are the networks it may use, any one of them being enough (multipath). Empty: whatever routing gives
	// towards the address by which others reach To.
	Networks []*topology.Network
	// IPv6: it speaks IPv6, in Networks that all have it.
	IPv6 bool
	// OneWay: nothing comes back but what neighbours say to each other. No route to From is needed.
	OneWay bool
}

// Routed says whether it passes a router.
func (f Flow) Routed() bool {
	if len(f.Networks) > 0 {
		return false // both ends are on them
	}
	at := f.To.Primary()
	return f.To.Loopback.IsValid() || at == nil || f.From.Interface(at.Network) == nil
}

// Machine is told, on the loop, when the way comes and goes.
type Machine interface {
	Path(usable bool)
}

// Mortal is a Machine that must also know when an end of its flow loses power: all its connections are gone then. It is
// told before the way goes.
type Mortal interface {
	PowerLost(end *topology.Node)
}

// Doubtful is a Machine whose law leaves open for some time whether the user is served. While it is not Sure, whatever
// is measured agrees with it.
type Doubtful interface {
	Sure() bool
}

// Viewer is what a Machine may ask and tell.
type Viewer interface {
	Now() time.Duration
	After(time.Duration, func()) (cancel func())
	// Phase is 0 (earliest) to 1 (latest): see Env.
	Phase() float64
	// Served tells what the user sees from now on.
	Served(bool)
	// Unserved tells that the user has not been served since a moment in the past: what was asked after it has failed.
	Unserved(since time.Duration)
	// Reconnected tells that the user's connection was lost and made anew.
	Reconnected()
	// Note tells something else of the member: GuestData, IntegrityData.
	Note(Data)
}

// Meter is what real traffic tells. Times are scenario times. Safe for use from several goroutines.
type Meter interface {
	// Asked: request n is about to be sent. Numbers grow from call to call.
	Asked(n uint64, at time.Duration)
	// Answered: request n was served; at is the kernel's stamp where there is one.
	Answered(n uint64, at time.Duration)
	// Failed: request n will not be answered. Requests that nobody speaks of fail by the meter's own timeout; an
	// answer after that still ends the outage.
	Failed(n uint64, at time.Duration)
	// Reconnected: the connection was lost and made anew.
	Reconnected(at time.Duration)
	// Late: what the sender sent at this moment it sent so much later than it was to; too much of it makes the run inconclusive.
	Late(by, at time.Duration)
	// Note: something else of the member, such as GuestData or IntegrityData.
	Note(Data)
}

// Errand is a Talk whose real traffic has things to do at times of its own: while some of them are due, and can be done,
// no clock jumps.
type Errand interface {
	Due(now time.Duration) bool
}

// Watch is a talk that looks at a member from outside, beside the member's own life: a ping of a virtual machine. Its
// outages are told in reports and asked for by checks, and are none of the workload's.
type Watch interface {
	Talk
	// Watches is the member's index, and what is looked at: "ping".
	Watches() (member int, aspect string)
}

// Member is one talk of a workload in a run.
type Member struct {
	Workload *Use
	Index    int
	// Aspect is what a Watch looks at; empty for the member itself.
	Aspect string
	Talk   Talk
}

// Subject names the member in the log: the workload's ID, with /1../n when there is more than one, and the aspect of a
// watch: "mail", "mail/3", "mail/3 ping".
func (m *Member) Subject() string {
	subject := m.Workload.ID
	if len(m.Workload.Members) > 1 {
		subject += "/" + itoa(m.Index+1)
	}
	return WatchOf(subject, m.Aspect)
}

// WatchOf is the subject of what looks at an aspect of a member; the member's own for no aspect.
func WatchOf(member, aspect string) string {
	if aspect == "" {
		return member
	}
	return member + " " + aspect
}

// Use is a workload as it stands in a plant.
type Use struct {
	ID       string
	Kind     string
	Tier     int
	Needs    []string
	Workload Workload
	Members  []*Member
	// Watches look at members from outside.
	Watches []*Member
	// Demand is the bandwidth that each member wants from its From to its To; 0: nobody says.
	Demand   topology.Bitrate
	Inferred bool // the plant had no workloads: this one was made up
	Pos      topology.Pos
}
