package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// linkState is what the kernel says of a link.
type linkState struct {
	index       int32
	carrier     bool
	running     bool
	up          bool
	activeSlave int32 // of a native bond; 0: none
}

// linkWatch hears of every change of a link in many namespaces by one socket: a namespace that has a number in ours
// (RTM_NEWNSID) is listened to with it (NETLINK_LISTEN_ALL_NSID). The number also tells the plant's namespaces from
// those of an earlier plant, which the kernel may still be taking down.
type linkWatch struct {
	socket  *os.File
	raw     syscall.RawConn
	numbers map[int32]bool
	tell    func([]linkState)
}

// lastNumber is the last number given to a namespace; none is used twice.
var lastNumber atomic.Int32

// Attributes that golang.org/x/sys has no names for (linux/net_namespace.h, linux/if_link.h, linux/rtnetlink.h).
const (
	netnsaNSID       = 1
	netnsaFD         = 3
	listenAllNSID    = 8
	rtnlgrpLink      = 1
	watchReceiveSize = 8 << 20
)

// watchLinks calls tell, from a goroutine of its own, with what has become of links.
func watchLinks(nses []*netns, tell func([]linkState)) (*linkWatch, error) {
	c, err := dial(unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	defer c.close()
	w := &linkWatch{numbers: map[int32]bool{}, tell: tell}
	for _, n := range nses {
		id, err := number(c, n)
		if err != nil {
			return nil, err
		}
		w.numbers[id] = true
	}
	if w.socket, err = listenAll(); err != nil {
		return nil, err
	}
	if w.raw, err = w.socket.SyscallConn(); err != nil {
		return nil, fmt.Errorf("listen to links: %w", err)
	}
	go w.run()
	return w, nil
}

func (w *linkWatch) close() { _ = w.socket.Close() }

// number gives a namespace a number in ours.
func number(c *conn, n *netns) (int32, error) {
	for {
		id := lastNumber.Add(1)
		err := c.ask(unix.RTM_NEWNSID, 0, func(m *message) {
			m.raw(unix.AF_UNSPEC, 0, 0, 0)
			m.u32(netnsaNSID, uint32(id))
			m.u32(netnsaFD, uint32(n.fd))
		}, func(uint16, []byte) {})
		switch {
		case err == nil:
			return id, nil
		case !errors.Is(err, unix.EEXIST):
			return 0, fmt.Errorf("number namespace of %s: %w", n.name, err)
		}
	}
}

func listenAll() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open netlink socket: %w", err)
	}
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_LISTEN_ALL_NSID, 1),
		unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: 1 << (rtnlgrpLink - 1)}),
	)
	if err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("listen to links: %w", err)
	}
	// As much as the kernel gives: what does not fit is asked for.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, watchReceiveSize)
	return os.NewFile(uintptr(fd), "links"), nil
}

// run reads until the socket is closed. When the kernel has had to drop something, it tells nil: ask them all.
func (w *linkWatch) run() {
	buf, control := make([]byte, 64<<10), make([]byte, unix.CmsgSpace(4))
	for {
		n, from, err := w.read(buf, control)
		switch {
		case errors.Is(err, unix.ENOBUFS):
			w.tell(nil)
		case err != nil:
			return
		case w.numbers[from]:
			if states := linksIn(buf[:n]); len(states) > 0 {
				w.tell(states)
			}
		}
	}
}

// read takes one datagram and says of which namespace it speaks; 0 is our own.
func (w *linkWatch) read(buf, control []byte) (n int, from int32, err error) {
	var fault error
	err = w.raw.Read(func(fd uintptr) bool {
		var size int
		for again := true; again; again = fault == unix.EINTR {
			n, size, _, _, fault = unix.Recvmsg(int(fd), buf, control, 0)
		}
		from = namespaceIn(control[:max(size, 0)])
		return fault != unix.EAGAIN
	})
	return n, from, errors.Join(err, fault)
}

func namespaceIn(control []byte) int32 {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return 0
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_NETLINK && m.Header.Type == listenAllNSID && len(m.Data) >= 4 {
			return int32(nativeU32(m.Data))
		}
	}
	return 0
}

func linksIn(b []byte) []linkState {
	var states []linkState
	eachMessage(b, func(h unix.NlMsghdr, body []byte) {
		if h.Type == unix.RTM_NEWLINK && len(body) >= unix.SizeofIfInfomsg {
			states = append(states, linkOf(body))
		}
	})
	return states
}

// linkOf reads an ifinfomsg and its attributes.
func linkOf(body []byte) linkState {
	flags := binary.NativeEndian.Uint32(body[8:])
	s := linkState{
		index:   int32(binary.NativeEndian.Uint32(body[4:])),
		up:      flags&unix.IFF_UP != 0,
		running: flags&unix.IFF_RUNNING != 0,
	}
	a := attributes(body[unix.SizeofIfInfomsg:])
	s.carrier = s.up && len(a[unix.IFLA_CARRIER]) == 1 && a[unix.IFLA_CARRIER][0] == 1
	info := attributes(a[unix.IFLA_LINKINFO])
	if string(info[unix.IFLA_INFO_KIND]) == "bond\x00" {
		if v := attributes(info[unix.IFLA_INFO_DATA])[unix.IFLA_BOND_ACTIVE_SLAVE]; len(v) == 4 {
			s.activeSlave = int32(binary.NativeEndian.Uint32(v))
		}
	}
	return s
}

// link asks what a device is like.
func (n *netns) link(index int32) (linkState, error) {
	var s linkState
	err := n.route.ask(unix.RTM_GETLINK, 0, func(m *message) { m.linkHeader(index, 0, 0) },
		func(_ uint16, body []byte) { s = linkOf(body) })
	if err != nil {
		return s, fmt.Errorf("look at link %d in %s: %w", index, n.name, err)
	}
	return s, nil
}
