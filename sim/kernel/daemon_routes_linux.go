package kernel

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

const (
	// daemonsJoin is how long daemons may take to find their routes: OSPF waits 40 s for a designated router (RFC 2328 C.3),
	// and BGP up to 120 s until it tries again to connect (RFC 4271 section 10); both, and as much again.
	daemonsJoin = 5 * time.Minute
	// daemonsRest is for how long their routes have to stay as they are, where no law says what they come to: longer than
	// OSPF waits.
	daemonsRest = 45 * time.Second
	daemonsLook = 100 * time.Millisecond
)

// await returns when the daemons have found their routes: those of the law, or without one some that stay. The steady state
// is to be that of a plant that has long run.
func (ds *daemons) await(ctx context.Context) error {
	look := func() (string, error) { return ds.lacks(ds.world.shadow.Controls()) }
	if ds.world.shadow.Lawless() != "" {
		look = ds.restless()
	}
	missing := ""
	for until := time.Now().Add(daemonsJoin); time.Now().Before(until); {
		var err error
		if missing, err = look(); missing == "" || err != nil {
			return err
		}
		select {
		case why := <-ds.died:
			return errors.New(why)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(daemonsLook):
		}
	}
	ds.later(func() { ds.world.env.Log.Add(0, "", sim.UnprovenData{Missing: missing}) })
	return nil
}

// lacks names a route that the law gives a node and its daemons do not; empty when there is none. Of routers' own links
// daemons may tell each other or not.
func (ds *daemons) lacks(law []sim.Level) (string, error) {
	c := ds.world.cond
	for _, l := range law {
		r, ok := l.(sim.Routes)
		if !ok || len(r.Node.Daemons) == 0 {
			continue
		}
		have, err := c.netns(r.Node).table(foreign)
		if err != nil {
			return "", err
		}
		for _, route := range r.Routes {
			if want := c.nextHops(r.Node, route); c.inhabited(route.To) && !sameWays(have[route.To], want) {
				return fmt.Sprintf("the daemons of %s do not send %s where the law of the plant does (shortest paths, all that are equal)", r.Node.ID, route.To), nil
			}
		}
	}
	return "", nil
}

// inhabited says whether a prefix is that of a network with anybody on it who does not route.
func (l *layout) inhabited(to netip.Prefix) bool {
	return slices.ContainsFunc(l.plant.Nodes, func(n *topology.Node) bool {
		return !routes(n.Kind, n) && slices.ContainsFunc(n.Interfaces, func(i *topology.Interface) bool { return i.Network.Subnet.Masked() == to })
	})
}

// sameWays says whether routes lead out of the same interfaces: who is behind one may answer to several addresses.
func sameWays(a, b []nextHop) bool {
	return slices.Equal(interfacesOf(a), interfacesOf(b))
}

func interfacesOf(hops []nextHop) []int32 {
	var all []int32
	for _, h := range hops {
		all = append(all, h.index)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// restless looks for daemons that go on changing their routes.
func (ds *daemons) restless() func() (string, error) {
	changes, since := ds.changes(), time.Now()
	return func() (string, error) {
		if now := ds.changes(); now != changes {
			changes, since = now, time.Now()
		}
		if time.Since(since) >= daemonsRest {
			return "", nil
		}
		return "the daemons' routes do not come to rest", nil
	}
}

func (ds *daemons) changes() int64 {
	sum := int64(0)
	for _, w := range ds.watch {
		sum += w.changes.Load()
	}
	return sum
}

// rerouted writes down that a node's daemons have changed its routes.
func (w *World) rerouted(n *topology.Node, changed int) {
	w.touch(w.env.Log.Add(w.cause, n.ID, sim.RoutesData{Changed: changed}))
}

// foreign says of a route's origin that it is neither the kernel's, nor ours, nor a boot script's: a daemon's.
func foreign(origin byte) bool { return origin > unix.RTPROT_STATIC }

// forgetDaemons takes away the routes of daemons that have lost their power.
func (c *condition) forgetDaemons(n *topology.Node) error {
	have, err := c.netns(n).table(foreign)
	if err != nil {
		return err
	}
	b := c.netns(n).route.batch()
	b.forgive = unix.ESRCH
	for to := range have {
		b.unroute(to, unix.RTPROT_UNSPEC)
	}
	if err := b.send(); err != nil {
		return fmt.Errorf("routes of %s: %w", n.ID, err)
	}
	return nil
}

// routeWatch counts the routes that daemons change in a namespace.
type routeWatch struct {
	socket  *os.File
	changes atomic.Int64
}

// Groups that golang.org/x/sys has no numbers for (linux/rtnetlink.h).
const (
	rtnlgrpIPv4Route = 7
	rtnlgrpIPv6Route = 11
)

// watchRoutes calls tell, from a goroutine of its own, with how many routes daemons have changed.
func watchRoutes(n *netns, tell func(changed int)) (*routeWatch, error) {
	w := &routeWatch{}
	err := n.do(func() error {
		fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
		if err != nil {
			return err
		}
		w.socket = os.NewFile(uintptr(fd), "routes")
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, watchReceiveSize)
		return unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: 1<<(rtnlgrpIPv4Route-1) | 1<<(rtnlgrpIPv6Route-1)})
	})
	if err != nil {
		w.close()
		return nil, fmt.Errorf("listen to routes of %s: %w", n.name, err)
	}
	raw, err := w.socket.SyscallConn()
	if err != nil {
		w.close()
		return nil, fmt.Errorf("listen to routes of %s: %w", n.name, err)
	}
	go w.run(raw, tell)
	return w, nil
}

// run reads until the socket is closed. What comes together is told together.
func (w *routeWatch) run(raw syscall.RawConn, tell func(changed int)) {
	buf := make([]byte, 64<<10)
	for {
		changed := 0
		err := raw.Read(func(fd uintptr) bool {
			read := false
			for {
				n, _, err := unix.Recvfrom(int(fd), buf, 0)
				if err != nil {
					return read || !errors.Is(err, unix.EAGAIN)
				}
				read = true
				changed += changedIn(buf[:n])
			}
		})
		if err != nil {
			return
		}
		if changed > 0 {
			w.changes.Add(int64(changed))
			tell(changed)
		}
	}
}

// changedIn counts the routes of daemons in a datagram.
func changedIn(b []byte) int {
	changed := 0
	eachMessage(b, func(h unix.NlMsghdr, body []byte) {
		kind := h.Type == unix.RTM_NEWROUTE || h.Type == unix.RTM_DELROUTE
		if kind && len(body) >= unix.SizeofRtMsg && body[4] == unix.RT_TABLE_MAIN && foreign(body[5]) {
			changed++
		}
	})
	return changed
}

func (w *routeWatch) close() {
	if w.socket != nil {
		_ = w.socket.Close()
	}
}
