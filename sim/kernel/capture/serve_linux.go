package capture

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
)

const (
	// longestFrame is the longest frame that can be seen: veth passes on what TCP left to the hardware to cut (GSO, 64
	// KiB), and a header.
	longestFrame = 1<<16 + 64
	// readerBuffer is what a slow reader may fall behind before frames are lost, which the file then says.
	readerBuffer = 8 << 20
)

// Tap is one end of a link, or of one network on it.
type Tap struct {
	// In runs f on a thread that is in the network namespace of the end; what f opens stays in it.
	In    func(f func() error) error
	Index int    // of the device
	Name  string // as people call it: "core1:Ethernet1/49"
	About string // the device: "Et1-49 in core1"
}

// Serve is the Handler of Verb; find finds the ends of a link, the near ones first.
func Serve(find func(link string) ([]Tap, error)) box.Handler {
	return func(ctx context.Context, ch *box.Channel, args json.RawMessage) error {
		var r request
		if err := (box.Frame{Kind: box.Verb, Data: args}).Decode(&r); err != nil {
			return err
		}
		taps, err := find(r.Link)
		if err != nil {
			return err
		}
		return capture(ch.Gone(ctx), taps, ch.Writer(box.Output))
	}
}

// capture writes all that passes the taps until ctx ends.
func capture(ctx context.Context, taps []Tap, w io.Writer) error {
	c := &capturing{}
	defer c.close()
	for _, t := range taps {
		if err := c.open(t); err != nil {
			return fmt.Errorf("capture at %s: %w", t.Name, err)
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
func (c *capturing) open(t Tap) error {
	var fd int
	err := t.In(func() (err error) {
		fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		return err
	})
	if err != nil {
		return fmt.Errorf("open packet socket: %w", err)
	}
	c.socks = append(c.socks, os.NewFile(uintptr(fd), t.Name))
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, readerBuffer) // without it more may be lost, and the file says so
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return fmt.Errorf("ask for time stamps: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: bigEndian16(unix.ETH_P_ALL), Ifindex: t.Index}); err != nil {
		return fmt.Errorf("bind packet socket: %w", err)
	}
	return nil
}

// bigEndian16 is htons.
func bigEndian16(v uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, v))
}

// begin writes the file's head. Times are the real-time clock's, as in the log's wall times.
func (c *capturing) begin(w io.Writer, taps []Tap) error {
	options := pcapgo.DefaultNgWriterOptions
	options.SectionInfo.Application = "dcdrill"
	for i, t := range taps {
		end := pcapgo.NgInterface{
			Name: t.Name, Description: t.About, OS: "linux", LinkType: layers.LinkTypeEthernet, TimestampResolution: 9,
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
	f := frameReader{buf: make([]byte, longestFrame), oob: make([]byte, 128)}
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
		f.stamp, _ = StampIn(f.oob[:oobn])
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
