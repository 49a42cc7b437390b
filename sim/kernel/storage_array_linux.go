package kernel

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/blockdev"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/topology"
)

const (
	// blockPort is where controllers listen (IANA: nbd, 10809).
	blockPort = 10809
	// farther is what a request takes longer by way of a controller that does not own the volume, which passes it on to
	// the one that does (ALUA). Chosen: as long again as a request over a good network and a controller's cache.
	farther = 500 * time.Microsecond
)

// array is a node that serves volumes.
type array struct {
	node        *topology.Node
	place       *place
	volumes     map[*topology.Volume]*volume
	controllers []*controller
	throttle    blockdev.Throttle
	powered     bool
}

// volume is a volume and the controllers that share it. Requests come on many goroutines.
type volume struct {
	*blockdev.Volume
	access topology.Access
	gone   bool

	mu     sync.Mutex
	owners *proto.Array
}

// controller is a server at the addresses of its own ports.
type controller struct {
	array  *array
	conf   *topology.Controller // nil where the array names none
	index  int
	server *blockdev.Server
	works  bool
	stop   context.CancelFunc // ends its sessions; nil while it serves nobody
	ended  sync.WaitGroup
}

// newArray makes an array that has no power yet.
func newArray(n *topology.Node, at *place) (*array, error) {
	a := &array{node: n, place: at, volumes: map[*topology.Volume]*volume{}}
	a.setLatency(0)
	var disks []*blockdev.Volume
	byDisk := map[*blockdev.Volume]*volume{}
	for _, v := range n.Array.Volumes {
		disk, err := blockdev.NewVolume(blockdev.VolumeSpec{Name: v.ID, Size: v.Size, Cache: cacheOf(v)})
		if err != nil {
			return nil, fmt.Errorf("make array %s: %w", n.ID, err)
		}
		a.volumes[v] = &volume{Volume: disk, access: n.Array.Access, owners: proto.NewArray(proto.ArrayConfOf(v))}
		byDisk[disk] = a.volumes[v]
		disks = append(disks, disk)
	}
	for i := range max(1, len(n.Array.Controllers)) {
		c := &controller{array: a, index: i, works: true}
		if i < len(n.Array.Controllers) {
			c.conf = n.Array.Controllers[i]
		}
		c.server = &blockdev.Server{Clock: at, Volumes: disks, Throttle: &a.throttle}
		c.server.Detour = func(v *blockdev.Volume) time.Duration { return byDisk[v].detour(at.Now(), i) }
		a.controllers = append(a.controllers, c)
	}
	return a, nil
}

// cacheOf is what a volume does with a write: only a volatile cache can lose it, or one that lies about flushes.
func cacheOf(v *topology.Volume) blockdev.Cache {
	switch v.Cache {
	case "volatile":
		return blockdev.Volatile
	case "lying":
		return blockdev.Lying
	case "mirrored", "battery":
		return blockdev.Mirrored
	}
	return blockdev.Through
}

// detour is how long a request waits that has come to a controller.
func (v *volume) detour(now time.Duration, controller int) time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	wait := v.owners.Ask(now, controller)
	if wait != proto.Never && v.access == topology.ALUA && controller != v.owners.Owner() {
		wait += farther
	}
	return wait
}

// enter tells how far the array has come. With the power goes what a volatile cache had not brought to the disks.
func (a *array) enter(stage topology.Stage) error {
	switch stage {
	case topology.Off:
		a.stop()
		for _, v := range a.volumes {
			v.LosePower()
		}
		a.powered = false
	case topology.Forwarding:
		a.powered = true
		for _, c := range a.controllers {
			if err := c.start(); err != nil {
				return err
			}
		}
	}
	return nil
}

// stop ends all sessions.
func (a *array) stop() {
	for _, c := range a.controllers {
		c.end()
	}
}

// setController has a controller live or die, and its volumes find another.
func (a *array) setController(l sim.Controller) error {
	c := a.controllerOf(l.Controller)
	if c.works == l.On {
		return nil
	}
	c.works = l.On
	if !l.On {
		c.end()
	}
	for _, v := range a.volumes {
		v.mu.Lock()
		v.owners.Controller(a.place.Now(), c.index, l.On)
		v.mu.Unlock()
	}
	return c.start()
}

func (a *array) controllerOf(c *topology.Controller) *controller {
	return a.controllers[slices.Index(a.node.Array.Controllers, c)]
}

func (a *array) setLatency(d time.Duration) {
	a.throttle.SetSpeed(blockdev.Speed{DiskSpeed: a.node.Array.Disks, Latency: d})
}

// unsettled names a volume that a controller is taking over.
func (a *array) unsettled() string {
	for _, v := range a.node.Array.Volumes {
		if a.volumes[v].moving(a.place.Now()) {
			return a.node.ID + "/" + v.ID + " is being taken over"
		}
	}
	return ""
}

func (v *volume) moving(now time.Duration) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.owners.Moving(now)
}

// start has a controller serve, if it works and has power and does not serve yet.
func (c *controller) start() error {
	if !c.works || !c.array.powered || c.stop != nil {
		return nil
	}
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	for _, i := range c.interfaces() {
		network, address := dialling(i)
		l, err := c.array.place.Listen(ctx, network, address)
		if err != nil {
			return fmt.Errorf("start controller of %s: %w", c.array.node.ID, err)
		}
		c.ended.Go(func() { _ = c.server.Serve(ctx, l) }) // a listener fails with its controller or its array, and not alone
	}
	return nil
}

// end ends its sessions, without a word to those at the other end.
func (c *controller) end() {
	if c.stop == nil {
		return
	}
	c.stop()
	c.stop = nil
	c.ended.Wait()
}

// interfaces are those over its ports; all of them where the array names no controllers.
func (c *controller) interfaces() []*topology.Interface {
	var own []*topology.Interface
	for _, i := range c.array.node.Interfaces {
		if c.conf == nil || slices.Contains(c.conf.Ports, i.Port) || i.Bond != nil && slices.Contains(c.conf.Ports, i.Bond.Members[0]) {
			own = append(own, i)
		}
	}
	return own
}

// dialling is how a controller is reached at an interface: Go's name of the network, and the address.
func dialling(i *topology.Interface) (network, address string) {
	network, at := "tcp4", i.Addr
	if !at.IsValid() {
		network, at = "tcp6", i.Addr6
	}
	return network, net.JoinHostPort(at.Addr().String(), strconv.Itoa(blockPort))
}
