package simtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// World remembers what it is told and sees all of it. It is its own Engine.
type World struct {
	Env sim.Env
	// Levels is the latest level of each kind and subject.
	Levels map[string]sim.Level
	// Blind makes it see nothing of what it was told, Fail is what it answers to every Set, Broken what went wrong
	// behind its back.
	Blind  bool
	Fail   error
	Broken error
	// Unserved are the subjects that are not served when the run begins.
	Unserved map[string]bool
	Closed   int
	// Batches counts the calls of Set.
	Batches int
	stopped bool
}

type clock struct{ sim.VirtualClock }

func (*clock) Zero()                  {}
func (*clock) Wall() func() time.Time { return nil }

// Clock makes a virtual clock.
func (w *World) Clock() sim.RunClock { return &clock{} }

// Open answers itself.
func (w *World) Open(_ context.Context, _ sim.RunClock, env sim.Env) (sim.World, error) {
	w.Env, w.Levels = env, map[string]sim.Level{}
	return w, nil
}

// Name is "fake".
func (w *World) Name() string { return "fake" }

// Capabilities lists none.
func (w *World) Capabilities() []sim.Capability { return nil }

// Set remembers the levels, until the run has stopped: what is undone after that is not looked at.
func (w *World) Set(_ int, levels ...sim.Level) error {
	if w.stopped {
		return w.Fail
	}
	w.Batches++
	for _, l := range levels {
		w.Levels[fmt.Sprintf("%T %s", l, l.Subject())] = l
	}
	return w.Fail
}

// Witness sees every level that it was told last, unless it is blind.
func (w *World) Witness(l sim.Level) (bool, string, error) {
	return !w.Blind, "saw " + l.Subject(), nil
}

// Start says that the member is served.
func (w *World) Start(m *sim.Member) error {
	if !w.Unserved[m.Subject()] {
		w.Env.Log.Add(0, m.Subject(), sim.UpData{})
	}
	return nil
}

// Stop ends the remembering.
func (w *World) Stop() error { w.stopped = true; return w.Broken }

// Err is Broken.
func (w *World) Err() error { return w.Broken }

// Close counts.
func (w *World) Close() error { w.Closed++; return nil }

// Wrong lists the levels that are not those of a plant in which all is well.
func (w *World) Wrong() []string {
	var wrong []string
	for key, l := range w.Levels {
		well := false
		switch l := l.(type) {
		case sim.Carrier:
			well = l.Up
		case sim.Dark:
			well = !l.On
		case sim.Impaired:
			well = l.Impairment == l.Port.Link.Impairment
		case sim.Allowed:
			well = l.On == l.Port.Allows(l.Network)
		case sim.Stage:
			well = l.Stage == topology.Forwarding
		case sim.Refuse:
			well = !l.On
		case sim.Controller:
			well = l.On
		case sim.Volume:
			well = !l.Gone
		case sim.Disks:
			well = l.Latency == 0
		}
		if !well {
			wrong = append(wrong, key)
		}
	}
	return wrong
}

// Play plays a scenario in a World of its own; one that has no workloads gets one that is always served.
func Play(t testing.TB, sc *sim.Scenario, opts sim.Options) (*sim.Log, *World) {
	t.Helper()
	w := &World{}
	log, err := w.Play(sc, opts)
	require.NoError(t, err)
	return log, w
}

// Play plays a scenario in this world.
func (w *World) Play(sc *sim.Scenario, opts sim.Options) (*sim.Log, error) {
	if sc.Uses == nil {
		sc.Uses = []*sim.Use{Use("steady", sc.Plant, 1)}
	}
	return sim.Play(context.Background(), w, sc, opts)
}

// Entry makes a timeline entry of a fault, resolved in the plant.
func Entry(t testing.TB, p *topology.Plant, id string, at time.Duration, f sim.Fault) *sim.Entry {
	t.Helper()
	require.NoError(t, f.Resolve(p))
	return &sim.Entry{ID: id, Kind: id, Text: id, At: at, Fault: f}
}

// Use is a workload that nobody measures, between the first two hosts of the plant.
func Use(id string, p *topology.Plant, members int) *sim.Use {
	u := &sim.Use{ID: id, Kind: "idle", Workload: idle{}}
	for i := range members {
		u.Members = append(u.Members, &sim.Member{Workload: u, Index: i, Talk: idle{p.Nodes[0], p.Nodes[1]}})
	}
	return u
}

type idle struct{ from, to *topology.Node }

func (idle) Talks(*topology.Plant) ([]sim.Talk, error)                      { return nil, nil }
func (idle) Tolerates() time.Duration                                       { return time.Second }
func (i idle) Flow() sim.Flow                                               { return sim.Flow{From: i.from, To: i.to} }
func (idle) Predict(sim.Viewer) sim.Machine                                 { return idle{} }
func (idle) Measure(context.Context, sim.Place, sim.Place, sim.Meter) error { return nil }
func (idle) Path(bool)                                                      {}

// Transcript writes what happened to the plant, a line an event: time, subject, kind and what. Proofs, the header and
// the like are left out.
func Transcript(log *sim.Log) string {
	var b strings.Builder
	for _, e := range log.Events() {
		if what, shown := tell(e); shown {
			fmt.Fprintf(&b, "%-6s %s %s\n", e.At, e.Subject, what)
		}
	}
	return b.String()
}

func tell(e sim.Event) (string, bool) {
	switch d := e.Data.(type) {
	case sim.FaultData:
		return "begins", true
	case sim.HealedData:
		return "ends", true
	case sim.CarrierData:
		return onOff("carrier", d.Up), true
	case sim.DarkData:
		return onOff("dark", d.On), true
	case sim.ImpairData:
		return "suffers " + d.Impairment().String(), true
	case sim.VLANData:
		return onOff("vlan of "+d.Network, d.On), true
	case sim.StageData:
		return d.Stage, true
	case sim.RefuseData:
		return onOff("refuses "+d.From, d.On), true
	case sim.OpticData:
		return "optic " + d.State, true
	case sim.PowerData:
		return onOff("power", d.Live), true
	case sim.ErrDisableData:
		return strings.TrimSpace(fmt.Sprintf("err-disabled after %d %s", d.Flaps, d.Guard)), true
	case sim.ControllerData:
		return onOff("controller", d.On), true
	case sim.VolumeData:
		return onOff("volume", !d.Gone), true
	case sim.DisksData:
		return "disks slower by " + d.Latency.String(), true
	case sim.UnprovenData:
		return "unproven: " + d.Missing, true
	}
	return "", false
}

func onOff(what string, on bool) string {
	if on {
		return what + " on"
	}
	return what + " off"
}
