//go:build unix

package live

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
)

// BenchmarkFiftyBrowsers measures one update of a run of 300 virtual machines, ten of which change, for fifty browsers
// that read it. With one update a second, "cores" is what looking on takes; it must stay under a fifth. The browsers' own
// reading is in it.
func BenchmarkFiftyBrowsers(b *testing.B) {
	p := New()
	r := begin(p, 300)
	s := serve(b, p)
	redrawn(b, p)
	var all []*watcher
	for range 50 {
		w := watch(b, b.Context(), s.URL+"/events?after=0", nil)
		w.next()
		all = append(all, w)
	}
	size, i, began := 0, 0, spent(b)
	for b.Loop() {
		r.now += time.Second
		for m := range 10 {
			r.log.Add(0, fmt.Sprintf("vms/%d", (i*10+m)%300+1), sim.DownData{Since: sim.Seconds(r.now)})
		}
		i++
		redrawn(b, p)
		for _, w := range all {
			for _, text := range w.next().Parts {
				size += len(text)
			}
		}
	}
	b.ReportMetric((spent(b)-began).Seconds()/float64(i), "cores")
	b.ReportMetric(float64(size)/float64(len(all)*i), "B/update")
}

// spent is the processor time that this program has taken so far.
func spent(t testing.TB) time.Duration {
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
