package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim/kernel/capsule"
)

// needCapsule leaves a test out, and says so, where no capsule has been built: it takes minutes and a compiler.
func needCapsule(t *testing.T) {
	t.Helper()
	if !capsuleHere() {
		t.Skip("NOT TESTED: there is no capsule here; make capsule builds it, once")
	}
}

func capsuleHere() bool {
	_, err := capsule.Find()
	return err == nil
}

// inCapsule are built-in scenarios that between them rest for hours, wait for TCP, turn native bonds, grow spanning trees and lose partners.
var inCapsule = []string{"core-pair-reboot", "conduit-cut", "flapping-uplink", "spine-lost", "stp-ring-cut", "tcp-gives-up", "lacp-slow-timeout"}

// TestCapsuleVerifies plays a part of the library in virtual time: as expected, and as predicted.
func TestCapsuleVerifies(t *testing.T) {
	needCapsule(t)
	for _, name := range inCapsule {
		if testing.Short() && name != inCapsule[1] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			asAsked(t, "run", name, "--world", "capsule")
			asAsked(t, "verify", name, "--world", "capsule")
		})
	}
}

// A port is blocked a moment after hosts have found each other over it. They trust in that for up to 53 s, so that the tree's
// half minute would be more if bridges did not forget in time.
func TestBridgesForgetWhenTheirTreeChanges(t *testing.T) {
	needCapsule(t)
	asAsked(t, "run", "stp-ring-cut", "--variant", "soon-mended", "--world", "capsule")
	asAsked(t, "verify", "stp-ring-cut", "--variant", "soon-mended", "--world", "capsule")
}

// playedInCapsule plays a scenario as expected and returns the lines of its log.
func playedInCapsule(t *testing.T, name string) []string {
	t.Helper()
	out := t.TempDir()
	asAsked(t, "run", name, "--world", "capsule", "--out", out)
	log, err := os.ReadFile(filepath.Join(out, "log.jsonl"))
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(log)), "\n")
}

// differenceOf is the first pair of events that two logs do not share, to the millisecond; empty when there is none.
func differenceOf(a, b []string) string {
	for i := range min(len(a), len(b)) {
		var x, y any
		if json.Unmarshal([]byte(a[i]), &x) != nil || json.Unmarshal([]byte(b[i]), &y) != nil || !alike(x, y) {
			return a[i] + "\n" + b[i]
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("%d events and %d", len(a), len(b))
	}
	return ""
}

// alike says whether two values of JSON are the same, with numbers (seconds) to the millisecond.
func alike(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && math.Abs(a-b) < 1e-3
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !alike(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k := range a {
			if !alike(a[k], b[k]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

func TestLogsAreComparedToTheMillisecond(t *testing.T) {
	one := `{"t":1.5,"data":{"up":[true,2]}}`
	for other, same := range map[string]bool{
		one: true, `{"t":1.5009,"data":{"up":[true,2]}}`: true, `{"t":1.502,"data":{"up":[true,2]}}`: false,
		`{"t":1.5,"data":{"up":[false,2]}}`: false, `{"t":1.5,"data":{"up":[true]}}`: false, `{"t":1.5}`: false,
	} {
		assert.Equal(t, same, differenceOf([]string{one}, []string{other}) == "", other)
	}
	assert.NotEmpty(t, differenceOf([]string{one}, nil))
}

// TestSoakCapsule plays every built-in scenario in the capsule again and again: as expected, and in the same way each time.
func TestSoakCapsule(t *testing.T) {
	if *soak == 0 {
		t.Skip("make soak plays it")
	}
	needCapsule(t)
	for _, name := range scenarios.Names() {
		var first []string
		for i := range *soak {
			t.Run(fmt.Sprintf("%s/%d", name, i+1), func(t *testing.T) {
				needDaemonsOf(t, name)
				log := playedInCapsule(t, name)
				if first == nil {
					first = log
				}
				require.Empty(t, differenceOf(first, log))
			})
		}
		t.Run(name+"/verify", func(t *testing.T) {
			needDaemonsOf(t, name)
			asAsked(t, "verify", name, "--world", "capsule")
		})
	}
}

// faraway is a long link that a fault makes worse, in all the words there are but corrupt, for which there is no law.
const faraway = `
topology:
  name: faraway
  networks: {lan: {subnet: 10.0.0.0/24}}
  topology:
    nodes:
      s1: {kind: switch, ports: {e1: {to: "a:eth0"}}}
      s2: {kind: switch, ports: {e1: {to: "b:eth0"}}}
      a: {kind: host}
      b: {kind: host}
    links: {long: {endpoints: ["s1:e2", "s2:e2"], delay: 30ms, jitter: 5ms, rate: 100M}}
  workloads:
    there: {kind: udp, from: a, to: b}
    back:  {kind: reach, from: a, to: b, interval: 50ms}
timeline:
  worse: {at: 0s, for: 10s, impair: {target: long, delay: 10ms, loss: 10%, duplicate: 5%, reorder: 5%}}
`

// TestCapsuleImpairsLinks: loss and latency over the kernel's network emulator are what the model says of them.
func TestCapsuleImpairsLinks(t *testing.T) {
	needCapsule(t)
	file := filepath.Join(t.TempDir(), "faraway.yaml")
	require.NoError(t, os.WriteFile(file, []byte(faraway), 0o600))
	asAsked(t, "verify", file, "--world", "capsule")
}

// TestCapsuleCarriesLoads: what does not fit into a link is lost in the kernel's queue as it is by the model's law, and
// those who lose it do not survive.
func TestCapsuleCarriesLoads(t *testing.T) {
	needCapsule(t)
	asAsked(t, "verify", "half-capacity-full-load", "--world", "capsule")
}

// survivor lacks a VLAN on one trunk, and gets it back; on another the host bears a tag where the switch expects none.
const survivor = `
topology:
  base: tagged-core
  topology:
    defaults: {boot: instant}
    nodes: {hv: {bonds: {team0: {updelay: 0s}}, ports: {vmnic1: {native: {hv: mgmt, core2: none}}}}}
  workloads: {linux: null, internet: null}
timeline:
  missing: {at: 0s, for: 15s, vlan-missing: {target: "hv[1-4]:vmnic1", network: storage-b}}
  dead:    {at: 5s, for: 20s, power-off: core1}
`

// TestCapsuleTags: where the kernel has VLANs, what is missing on its lists is what the model says.
func TestCapsuleTags(t *testing.T) {
	needCapsule(t)
	folder := t.TempDir()
	file := filepath.Join(folder, "survivor.yaml")
	require.NoError(t, os.WriteFile(file, []byte(survivor), 0o600))
	asAsked(t, "verify", file, "--world", "capsule", "--out", folder)
	found, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	text, err := os.ReadFile(found[0])
	require.NoError(t, err)
	require.Regexp(t, `"VLANs"[^}]*"native"`, string(text), "with the kernel's own tags")
}
