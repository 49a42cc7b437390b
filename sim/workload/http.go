package workload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Workloads.Register("http", "ask a web server at a steady rate, over new connections or kept ones",
		func() sim.Workload { return new(HTTP) })
}

const (
	// HTTPTolerates is the limit for keeping somebody's attention on a page (Nielsen, Usability Engineering, 1993, 5.5).
	HTTPTolerates = 10 * time.Second
	// HTTPInterval: a request a second makes an outage known to a second. Chosen.
	HTTPInterval = time.Second
	// HTTPTimeout is when the client gives a request up. Chosen: with it a lost connection request is repeated twice
	// (after 1 s and 3 s).
	HTTPTimeout = 5 * time.Second
	// mostRequests is how many requests may be out at once; what comes on top fails.
	mostRequests = 256
)

// HTTP is a web server and somebody who asks it, whether or not earlier requests have been answered.
type HTTP struct {
	Ends
	Interval  time.Duration `yaml:"interval" doc:"from one request to the next; 1s by default"`
	Timeout   time.Duration `yaml:"timeout" doc:"when the client gives a request up; 5s by default"`
	KeepAlive bool          `yaml:"keep_alive" doc:"use connections again; by default each request makes a new one"`
	Size      int           `yaml:"size" doc:"octets in an answer; 1024 by default"`
}

// Tolerates is HTTPTolerates, or as told.
func (h *HTTP) Tolerates() time.Duration { return h.patience(HTTPTolerates) }

// Talks lists a client for each pair.
func (h *HTTP) Talks(p *topology.Plant) ([]sim.Talk, error) {
	flows, err := h.connections(p)
	if err != nil {
		return nil, err
	}
	const most = 1 << 20
	if h.Size < 0 || h.Size > most {
		return nil, fmt.Errorf("size is %d: it must be between 0 and %d", h.Size, most)
	}
	talks := make([]sim.Talk, len(flows))
	for i, f := range flows {
		talks[i] = &browser{
			flow: f, rhythm: every(h.Interval, HTTPInterval), timeout: orTime(h.Timeout, HTTPTimeout),
			keep: h.KeepAlive, size: orInt(h.Size, 1024),
		}
	}
	return talks, nil
}

type browser struct {
	flow sim.Flow
	rhythm
	timeout time.Duration
	keep    bool
	size    int
}

// Flow is the way of requests and answers.
func (b *browser) Flow() sim.Flow { return b.flow }

// Predict: the first request to get through after a darkness is the next of the beat, or an earlier one that is
// repeated before.
func (b *browser) Predict(v sim.Viewer) sim.Machine {
	return newStall(v, beforeFirst(v, b.interval), func(_, _ time.Duration) (time.Duration, bool) {
		return time.Duration(v.Phase() * float64(b.interval)), false
	})
}

// Measure serves at one place and asks from the other.
func (b *browser) Measure(ctx context.Context, from, to sim.Place, m sim.Meter) error {
	all, ctx := errgroup.WithContext(ctx)
	server := newDesk(to, orRouted(b.flow.Networks)[0])
	all.Go(func() error { return server.run(ctx, b.serve) })
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) { return server.dial(ctx, from) }
	transport := &http.Transport{DialContext: dial, DisableKeepAlives: !b.keep, MaxIdleConnsPerHost: mostRequests}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: b.timeout}
	out := &asker{meter: m}
	room := make(chan struct{}, mostRequests)
	all.Go(func() error {
		var requests sync.WaitGroup
		defer requests.Wait()
		from.Pace(ctx, b.interval, func(at time.Duration) {
			out.ask(at, func(n uint64) bool {
				select {
				case room <- struct{}{}:
				default:
					return false
				}
				requests.Go(func() {
					defer func() { <-room }()
					b.get(ctx, client, func(ok bool) { out.end(n, ok, from.Now()) })
				})
				return true
			})
		})
		return nil
	})
	return ended(ctx, all.Wait())
}

// serve answers requests until ctx ends.
func (b *browser) serve(ctx context.Context, l net.Listener) error {
	page := make([]byte, b.size)
	srv := &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(page) }),
		ReadHeaderTimeout: b.timeout, // a client that lost power in mid-sentence is not waited for
	}
	defer context.AfterFunc(ctx, func() { _ = srv.Close() })()
	return lostPower(ctx, srv.Serve(l))
}

// lostPower drops the error of a server whose listener was closed, by its context or a moment earlier by the power.
func lostPower(ctx context.Context, err error) error {
	if errors.Is(err, net.ErrClosed) || errors.Is(err, http.ErrServerClosed) {
		<-ctx.Done()
		return nil
	}
	return err
}

// get makes one request and tells how it ended.
func (b *browser) get(ctx context.Context, client *http.Client, end func(ok bool)) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://server/", nil)
	if err != nil {
		end(false)
		return
	}
	answer, err := client.Do(req)
	if err != nil {
		end(false)
		return
	}
	n, err := io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	end(err == nil && answer.StatusCode == http.StatusOK && n == int64(b.size))
}
