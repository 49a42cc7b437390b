package fault

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("flap", "a link goes down and up, over and over, until its switch shuts it",
		func() sim.Fault { return new(Flap) })
}

const (
	// DefaultFlaps is how often a flap with neither a count nor an end goes down. Chosen: twice what makes a switch act.
	DefaultFlaps = 10
	// ErrDisableFlaps within ErrDisableWindow make a switch shut a port: five in ten seconds (OcNOS Layer 2 Guide,
	// errdisable link-flap-setting; Cisco Catalyst does the same).
	ErrDisableFlaps = 5
	// ErrDisableWindow is the sliding window in which flaps count.
	ErrDisableWindow = 10 * time.Second
	// DefaultFlapTime is how long a flapping link stays down, and up. Chosen: half a second either way is what a bad
	// seat does, and it is soon noticed by a switch that counts.
	DefaultFlapTime = 500 * time.Millisecond
)

// Flap is a bad seat or a dying optic: the link loses its carrier and gains it again. A port shut by its own switch
// stays shut when the fault ends.
type Flap struct {
	Target topology.Target `yaml:"target,scalar,required" doc:"links, node:port ends, or nodes (all their links)"`
	Down   time.Duration   `yaml:"down,positive" doc:"how long it is down each time; 500ms by default"`
	Up     time.Duration   `yaml:"up,positive" doc:"how long it is up in between; 500ms by default"`
	Count  int             `yaml:"count,positive" doc:"how often it goes down; by default until the fault ends, or 10 times where it has no end"`
	Jitter time.Duration   `yaml:"jitter" doc:"each down and up lasts up to this much longer, by the dice"`
	// ErrDisableAfter is nil for the default.
	ErrDisableAfter *int `yaml:"err_disable_after" doc:"flaps within 10s that make a switch at either end shut the port; 5 by default, 0 for never"`

	links []*topology.Link
}

// Resolve finds the links and checks the numbers.
func (f *Flap) Resolve(p *topology.Plant) (err error) {
	if f.Down == 0 {
		f.Down = DefaultFlapTime
	}
	if f.Up == 0 {
		f.Up = DefaultFlapTime
	}
	if f.ErrDisableAfter == nil {
		n := ErrDisableFlaps
		f.ErrDisableAfter = &n
	}
	if err := notNegative("count", f.Count); err != nil {
		return err
	}
	if err := notNegative("err_disable_after", *f.ErrDisableAfter); err != nil {
		return err
	}
	f.links, err = f.Target.Links(p)
	return err
}

// Inject takes every link down for the first time.
func (f *Flap) Inject(s *sim.Scope) error {
	s.Together(func() {
		for _, l := range f.links {
			b := &bounce{Flap: f, scope: s, link: l, left: limit(f.Count, DefaultFlaps, s.Lasts)}
			b.down()
		}
	})
	return nil
}

// bounce is one link while it flaps.
type bounce struct {
	*Flap
	scope *sim.Scope
	link  *topology.Link
	left  int           // times it will still go down; negative: no end
	at    time.Duration // since the first time down
	downs []time.Duration
}

func (b *bounce) down() {
	pulled := b.scope.Sub()
	pulled.Unplug(b.link)
	b.downs = append(b.downs, b.at)
	b.left--
	b.after(b.Down, func() { b.up(pulled) })
}

func (b *bounce) up(pulled *sim.Scope) {
	if b.shut() {
		b.scope.ErrDisable(b.link, len(b.downs))
		return
	}
	pulled.Release()
	if b.left != 0 {
		b.after(b.Up, b.down)
	}
}

// shut says whether the switch has seen too many flaps; hosts do not count them.
func (b *bounce) shut() bool {
	n := *b.ErrDisableAfter
	if n == 0 || len(b.downs) < n || b.link.A.Node.Kind != topology.Switch && b.link.B.Node.Kind != topology.Switch {
		return false
	}
	return b.at-b.downs[len(b.downs)-n] <= ErrDisableWindow
}

func (b *bounce) after(d time.Duration, f func()) {
	if b.Jitter > 0 {
		d += time.Duration(b.scope.Rand.Int64N(int64(b.Jitter)))
	}
	b.scope.After(d, func() {
		b.at += d
		f()
	})
}

// limit is how often something happens: as told, or a default where the entry has no end either. Negative: no limit.
func limit(told, byDefault int, lasts time.Duration) int {
	switch {
	case told > 0:
		return told
	case lasts > 0:
		return -1
	}
	return byDefault
}

func notNegative(what string, n int) error {
	if n < 0 {
		return fmt.Errorf("%s is %d: it cannot be negative", what, n)
	}
	return nil
}
