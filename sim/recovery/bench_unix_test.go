//go:build unix

package recovery_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim/model"
)

// BenchmarkIncident reads the files of the incident of 2023 and plays it in the model: fifteen hours, 300 machines, seven
// people. "cpu-ms" is what one of them takes of a processor, which other programs on the machine do not change much; it
// must stay under 50.
func BenchmarkIncident(b *testing.B) {
	plays, began := 0, spent(b)
	for b.Loop() {
		sc, err := scenarios.Load("sconet-2023", scenarios.Options{})
		require.NoError(b, err)
		_, err = model.Replay(sc, 0.5)
		require.NoError(b, err)
		plays++
	}
	b.ReportMetric(float64((spent(b)-began).Milliseconds())/float64(plays), "cpu-ms")
}

// spent is the processor time that this program has taken so far.
func spent(t testing.TB) time.Duration {
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
