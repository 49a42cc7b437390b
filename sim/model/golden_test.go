package model_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/fault"
	"github.com/dcdrill/dcdrill/topology"
)

var rewrite = flag.Bool("rewrite", false, "write the golden transcripts anew")

// drill is a fault on a built-in plant, and who talks.
type drill struct {
	plant  string
	faults map[string]sim.Fault
	flows  [][]string // from, to, networks
	phase  float64
}

var drills = map[string]drill{
	"core-pair-reboot": {
		plant:  "two-core",
		faults: map[string]sim.Fault{"boom": &fault.Reboot{Target: topology.Target{"core"}}},
		flows:  [][]string{{"hv1", "hv2"}, {"hv1", "isp"}, {"isp", "hv4"}, {"hv2", "array1", "storage-a", "storage-b"}, {"isp", "pbx1"}},
		phase:  0.5,
	},
	"core-one-reboot": {
		plant:  "two-core",
		faults: map[string]sim.Fault{"boom": &fault.Reboot{Target: topology.Target{"core1"}}},
		flows:  [][]string{{"hv1", "hv2"}, {"hv1", "isp"}, {"hv2", "array1", "storage-a", "storage-b"}, {"hv3", "array1", "storage-a"}},
		phase:  1,
	},
	"core-isolated": {
		plant:  "two-core",
		faults: map[string]sim.Fault{"deaf": &fault.Isolate{Target: topology.Target{"core1"}}},
		flows:  [][]string{{"hv1", "hv2"}, {"hv1", "isp"}},
	},
	"spine-lost": {
		plant:  "leaf-spine:spines=2,leaves=3,hosts=1",
		faults: map[string]sim.Fault{"gone": &fault.PowerOff{Target: topology.Target{"spine1"}}},
		flows:  [][]string{{"rack1-h1", "rack3-h1"}, {"rack2-h1", "isp"}},
		phase:  1,
	},
	"spine-isolated": {
		plant:  "leaf-spine:spines=2,leaves=3,hosts=1",
		faults: map[string]sim.Fault{"deaf": &fault.Isolate{Target: topology.Target{"spine1"}}},
		flows:  [][]string{{"rack1-h1", "rack3-h1"}, {"rack2-h1", "isp"}},
		phase:  1,
	},
}

// scenario makes a scenario of a drill: each fault lasts ten minutes.
func (d drill) scenario(t testing.TB, p *topology.Plant) *sim.Scenario {
	t.Helper()
	sc := &sim.Scenario{Name: d.plant, Plant: p}
	for id, f := range d.faults {
		require.NoError(t, f.Resolve(p))
		sc.Timeline = append(sc.Timeline, &sim.Entry{ID: id, Kind: id, Text: id, At: time.Minute, For: 10 * time.Minute, Fault: f})
	}
	for _, f := range d.flows {
		sc.Uses = append(sc.Uses, use(p, f[0], f[1], f[2:]...))
	}
	return sc
}

func load(t testing.TB, name string) *topology.Plant {
	t.Helper()
	p, err := topology.Load(name)
	require.NoError(t, err)
	return p
}

// transcript writes a log for people: when, what happened to whom, and the event it came from.
func transcript(t testing.TB, log *sim.Log) string {
	t.Helper()
	var b strings.Builder
	for _, e := range log.Events()[1:] {
		data, err := json.Marshal(e.Data)
		require.NoError(t, err)
		fmt.Fprintf(&b, "%3d %10s  %s %s %s", e.Seq, e.At, e.Data.Kind(), e.Subject, data)
		if e.Cause != 0 {
			fmt.Fprintf(&b, " <- %d", e.Cause)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestTranscripts holds what the model says of whole drills against what was read and found right. After a change that
// is meant, write them anew with -rewrite and read the difference.
func TestTranscripts(t *testing.T) {
	for name, d := range drills {
		t.Run(name, func(t *testing.T) {
			log, _ := play(t, d.scenario(t, load(t, d.plant)), d.phase)
			got, file := transcript(t, log), filepath.Join("testdata", name+".txt")
			if *rewrite {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}

// TestSameSeedSameLog plays one drill a thousand times.
func TestSameSeedSameLog(t *testing.T) {
	var first string
	d := drills["core-pair-reboot"]
	p := load(t, d.plant)
	for i := range 1000 {
		_, text := play(t, d.scenario(t, p), d.phase)
		if i == 0 {
			first = text
		}
		require.Equal(t, first, text, "run %d", i)
	}
}
