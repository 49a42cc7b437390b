package kernel

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/topology"
)

const (
	// captureFrame is the longest frame that can be seen: veth passes on what TCP left to the hardware to cut (GSO, 64
	// KiB), and a header.
	captureFrame = 1<<16 + 64
	// captureBuffer is what a slow reader may fall behind before frames are lost, which the file then says.
	captureBuffer = 8 << 20
)

// tap is one end of a link, or of one network on it.
type tap struct {
	room  room
	index int
	name  string // as people call it: "core1:Ethernet1/49"
	about string // the device: "Et1-49 in core1"
}

// taps lists the ends of a link, the near ones first; a link of several networks has a pair for each.
func (f *fabric) taps(l *topology.Link) []tap {
	var all []tap
	for _, p := range l.Ends() {
		for _, ln := range f.byLink[l] {
			d := ln.end(p)
			all = append(all, tap{room: f.netns(p.Node), index: int(d.index), name: d.alias, about: d.name + " in " + p.Node.ID})
		}
	}
	return all
}

// serveCapture is the Handler of CaptureVerb.
func serveCapture(find func(link string) ([]tap, error)) box.Handler {
	return func(ctx context.Context, ch *box.Channel, args json.RawMessage) error {
		var c Capture
		if err := (box.Frame{Kind: box.Verb, Data: args}).Decode(&c); err != nil {
			return err
		}
		taps, err := find(c.Link)
		if err != nil {
			return err
		}
		return capture(ch.Gone(ctx), taps, ch.Writer(box.Output))
	}
}

// capture writes all that passes the taps until ctx ends.
func capture(ctx context.Context, taps []tap, w io.Writer) error {
	c := &capturing{}
	defer c.close()
	for _, t := range taps {
		if err := c.open(t); err != nil {
			return fmt.Errorf("capture at %s: %w", t.name, err)
		}
	}
	if err := c.begin(w, taps); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, c.stop)()
	var readers errgroup.Group
	for i := range c.socks {
		readers.Go(func() error { return c.read(i) })
	}
	if err := readers.Wait(); err != nil && ctx.Err() == nil {
		return err
	}
	return c.end()
}

// capturing is a capture that goes on.
type capturing struct {
	socks []*os.File
	mu    sync.Mutex // of file
	file  *pcapgo.NgWriter
}

// open opens a packet socket. Until it is bound to its device it hears nothing (protocol 0), rather than everything.
func (c *capturing) open(t tap) error {
	var fd int
	err := t.room.do(func() (err error) {
		fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		return err
	})
	if err != nil {
		return fmt.Errorf("open packet socket: %w", err)
	}
	c.socks = append(c.socks, os.NewFile(uintptr(fd), t.name))
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, captureBuffer) // without it more may be lost, and the file says so
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return fmt.Errorf("ask for time stamps: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: bigEndian16(unix.ETH_P_ALL), Ifindex: t.index}); err != nil {
		return fmt.Errorf("bind packet socket: %w", err)
	}
	return nil
}

// bigEndian16 is htons.
func bigEndian16(v uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, v))
}

// begin writes the file's head. Times are the real-time clock's, as in the log's wall times.
func (c *capturing) begin(w io.Writer, taps []tap) error {
	options := pcapgo.DefaultNgWriterOptions
	options.SectionInfo.Application = "dcdrill"
	for i, t := range taps {
		end := pcapgo.NgInterface{
			Name: t.name, Description: t.about, OS: "linux", LinkType: layers.LinkTypeEthernet, TimestampResolution: 9,
		}
		var err error
		if i == 0 {
			c.file, err = pcapgo.NewNgWriterInterface(w, end, options)
		} else {
			_, err = c.file.AddInterface(end)
		}
		if err != nil {
			return fmt.Errorf("write capture: %w", err)
		}
	}
	return c.flush()
}

func (c *capturing) flush() error {
	if err := c.file.Flush(); err != nil {
		return fmt.Errorf("write capture: %w", err)
	}
	return nil
}

// stop ends the reading, and leaves the sockets open for their statistics.
func (c *capturing) stop() {
	for _, s := range c.socks {
		_ = s.SetReadDeadline(time.Unix(1, 0)) // cannot fail on a socket that is open
	}
}

// read writes what one socket hears, until it is stopped and all that it had heard by then is written.
func (c *capturing) read(i int) error {
	raw, err := c.socks[i].SyscallConn()
	if err != nil {
		return err
	}
	f := frameReader{buf: make([]byte, captureFrame), oob: make([]byte, 128)}
	wait := raw.Read
	for {
		outer := wait(f.receive)
		switch {
		case errors.Is(outer, os.ErrDeadlineExceeded):
			wait = func(receive func(uintptr) bool) error { return raw.Control(func(fd uintptr) { receive(fd) }) }
			continue
		case outer != nil:
			return fmt.Errorf("read packets: %w", outer)
		case errors.Is(f.err, unix.EAGAIN):
			return nil
		case errors.Is(f.err, unix.ENETDOWN):
			continue // the device went down: it says so once, and comes back
		case f.err != nil:
			return fmt.Errorf("read packets: %w", f.err)
		}
		if err := c.write(i, f.stamp, f.buf[:f.n]); err != nil {
			return err
		}
	}
}

// frameReader receives one frame at a time.
type frameReader struct {
	buf, oob []byte
	n        int
	stamp    time.Time
	err      error
}

// receive is false when there is nothing yet.
func (f *frameReader) receive(fd uintptr) bool {
	var oobn int
	f.n, oobn, _, _, f.err = unix.Recvmsg(int(fd), f.buf, f.oob, unix.MSG_DONTWAIT)
	if f.err == nil {
		f.stamp, _ = stampIn(f.oob[:oobn])
	}
	return !errors.Is(f.err, unix.EAGAIN)
}

func (c *capturing) write(i int, stamp time.Time, frame []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	info := gopacket.CaptureInfo{Timestamp: stamp, CaptureLength: len(frame), Length: len(frame), InterfaceIndex: i}
	if err := c.file.WritePacket(info, frame); err != nil {
		return fmt.Errorf("write capture: %w", err)
	}
	return c.flush()
}

// end writes how much each end heard and how much of it was lost for want of a fast enough reader.
func (c *capturing) end() error {
	for i, s := range c.socks {
		stats, err := unix.GetsockoptTpacketStats(int(s.Fd()), unix.SOL_PACKET, unix.PACKET_STATISTICS)
		if err != nil {
			return fmt.Errorf("ask for lost packets: %w", err)
		}
		err = c.file.WriteInterfaceStats(i, pcapgo.NgInterfaceStatistics{
			LastUpdate: time.Now(), PacketsReceived: uint64(stats.Packets), PacketsDropped: uint64(stats.Drops),
		})
		if err != nil {
			return fmt.Errorf("write capture: %w", err)
		}
	}
	return c.flush()
}

func (c *capturing) close() {
	for _, s := range c.socks {
		_ = s.Close()
	}
}
