package fault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest"
	"github.com/dcdrill/dcdrill/topology"
)

// examples has one of every kind, that harms the plant simtest.WithArray and leaves nothing behind.
var examples = map[string]func() sim.Fault{
	"reboot":              func() sim.Fault { return &Reboot{Target: topology.Target{"core"}, Offset: time.Minute} },
	"power-off":           func() sim.Fault { return &PowerOff{Target: topology.Target{"core1"}} },
	"feed-loss":           func() sim.Fault { return &FeedLoss{Feed: "a"} },
	"link-down":           func() sim.Fault { return &LinkDown{Target: topology.Target{"peer-link"}} },
	"optic-dead":          func() sim.Fault { return &OpticDead{Target: topology.Target{"core1:e1"}} },
	"flap":                func() sim.Fault { return &Flap{Target: topology.Target{"peer-link"}, ErrDisableAfter: new(int)} },
	"cut":                 func() sim.Fault { return &Cut{Conduit: "north"} },
	"isolate":             func() sim.Fault { return &Isolate{Target: topology.Target{"hv"}} },
	"impair":              func() sim.Fault { return &Impair{Target: topology.Target{"peer-link"}, ImpairmentSpec: lossy(0.02)} },
	"partition":           func() sim.Fault { return &Partition{A: topology.Target{"hv1"}, B: topology.Target{"hv2", "edge1"}} },
	"controller-failover": func() sim.Fault { return &ControllerFailover{Controller: "array1/a"} },
	"storage-power-loss":  func() sim.Fault { return &StoragePowerLoss{Array: "array1"} },
	"disk-slow":           func() sim.Fault { return &DiskSlow{Array: "array1"} },
	"volume-gone":         func() sim.Fault { return &VolumeGone{Volume: "array1/vol1"} },
	"config-push":         func() sim.Fault { return &ConfigPush{Target: topology.Target{"core"}, Rollout: "serial"} },
	"vlan-missing":        func() sim.Fault { return &VLANMissing{Target: topology.Target{"peer-link"}, Network: "lan"} },
	"crash-loop": func() sim.Fault {
		return &CrashLoop{Target: topology.Target{"core2"}, Period: time.Minute, Attempts: 3}
	},
}

func TestEveryKind(t *testing.T) {
	simtest.Kinds(t, sim.Faults)
	simtest.Faults(t, simtest.WithArray, examples)
}

func TestUnknownTargets(t *testing.T) {
	for name, c := range map[string]struct {
		fault sim.Fault
		want  string
	}{
		"node":            {&Reboot{Target: topology.Target{"cor1"}}, "cor1"},
		"power-off":       {&PowerOff{Target: topology.Target{"core", "hv3"}}, "hv3"},
		"none":            {&PowerOff{}, "target"},
		"controller":      {&ControllerFailover{Controller: "array1/c"}, `no controller "array1/c", did you mean "array1/a"?`},
		"volume":          {&VolumeGone{Volume: "vol1"}, `no volume "vol1"`},
		"array":           {&DiskSlow{Array: "hv1"}, `no array "hv1", there is array1`},
		"negative":        {&DiskSlow{Array: "array1", Latency: -1}, "must not be negative"},
		"no array":        {&StoragePowerLoss{Array: "core1"}, `no array "core1"`},
		"link":            {&LinkDown{Target: topology.Target{"peer-lnk"}}, "peer-lnk"},
		"isolate":         {&Isolate{Target: topology.Target{"hv9"}}, "hv9"},
		"crash-loop":      {&CrashLoop{Target: topology.Target{"hv9"}}, "hv9"},
		"flap":            {&Flap{Target: topology.Target{"x"}}, "x"},
		"optic":           {&OpticDead{Target: topology.Target{"hv1:vmnic7"}}, "vmnic7"},
		"feed":            {&FeedLoss{Feed: "solar"}, `no power feed "solar", there is a, b`},
		"conduit":         {&Cut{Conduit: "west"}, `no conduit "west", there is north, south`},
		"partition a":     {&Partition{A: topology.Target{"x"}, B: topology.Target{"hv1"}}, "x"},
		"partition b":     {&Partition{A: topology.Target{"hv1"}, B: topology.Target{"x"}}, "x"},
		"both sides":      {&Partition{A: topology.Target{"hv"}, B: topology.Target{"hv2"}}, "hv2 is on both sides"},
		"negative count":  {&Flap{Target: topology.Target{"peer-link"}, Count: -1}, "count is -1"},
		"negative crash":  {&CrashLoop{Target: topology.Target{"core1"}, Attempts: -2}, "attempts is -2"},
		"negative window": {&Flap{Target: topology.Target{"peer-link"}, ErrDisableAfter: ptr(-1)}, "err_disable_after is -1"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.ErrorContains(t, c.fault.Resolve(simtest.WithArray()), c.want)
		})
	}
}

func ptr(n int) *int { return &n }

// play plays one fault from the start and returns what happened.
func play(t *testing.T, p *topology.Plant, f sim.Fault, change ...func(*sim.Entry)) (string, *simtest.World) {
	t.Helper()
	e := simtest.Entry(t, p, "it", 0, f)
	for _, c := range change {
		c(e)
	}
	log, world := simtest.Play(t, &sim.Scenario{Plant: p, Timeline: []*sim.Entry{e}}, sim.Options{})
	require.NotEmpty(t, log.Events())
	return simtest.Transcript(log), world
}

func lasting(d time.Duration) func(*sim.Entry) { return func(e *sim.Entry) { e.For = d } }
