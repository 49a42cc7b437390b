package kernel

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology"
)

var (
	figures = flag.Bool("figures", false, "measure the figures of the README (minutes)")
	only    = flag.String("only", "", "with -figures: which of memory, building, mininet, skew, outages, probes, machines, stalls, services")
)

// figure is a line of the table.
type figure struct {
	what, measured, against, ratio, target string
}

// TestFigures measures everything that is promised and prints it. It judges nothing: a figure depends on the machine and
// on what else runs there.
func TestFigures(t *testing.T) {
	if !*figures {
		t.Skip("run it by make bench")
	}
	warmUp(t)
	var table []figure
	for _, m := range []struct {
		name    string
		measure func(*testing.T) []figure
	}{
		{"memory", figuresOfMemory}, {"building", figuresOfBuilding}, {"mininet", figuresOfMininet},
		{"skew", figuresOfSkew}, {"outages", figuresOfOutages}, {"probes", figuresOfProbes},
		{"machines", figuresOfMachines}, {"stalls", figuresOfStalls}, {"services", figuresOfServices},
	} {
		if strings.Contains(m.name, *only) {
			table = append(table, m.measure(t)...)
		}
	}
	printTable(table)
}

func printTable(table []figure) {
	rows := append([]figure{{"figure", "measured", "against", "ratio", "target"}}, table...)
	fmt.Println()
	for _, f := range rows {
		fmt.Printf("%-50s %-14s %-24s %-8s %s\n", f.what, f.measured, f.against, f.ratio, f.target)
	}
	fmt.Println()
}

// warmUp lets the kernel's caches grow: the first build after a boot takes twice as long.
func warmUp(t *testing.T) {
	f, err := build(starOf(64), false, false)
	require.NoError(t, err)
	f.close()
	awaitTeardown(t)
}

// awaitTeardown waits until the kernel has taken down what was closed, so that it does not take from the next figure: a
// namespace made now is quick again.
func awaitTeardown(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		start := time.Now()
		n, err := newNetnses(make([]netnsSpec, 8))
		took := time.Since(start)
		for _, x := range n {
			x.close()
		}
		return err == nil && took < 12*time.Millisecond
	}, time.Minute, 500*time.Millisecond)
}

// shape is a plant to build, and how often.
type shape struct {
	name   string
	plant  *topology.Plant
	rounds int
	mn     string // the arguments of the same shape in Mininet; empty: none
}

func shapesToBuild(t *testing.T) []shape {
	fabric, err := topology.Load("leaf-spine:spines=8,leaves=32,hosts=30")
	require.NoError(t, err)
	return []shape{
		{"star, 64 hosts", starOf(64), 7, "star 64"},
		{"star, 256 hosts", starOf(256), 5, "star 256"},
		{"two cores, 8 switches by two uplinks, 64 hosts", dualHomed(8, 8), 7, "dc 8 8"},
		{fmt.Sprintf("leaf-spine, %d nodes", len(fabric.Nodes)), fabric, 3, ""},
	}
}

// figuresOfBuilding builds each shape in turn with ours and with the floor, and compares medians.
func figuresOfBuilding(t *testing.T) []figure {
	var table []figure
	for _, s := range shapesToBuild(t) {
		var ours, bare []time.Duration
		for range s.rounds {
			ours = append(ours, timed(t, func() (func(), error) {
				f, err := build(s.plant, false, false)
				return f.close, err
			}))
			bare = append(bare, timed(t, floorOf(s.plant).make))
		}
		m, f := median(ours), median(bare)
		row := figure{"build: " + s.name, ms(m), "bare netlink " + ms(f), fmt.Sprintf("%.2fx", float64(m)/float64(f)), "at most 1.3x"}
		if s.mn == "" {
			row.target += ", under 5 s"
		}
		table = append(table, row)
	}
	return table
}

// timed runs a build and gives everything back.
func timed(t *testing.T, build func() (func(), error)) time.Duration {
	runtime.GC()
	start := time.Now()
	undo, err := build()
	took := time.Since(start)
	require.NoError(t, err)
	undo()
	awaitTeardown(t)
	return took
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/1e6) }

// figuresOfMemory counts what the whole machine has less of while a large fabric stands.
func figuresOfMemory(t *testing.T) []figure {
	plant, err := topology.Load("leaf-spine:spines=8,leaves=32,hosts=30")
	require.NoError(t, err)
	before := memAvailable(t)
	f, err := build(plant, false, false)
	require.NoError(t, err)
	used := float64(before-memAvailable(t)) / float64(len(plant.Nodes)) / (1 << 20)
	f.close()
	awaitTeardown(t)
	return []figure{{fmt.Sprintf("memory a node, %d nodes and their links", len(plant.Nodes)), fmt.Sprintf("%.2f MiB", used), "", "", "under 0.5 MiB"}}
}

// memAvailable is the machine's free memory and what could be freed, in bytes (proc_meminfo(5)).
func memAvailable(t *testing.T) int64 { return amount(t, "/proc/meminfo", "MemAvailable") }

// amount is a line of a file of the kernel's, in bytes.
func amount(t *testing.T, file, name string) int64 {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, line := range strings.Split(string(text), "\n") {
		var kib int64
		if n, _ := fmt.Sscanf(line, name+": %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	require.Fail(t, "no "+name+" in "+file)
	return 0
}
