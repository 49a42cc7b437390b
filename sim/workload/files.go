package workload

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/guestdisk"
	"github.com/dcdrill/dcdrill/sim/service"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Workloads.Register("files", "upload files to virtual machines, download them again and compare them",
		func() sim.Workload { return new(Files) })
}

const (
	// FilesTolerates is how long people wait for a file before they call somebody. Chosen.
	FilesTolerates = 30 * time.Second
	// FilesInterval is a file every two seconds. Chosen.
	FilesInterval = 2 * time.Second
	// filesOwn is how many files a client has; it writes them over in turn. Chosen.
	filesOwn = 8
)

// Files is people who keep files in virtual machines: each file is uploaded, downloaded again and compared.
type Files struct {
	Customers
	Size int `yaml:"size,positive" doc:"octets in a file; 65536 by default"`
}

// Tolerates is FilesTolerates, or as told.
func (f *Files) Tolerates() time.Duration { return orTime(f.For, FilesTolerates) }

// Visit lists who keeps files in which machine.
func (f *Files) Visit(p *topology.Plant, own string, host *sim.Use) ([]sim.Talk, error) {
	if f.Size < 0 || f.Size > service.MostFile {
		return nil, fmt.Errorf("size is %d: it must be between 0 and %d", f.Size, service.MostFile)
	}
	return f.visits(p, own, host, clientele{service.FilesService, FilesInterval, filesOwn, func(v *visit) sim.Talk {
		return &keeper{visit: v, size: orInt(f.Size, 64<<10)}
	}})
}

// keeper is somebody who keeps files. No file is written by two uploads at once; one whose upload was given up is left
// alone from then on, as nobody knows whether it is still to come, and another takes its place.
type keeper struct {
	*visit
	size int
	last atomic.Uint64

	mu    sync.Mutex
	files [filesOwn]struct {
		inMaking bool
		given    int // up, so far
	}
}

// Measure keeps files until ctx ends.
func (k *keeper) Measure(ctx context.Context, from, _ sim.Place, m sim.Meter) error {
	client := httpClient(from, k.dial, true)
	defer client.CloseIdleConnections()
	return k.ask(ctx, from, m, func(ctx context.Context) bool { return k.exchange(ctx, client, from) })
}

// exchange uploads a file and looks whether it is the same when it comes back.
func (k *keeper) exchange(ctx context.Context, client *http.Client, from sim.Place) bool {
	n := k.last.Add(1)
	file, name := k.take(n)
	if name == "" {
		return false // all are in the making: nobody has answered for long
	}
	data := k.content(n)
	sum := guestdisk.SumOf(data)
	k.ledger.Sent(name, sum)
	_, err := fetch(ctx, client, http.MethodPut, "/"+name, bytes.NewReader(data), new(bytes.Buffer))
	defer func(answered bool) { k.release(file, answered) }(err == nil)
	if err != nil {
		return false
	}
	k.ledger.Acknowledged(name, sum, from.Now())
	var back bytes.Buffer
	_, err = fetch(ctx, client, http.MethodGet, "/"+name, nil, &back)
	return err == nil && guestdisk.SumOf(back.Bytes()) == sum
}

// take gives the next file that is not in the making; no name when all are.
func (k *keeper) take(n uint64) (file int, name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range uint64(filesOwn) {
		file := int((n + i) % filesOwn)
		if f := &k.files[file]; !f.inMaking {
			f.inMaking = true
			return file, fmt.Sprintf("%s-%d-%d", k.name, file, f.given)
		}
	}
	return 0, ""
}

// release says how an upload ended.
func (k *keeper) release(file int, answered bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.files[file].inMaking = false
	if !answered {
		k.files[file].given++
	}
}

// content is what the nth file holds.
func (k *keeper) content(n uint64) []byte {
	data := make([]byte, k.size)
	_, _ = rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24), byte(k.number), byte(k.number >> 8)}).Read(data)
	return data
}
