package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// conn is a netlink socket in the namespace of the thread that dialled it. It is used from one goroutine at a time.
type conn struct {
	fd  int
	seq uint32
}

// buffers are shared by all sockets: one of its own for each of a thousand namespaces would cost more than the rest.
// 64 KiB takes the largest datagram of a dump.
var buffers = sync.Pool{New: func() any { return new([64 << 10]byte) }}

// batchSize is how much of a batch goes out in one system call; the kernel's default send buffer holds 208 KiB and
// counts its own bookkeeping, eight times less is always taken.
const batchSize = 24 << 10

func dial(family int) (*conn, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, family)
	if err != nil {
		return nil, fmt.Errorf("open netlink socket: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("bind netlink socket: %w", err)
	}
	// Errors then come without a copy of the message, and with words. Old kernels lack both; nothing else changes.
	_ = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1)
	_ = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_EXT_ACK, 1)
	return &conn{fd: fd}, nil
}

func (c *conn) close() {
	if c != nil {
		_ = unix.Close(c.fd)
	}
}

// batch is messages that go out together.
type batch struct {
	message
	conn *conn
	ends []int    // where each message ends
	what []string // what each does, for errors
	seq  uint32   // of the first
	// forgive is an error that does not count; 0: every error does.
	forgive unix.Errno
}

func (c *conn) batch() *batch { return &batch{conn: c, seq: c.seq + 1} }

// add begins a message, written by f.
func (b *batch) add(what string, kind, flags uint16, f func()) {
	b.conn.seq++
	b.begin(kind, flags|unix.NLM_F_REQUEST, b.conn.seq)
	f()
	b.end()
	b.ends = append(b.ends, len(b.buf))
	b.what = append(b.what, what)
}

// send has the kernel do it all, in order, and returns the first error. Nothing after a failed message of the same
// system call is held back, so the caller gives up the whole namespace on an error.
func (b *batch) send() error {
	first := 0
	from := 0
	for i, end := range b.ends {
		if i+1 < len(b.ends) && b.ends[i+1]-from <= batchSize {
			continue
		}
		if err := b.sendSome(first, i, from, end); err != nil {
			return err
		}
		first, from = i+1, end
	}
	return nil
}

// sendSome sends messages first..last. Only the last one is acknowledged; one that fails always is.
func (b *batch) sendSome(first, last, from, to int) error {
	start := from
	if last > first {
		start = b.ends[last-1]
	}
	flags := binary.NativeEndian.Uint16(b.buf[start+6:])
	binary.NativeEndian.PutUint16(b.buf[start+6:], flags|unix.NLM_F_ACK)
	if err := unix.Sendto(b.conn.fd, b.buf[from:to], 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("send to kernel: %w", os.NewSyscallError("sendto", err))
	}
	return b.acknowledged(b.seq + uint32(last))
}

// acknowledged reads until the message of that number is answered, and returns the first error on the way.
func (b *batch) acknowledged(last uint32) error {
	var first error
	for done := false; !done; {
		err := b.conn.read(func(h unix.NlMsghdr, body []byte) {
			if h.Type != unix.NLMSG_ERROR || len(body) < 4 {
				return
			}
			errno := unix.Errno(-int32(binary.NativeEndian.Uint32(body)))
			if errno != 0 && errno != b.forgive && first == nil {
				first = fmt.Errorf("%s: %w%s", b.nameOf(h.Seq), errno, reason(h, body))
			}
			done = done || h.Seq == last
		})
		if err != nil {
			return err
		}
	}
	return first
}

// nameOf says what the message of that number does.
func (b *batch) nameOf(seq uint32) string {
	if i := int(seq - b.seq); i >= 0 && i < len(b.what) {
		return b.what[i]
	}
	return "netlink"
}

// read takes one datagram and hands over each message in it.
func (c *conn) read(each func(h unix.NlMsghdr, body []byte)) error {
	buf := buffers.Get().(*[64 << 10]byte)
	defer buffers.Put(buf)
	n, _, err := unix.Recvfrom(c.fd, buf[:], 0)
	for errors.Is(err, unix.EINTR) {
		n, _, err = unix.Recvfrom(c.fd, buf[:], 0)
	}
	if err != nil {
		return fmt.Errorf("read from kernel: %w", os.NewSyscallError("recvfrom", err))
	}
	eachMessage(buf[:n], each)
	return nil
}

func eachMessage(b []byte, each func(h unix.NlMsghdr, body []byte)) {
	for len(b) >= nlmHeaderLen {
		h := unix.NlMsghdr{
			Len: binary.NativeEndian.Uint32(b), Type: binary.NativeEndian.Uint16(b[4:]),
			Flags: binary.NativeEndian.Uint16(b[6:]), Seq: binary.NativeEndian.Uint32(b[8:]),
		}
		if h.Len < nlmHeaderLen || int(h.Len) > len(b) {
			return
		}
		each(h, b[nlmHeaderLen:h.Len])
		b = b[min(len(b), int(h.Len+3)&^3):]
	}
}

// reason is the kernel's own words for an error, when it has some (NLMSGERR_ATTR_MSG).
func reason(h unix.NlMsghdr, body []byte) string {
	const errAttrMsg, ackTLVs, header = 1, 0x200, 4 + nlmHeaderLen
	if h.Flags&ackTLVs == 0 || len(body) < header {
		return ""
	}
	text := attributes(body[header:])[errAttrMsg]
	if len(text) < 2 {
		return ""
	}
	return " (" + string(text[:len(text)-1]) + ")"
}

// ask sends one message and hands over each answer until the kernel is done.
func (c *conn) ask(kind, flags uint16, write func(*message), each func(kind uint16, body []byte)) error {
	c.seq++
	var m message
	m.begin(kind, flags|unix.NLM_F_REQUEST|unix.NLM_F_ACK, c.seq)
	write(&m)
	m.end()
	if err := unix.Sendto(c.fd, m.buf, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("send to kernel: %w", os.NewSyscallError("sendto", err))
	}
	return c.answers(each)
}

func (c *conn) answers(each func(kind uint16, body []byte)) error {
	var failed error
	for done := false; !done; {
		err := c.read(func(h unix.NlMsghdr, body []byte) {
			switch {
			case h.Seq != c.seq:
			case h.Type == unix.NLMSG_DONE:
				done = true
			case h.Type == unix.NLMSG_ERROR:
				done = true
				if errno := -int32(binary.NativeEndian.Uint32(body)); errno != 0 {
					failed = fmt.Errorf("%w%s", unix.Errno(errno), reason(h, body))
				}
			default:
				each(h.Type, body)
			}
		})
		if err != nil {
			return err
		}
	}
	return failed
}
