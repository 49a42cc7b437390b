package sim

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls do for every number below n, on all cores, and done after each with how many are over, one call at a time. It
// ends with the first error, or with ctx's. It is for what has nothing to do with one another, such as whole runs.
func Each(ctx context.Context, n int, do func(int) error, done func(over int)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var workers sync.WaitGroup
	var mu sync.Mutex
	over := 0
	for range min(n, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				over++
				done(over)
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}
