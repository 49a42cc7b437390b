package scenarios

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/model"
)

// A client of a virtual machine needs three things, and is served while it has all of them: a way, a guest that works,
// and a disk that answers the guest.
func TestClientsOfMachinesInTheModel(t *testing.T) {
	const head = `
topology: two-core-vms
until: 1h
workloads:
  ask:      {kind: database, from: isp, to: db}
  db:       {kind: vm, on: hv1, disk: ds1, network: lan, service: database, guest: {disk: scsi}}
  internet: {kind: reach, from: hv, to: isp}
`
	for name, rest := range map[string]string{
		"the way goes, and the machine is well": `
timeline: {a: {at: 0s, link-down: "edge1:wan", for: 5m}}
expect: {a: {ask: {outage: "between 5m, 5m6s", outages: 1}}, b: {db: {outages: 0}}}`,
		"the disk waits for less than the guest does": `
timeline: {a: {at: 0s, link-down: [stor-a, stor-b], for: 20s}}
expect: {a: {ask: {outage: "between 20s, 26s", outages: 1}}, b: {db: {outage: "between 18s, 26s"}}, c: {internet: {outages: 0}}, d: {data_intact: ask}}`,
		"the disk is back, and the guest has given it up": `
timeline: {a: {at: 0s, link-down: [stor-a, stor-b], for: 2m}}
expect: {a: {ask: {outage: ">= 59m"}}, b: {internet: {outages: 0}}}`,
		"the disk is gone for good": `
timeline: {a: {at: 0s, volume-gone: array1/vol1}}
expect: {a: {ask: {outage: ">= 59m"}}, b: {internet: {outages: 0}}}`,
		"the host crashes, and the machine boots": `
timeline: {a: {at: 0s, power-off: hv1, for: 1m}}
expect: {a: {ask: {outage: "between 6m, 6m6s", outages: 1}}, d: {data_intact: ask}}`,
		"one path of two is no matter": `
timeline: {a: {at: 0s, link-down: "hv1:vmnic2", for: 10m}}
expect: {a: {ask: {outage: "<= 12s"}}}`,
	} {
		for _, phase := range []float64{0, 0.5, 1} {
			t.Run(name, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "s.yaml")
				require.NoError(t, os.WriteFile(path, []byte(head+rest), 0o600))
				sc, err := Load(path, Options{})
				require.NoError(t, err)
				log, err := sim.Play(t.Context(), model.Engine{}, sc, sim.Options{Phase: phase})
				require.NoError(t, err)
				assertAsExpected(t, log)
			})
		}
	}
}
