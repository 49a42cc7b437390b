//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkSeeds plays the incident of 2023 with 10,000 seeds on all cores: fifteen hours, 300 machines and seven people
// each.
func BenchmarkSeeds(b *testing.B) {
	for b.Loop() {
		costs(b, "run", "sconet-2023", "--seeds", "10000")
	}
}

// BenchmarkHundredThousand reads, checks and sweeps a routed leaf-spine of 99,968 nodes (2,040 racks of 48 hosts, 8
// spines), each host of which talks to the next, for all single failures.
func BenchmarkHundredThousand(b *testing.B) {
	file := filepath.Join(b.TempDir(), "huge.yaml")
	require.NoError(b, os.WriteFile(file, []byte(hugePlant(2040, 48, 8)), 0o644))
	for _, command := range []string{"check", "sweep"} {
		b.Run(command, func(b *testing.B) {
			for b.Loop() {
				args := []string{command, file}
				if command == "sweep" {
					args = append(args, "--k", "1")
				}
				costs(b, args...)
			}
		})
	}
}

// costs runs the program in a process of its own, and reports what it takes of processor and memory.
func costs(b *testing.B, args ...string) {
	b.Helper()
	cmd := exec.Command("../../bin/dcdrill", args...)
	cmd.Stderr = os.Stderr
	err := cmd.Run()
	if cmd.ProcessState.ExitCode() > exitNotAsAsked {
		require.NoError(b, err)
	}
	used := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	b.ReportMetric((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Round(10*time.Millisecond).Seconds(), "cpu-s")
	b.ReportMetric(float64(used.Maxrss)/1024, "MiB") // Linux counts KiB
}

// hugePlant is the text of a routed leaf-spine with a network for each rack.
func hugePlant(racks, hosts, spines int) string {
	var nets, nodes strings.Builder
	var ups []string
	for s := 1; s <= spines; s++ {
		ups = append(ups, fmt.Sprintf("up%d: spine%d", s, s))
	}
	for l := 1; l <= racks; l++ {
		fmt.Fprintf(&nets, "  rack%d: {subnet: 10.%d.%d.0/24, gateway: leaf%d}\n", l, (l-1)/256+1, (l-1)%256, l)
		fmt.Fprintf(&nodes, "    rack%d-h: {kind: host, count: %d, ports: {eth0: {to: leaf%d, networks: [rack%d]}}}\n", l, hosts, l, l)
	}
	return fmt.Sprintf("name: huge\nfabric: routed\nnetworks:\n%stopology:\n  nodes:\n    spine: {kind: switch, count: %d}\n    leaf: {kind: switch, count: %d, ports: {%s}}\n%s",
		nets.String(), spines, racks, strings.Join(ups, ", "), nodes.String())
}
