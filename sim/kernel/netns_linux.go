package kernel

import (
	"fmt"
	"strconv"

	"github.com/containernetworking/plugins/pkg/ns"
	"golang.org/x/sys/unix"
)

// netns is a network namespace held by a descriptor alone: it has no name in any file system, and is gone when the
// process is.
type netns struct {
	name  string
	fd    int
	route *conn // rtnetlink, lives in the namespace
	nft   *conn // nfnetlink, opened when first needed
	// packet sends whole frames; 0 until first needed.
	packet int
}

// netnsSpec is a namespace to be made: the files under /proc/sys/net and what to write into them.
type netnsSpec struct {
	name    string
	sysctls []sysctl
}

type sysctl struct{ path, value string }

// newNetnses makes namespaces, all in one locked thread, which is cheaper than a thread for each.
func newNetnses(specs []netnsSpec) ([]*netns, error) {
	var made []*netns
	err := inThread(func() (err error) {
		made, err = unshareEach(specs)
		return err
	})
	if err != nil {
		for _, n := range made {
			n.close()
		}
		return nil, err
	}
	return made, nil
}

func unshareEach(specs []netnsSpec) ([]*netns, error) {
	made := make([]*netns, 0, len(specs))
	for _, s := range specs {
		n, err := unshareOne(s)
		if n != nil {
			made = append(made, n)
		}
		if err != nil {
			return made, fmt.Errorf("make namespace of %s: %w", s.name, err)
		}
	}
	return made, nil
}

// unshareOne moves the calling thread into a new namespace and holds it.
func unshareOne(s netnsSpec) (*netns, error) {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	fd, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	n := &netns{name: s.name, fd: fd}
	if n.route, err = dial(unix.NETLINK_ROUTE); err != nil {
		return n, err
	}
	for _, c := range s.sysctls {
		if err := writeSysctl(c); err != nil {
			return n, err
		}
	}
	return n, nil
}

// writeSysctl writes in the namespace of the calling thread. No newline, no truncation: procfs wants one plain write.
func writeSysctl(c sysctl) error {
	fd, err := unix.Open("/proc/sys/net/"+c.path, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", c.path, err)
	}
	defer unix.Close(fd)
	if _, err := unix.Write(fd, []byte(c.value)); err != nil {
		return fmt.Errorf("write %s to %s: %w", c.value, c.path, err)
	}
	return nil
}

// do runs f on a thread that is in the namespace. Sockets that f opens stay in it; what f starts must not outlive it.
func (n *netns) do(f func() error) error {
	in, err := ns.GetNS("/proc/self/fd/" + strconv.Itoa(n.fd))
	if err != nil {
		return fmt.Errorf("enter namespace of %s: %w", n.name, err)
	}
	defer in.Close()
	return in.Do(func(ns.NetNS) error { return f() })
}

// inThread runs f on a thread of its own which may change its namespace. The thread goes back afterwards; one that
// cannot ends with its goroutine, so that no other code ever runs in the wrong namespace.
func inThread(f func() error) error {
	home, err := ns.GetCurrentNS()
	if err != nil {
		return fmt.Errorf("hold own namespace: %w", err)
	}
	defer home.Close()
	return home.Do(func(ns.NetNS) error { return f() })
}

// filter is the namespace's nfnetlink socket.
func (n *netns) filter() (*conn, error) {
	if n.nft != nil {
		return n.nft, nil
	}
	err := n.do(func() (err error) {
		n.nft, err = dial(unix.NETLINK_NETFILTER)
		return err
	})
	return n.nft, err
}

// close lets the namespace go; the kernel takes it down in its own time, with all links in it.
func (n *netns) close() {
	n.route.close()
	n.nft.close()
	if n.packet != 0 {
		_ = unix.Close(n.packet)
	}
	_ = unix.Close(n.fd)
}
