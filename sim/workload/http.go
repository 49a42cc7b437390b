package workload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/guestdisk"
	"github.com/dcdrill/dcdrill/sim/service"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Workloads.Register("http", "ask a web server at a steady rate, over new connections or kept ones; one in a virtual machine reads its pages from disk",
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

// HTTP is a web server and somebody who asks it, whether or not earlier requests have been answered. Where it names virtual
// machines, the server runs in them, and each of its pages is read from the machine's disk.
type HTTP struct {
	Ends
	Interval  time.Duration `yaml:"interval,positive" doc:"from one request to the next; 1s by default"`
	Timeout   time.Duration `yaml:"timeout,positive" doc:"when the client gives a request up; 5s by default"`
	KeepAlive bool          `yaml:"keep_alive" doc:"use connections again; by default each request makes a new one"`
	Size      int           `yaml:"size,positive" doc:"octets in an answer; 1024 by default"`
}

// Tolerates is HTTPTolerates, or as told.
func (h *HTTP) Tolerates() time.Duration { return h.patience(HTTPTolerates) }

// Talks lists a client for each pair.
func (h *HTTP) Talks(p *topology.Plant) ([]sim.Talk, error) {
	flows, err := h.connections(p)
	if err == nil {
		err = h.checkSize()
	}
	if err != nil {
		return nil, err
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

// Host is the workload of virtual machines that it names, if it names one.
func (h *HTTP) Host() string {
	if len(h.To) == 1 {
		return h.To[0]
	}
	return ""
}

// Visit lists a client for each pair of one who asks and a machine that is asked.
func (h *HTTP) Visit(p *topology.Plant, _ string, host *sim.Use) ([]sim.Talk, error) {
	if h.Network != "" || len(h.Networks) > 0 {
		return nil, errors.New("network: machines are reached by their own: say it there")
	}
	visits, err := visitsOf(p, h.From, host, h.Count, service.WebService)
	if err == nil {
		err = h.checkSize()
	}
	if err != nil {
		return nil, err
	}
	talks := make([]sim.Talk, len(visits))
	for i, v := range visits {
		v.rhythm, v.timeout, v.keeps = every(h.Interval, HTTPInterval), orTime(h.Timeout, HTTPTimeout), 1
		talks[i] = &reader{visit: v, keep: h.KeepAlive, size: orInt(h.Size, 1024)}
	}
	return talks, nil
}

func (h *HTTP) checkSize() error {
	if h.Size < 0 || h.Size > service.MostPage {
		return fmt.Errorf("size is %d: it must be between 0 and %d", h.Size, service.MostPage)
	}
	return nil
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
	return newStall(v, beforeFirst(v, b.interval), nextOfBeat(v, b.interval))
}

// Measure serves at one place and asks from the other.
func (b *browser) Measure(ctx context.Context, from, to sim.Place, m sim.Meter) error {
	all, ctx := errgroup.WithContext(ctx)
	server := newDesk(to, orRouted(b.flow.Networks)[0])
	all.Go(func() error { return server.run(ctx, b.serve) })
	client := httpClient(from, server.dial, b.keep)
	defer client.CloseIdleConnections()
	client.Timeout = b.timeout
	all.Go(func() error {
		askInTime(ctx, from, b.interval, m, func(ctx context.Context) bool { return b.get(ctx, client) })
		return nil
	})
	return ended(ctx, all.Wait())
}

// httpClient is a client at a place whose every request goes to one server.
func httpClient(from sim.Place, dial func(context.Context, sim.Place) (net.Conn, error), keep bool) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, from) },
		DisableKeepAlives: !keep, MaxIdleConnsPerHost: mostRequests,
	}}
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

// get makes one request, and says whether the answer is what it should be.
func (b *browser) get(ctx context.Context, client *http.Client) bool {
	n, err := fetch(ctx, client, http.MethodGet, "/", nil, io.Discard)
	return err == nil && n == int64(b.size)
}

// fetch makes a request, and has the body of the answer written to out.
func fetch(ctx context.Context, client *http.Client, method, path string, body io.Reader, out io.Writer) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://server"+path, body)
	if err != nil {
		return 0, err
	}
	answer, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= http.StatusMultipleChoices {
		return 0, fmt.Errorf("%s %s: %s", method, path, answer.Status)
	}
	return io.Copy(out, answer.Body)
}

// reader is somebody who reads a page of a virtual machine.
type reader struct {
	*visit
	keep bool
	size int
}

// Measure asks for the page until ctx ends.
func (r *reader) Measure(ctx context.Context, from, _ sim.Place, m sim.Meter) error {
	client := httpClient(from, r.dial, r.keep)
	defer client.CloseIdleConnections()
	page := service.Page(r.size)
	sum := guestdisk.SumOf(page)
	name := strconv.Itoa(r.size)
	r.ledger.Sent(name, sum)
	return r.ask(ctx, from, m, func(ctx context.Context) bool {
		var got bytes.Buffer
		_, err := fetch(ctx, client, http.MethodGet, "/"+name, nil, &got)
		if err != nil || !bytes.Equal(got.Bytes(), page) {
			return false
		}
		r.ledger.Acknowledged(name, sum, from.Now())
		return true
	})
}
