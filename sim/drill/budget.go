package drill

import (
	"context"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// commandsPerSecond and burst keep a page that has gone wild from flooding the log. Chosen: nobody clicks faster.
const commandsPerSecond, burst = 10, 30

// budget is how much a seat may still command.
type budget struct {
	limit *rate.Limiter

	mu      sync.Mutex
	now     func() time.Time
	refused int
	said    bool // that it is over the limit
}

func newBudget() *budget {
	return &budget{limit: rate.NewLimiter(commandsPerSecond, burst), now: time.Now}
}

// spend says whether one more is allowed, and how many refused ones are to be written down: the first of a flood at once,
// and all others together once it is over.
func (b *budget) spend() (allowed bool, refused int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.limit.AllowN(b.now(), 1) {
		if !b.said {
			b.said = true
			return false, 1
		}
		b.refused++
		return false, 0
	}
	refused, b.refused, b.said = b.refused, 0, false
	return true, refused
}

// remember writes down that somebody was not heard.
func (d *Desk) remember(ctx context.Context, who string, refused int) {
	count := map[string]string{"commands": strconv.Itoa(refused)}
	_ = d.door.Do(ctx, Command{By: who, Verb: limited, Args: count}) // a room that is closing keeps no log
}
