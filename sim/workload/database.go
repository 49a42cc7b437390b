package workload

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/service"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Workloads.Register("database", "commit numbered transactions to databases in virtual machines: SQLite on their disks",
		func() sim.Workload { return new(Database) })
}

const (
	// DatabaseTolerates is how long an application waits for its database before it gives its users an error (pools of
	// connections: HikariCP, connectionTimeout 30 s).
	DatabaseTolerates = 30 * time.Second
	// DatabaseInterval is a transaction a second. Chosen.
	DatabaseInterval = time.Second
	// commitsRemembered is how many transactions a client looks for after a crash: fewer than the database keeps.
	commitsRemembered = service.DatabaseKeeps / 4
)

// Database is applications whose database runs in virtual machines. Each commits one numbered transaction after the
// other, and remembers which were acknowledged.
type Database struct{ Customers }

// Tolerates is DatabaseTolerates, or as told.
func (d *Database) Tolerates() time.Duration { return orTime(d.For, DatabaseTolerates) }

// Visit lists who commits to which machine.
func (d *Database) Visit(p *topology.Plant, own string, host *sim.Use) ([]sim.Talk, error) {
	return d.visits(p, own, host, clientele{service.DatabaseService, DatabaseInterval, commitsRemembered, func(v *visit) sim.Talk {
		return &committer{visit: v}
	}})
}

// committer is an application.
type committer struct {
	*visit
	last atomic.Int64
}

// Measure commits until ctx ends.
func (c *committer) Measure(ctx context.Context, from, _ sim.Place, m sim.Meter) error {
	client := httpClient(from, c.dial, true)
	defer client.CloseIdleConnections()
	return c.ask(ctx, from, m, func(ctx context.Context) bool {
		n := c.last.Add(1)
		name := service.CommitName(c.name, n)
		sum := service.CommitSum(name)
		c.ledger.Sent(name, sum)
		if _, err := fetch(ctx, client, http.MethodPut, "/commits/"+name, nil, io.Discard); err != nil {
			return false
		}
		c.ledger.Acknowledged(name, sum, from.Now())
		return true
	})
}
