package kernel

import (
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/topology"
)

// floor is the least that making a plant can cost: the system calls alone. Every message is written beforehand, with the
// descriptors that the namespaces will have; then there is nothing left but to make namespaces and to send. The objects
// and their attributes are those of the real build.
type floor struct {
	specs  []netnsSpec
	steps  []floorStep
	half   int // how many of them come before the patch panels
	layout *layout
	panels *fabric
}

// floorStep is one message buffer for one namespace, sent in pieces of whole messages.
type floorStep struct {
	ns   int
	buf  []byte
	ends []int
}

// floorFD is where the namespaces' descriptors begin.
const floorFD = 10000

// floorOf writes all messages.
func floorOf(p *topology.Plant) *floor {
	f := &floor{layout: lay(p, false)}
	pretend := &fabric{layout: f.layout, bonded: map[*topology.Node]*patchPanel{}}
	for i, n := range f.layout.nodes {
		f.specs = append(f.specs, netnsSpec{n.node.ID, sysctlsOf(n)})
		pretend.ns = append(pretend.ns, &netns{fd: floorFD + i, route: &conn{fd: -1}})
	}
	f.specs = append(f.specs, pretend.wireSpec()...)
	if len(f.specs) > len(f.layout.nodes) {
		pretend.wire = &netns{fd: floorFD + len(f.layout.nodes), route: &conn{fd: -1}}
	}
	f.panels = pretend
	f.each(func(n *nodeLayout, b *batch) {
		for _, d := range n.bridges {
			b.addBridge(d)
		}
		for _, d := range n.bonds {
			b.addVeth(&d.device, d.inner, pretend.netns(n.node).fd)
		}
	})
	f.lanes()
	f.half = len(f.steps)
	f.finish()
	return f
}

func (f *floor) each(write func(*nodeLayout, *batch)) {
	for i, n := range f.layout.nodes {
		b := (&conn{fd: -1}).batch()
		write(n, b)
		f.steps = append(f.steps, floorStep{i, b.buf, b.ends})
	}
}

func (f *floor) lanes() {
	batches := make([]*batch, len(f.specs))
	for i := range batches {
		batches[i] = (&conn{fd: -1}).batch()
	}
	p := f.panels
	for _, ln := range f.layout.lanes {
		near, far := ln.ends[0], ln.ends[1]
		if ln.wire[0] != nil {
			batches[near.node.Index].addVeth(near, ln.wire[0], p.wire.fd)
			batches[far.node.Index].addVeth(far, ln.wire[1], p.wire.fd)
			continue
		}
		if near.bridge == nil {
			near, far = far, near
		}
		batches[near.node.Index].addVeth(near, far, p.netns(far.node).fd)
	}
	for i, b := range batches {
		f.steps = append(f.steps, floorStep{i, b.buf, b.ends})
	}
}

// finish writes what the devices are told once the patch panels are there.
func (f *floor) finish() {
	f.each(func(n *nodeLayout, b *batch) {
		f.panels.finishNode(n, b)
		b.defaultRoutes(f.layout, n.node)
	})
	b := (&conn{fd: -1}).batch()
	for _, ln := range f.layout.lanes {
		if ln.wire[0] != nil {
			b.deviceUp(ln.wire[0], true)
			b.deviceUp(ln.wire[1], true)
		}
	}
	f.steps = append(f.steps, floorStep{len(f.layout.nodes), b.buf, b.ends})
}

// make makes it all.
func (f *floor) make() (undo func(), err error) {
	err = inThread(func() error {
		for i, s := range f.specs {
			if err := f.unshare(i, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, s := range f.steps[:f.half] {
		if err := f.send(s); err != nil {
			return nil, err
		}
	}
	if err := f.panels.makePanels(); err != nil {
		return nil, err
	}
	for _, s := range f.steps[f.half:] {
		if err := f.send(s); err != nil {
			return nil, err
		}
	}
	return f.panels.close, nil
}

func (f *floor) unshare(i int, s netnsSpec) error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return err
	}
	fd, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	if err := unix.Dup3(fd, floorFD+i, unix.O_CLOEXEC); err != nil {
		return err
	}
	_ = unix.Close(fd)
	c, err := dial(unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	f.ns(i).route = c
	for _, x := range s.sysctls {
		if err := writeSysctl(x); err != nil {
			return err
		}
	}
	return nil
}

func (f *floor) ns(i int) *netns {
	if i < len(f.panels.ns) {
		return f.panels.ns[i]
	}
	return f.panels.wire
}

// send sends a step as it is.
func (f *floor) send(s floorStep) error {
	if len(s.ends) == 0 {
		return nil
	}
	c := f.ns(s.ns).route
	b := &batch{message: message{buf: s.buf}, conn: c, ends: s.ends, what: make([]string, len(s.ends)), seq: 1}
	err := b.send()
	runtime.KeepAlive(s.buf)
	return err
}
