package blockdev

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tape is a connection on which everything the other side will ever say is known.
type tape struct {
	net.Conn
	in  *bytes.Reader
	out bytes.Buffer
}

func (p *tape) Read(b []byte) (int, error)  { return p.in.Read(b) }
func (p *tape) Write(b []byte) (int, error) { return p.out.Write(b) }
func (p *tape) Close() error                { return nil }
func (p *tape) SetDeadline(time.Time) error { return nil }

func u16(n uint16) []byte { return binary.BigEndian.AppendUint16(nil, n) }
func u32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
func u64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// asks is an option as a client sends it.
func asks(o option, data ...[]byte) []byte {
	d := join(data...)
	return join(u64(magicOption), u32(uint32(o)), u32(uint32(len(d))), d)
}

// wants is the data of INFO and GO.
func wants(name string, what ...uint16) []byte {
	b := join(u32(uint32(len(name))), []byte(name), u16(uint16(len(what))))
	for _, w := range what {
		b = append(b, u16(w)...)
	}
	return b
}

// request is a request as a client sends it.
func request(flags uint16, op Op, cookie, offset uint64, length uint32, data ...[]byte) []byte {
	return join(u32(magicRequest), u16(flags), u16(uint16(op)), u64(cookie), u64(offset), u32(length), join(data...))
}

// play lets a server with one volume of 1 MiB hear a client, and returns what it says after its greeting.
func play(t testing.TB, v *Volume, said ...[]byte) ([]byte, error) {
	t.Helper()
	c := &tape{in: bytes.NewReader(join(said...))}
	s := &Server{Clock: &stopped{}, Volumes: []*Volume{v}}
	err := s.ServeConn(context.Background(), c)
	out := c.out.Bytes()
	require.GreaterOrEqual(t, len(out), 18)
	return out[18:], err
}

var fixed = u32(flagFixedNewstyle)

// replied is one answer to an option.
type replied struct {
	kind optionReply
	data string
}

// replies takes the answers to options apart, as long as there are any.
func replies(t *testing.T, out []byte) (all []replied, rest []byte) {
	for len(out) >= optionReplySize && binary.BigEndian.Uint64(out) == magicOptionReply {
		length := int(binary.BigEndian.Uint32(out[16:]))
		require.LessOrEqual(t, optionReplySize+length, len(out))
		all = append(all, replied{optionReply(binary.BigEndian.Uint32(out[12:])), string(out[optionReplySize : optionReplySize+length])})
		out = out[optionReplySize+length:]
	}
	return all, out
}

func TestOptions(t *testing.T) {
	export := string(join(u16(infoExport), u64(1<<20), u16(flagsOf(newVolume(t, VolumeSpec{})))))
	for _, c := range []struct {
		name string
		said []byte
		want []replied
	}{
		{"list", asks(optList), []replied{{repServer, string(u32(4)) + "vol1"}, {repAck, ""}}},
		{"list with data", asks(optList, []byte("x")), []replied{{repErrInvalid, "LIST takes no data"}}},
		{"info", asks(optInfo, wants("vol1")), []replied{{repInfo, export}, {repAck, ""}}},
		{"info of the default export", asks(optInfo, wants("", infoName, 77, infoBlockSize)), []replied{
			{repInfo, export}, {repInfo, string(u16(infoName)) + "vol1"},
			{repInfo, string(join(u16(infoBlockSize), u32(1), u32(4096), u32(MaxRequest)))}, {repAck, ""}}},
		{"unknown export", asks(optInfo, wants("vol2")), []replied{{repErrUnknown, `find "vol2": export is unknown`}}},
		{"go to an unknown export, then list", join(asks(optGo, wants("vol2")), asks(optList)), []replied{
			{repErrUnknown, `find "vol2": export is unknown`}, {repServer, string(u32(4)) + "vol1"}, {repAck, ""}}},
		{"structured replies are declined", asks(8), []replied{{repErrUnsup, ""}}},
		{"so are TLS, metadata and what nobody knows", join(asks(5), asks(10, u32(0), u32(0)), asks(4711, fill('x', maxOption))),
			[]replied{{repErrUnsup, ""}, {repErrUnsup, ""}, {repErrUnsup, ""}}},
		{"too long", join(asks(optInfo, fill('x', maxOption+1)), asks(8)), []replied{{repErrTooBig, ""}, {repErrUnsup, ""}}},
		{"abort", join(asks(optAbort, []byte("bye")), asks(optList)), []replied{{repAck, ""}}},
		{"info without data", asks(optInfo), []replied{{repErrInvalid, "name and list of requests do not fit the length"}}},
		{"name longer than data", asks(optGo, u32(5), []byte("vol1"), u16(0)), []replied{{repErrInvalid, "name and list of requests do not fit the length"}}},
		{"name longer than memory", asks(optGo, u32(1<<32-1), []byte("vol1"), u16(0)), []replied{{repErrInvalid, "name and list of requests do not fit the length"}}},
		{"list longer than data", asks(optGo, u32(4), []byte("vol1"), u16(1)), []replied{{repErrInvalid, "name and list of requests do not fit the length"}}},
		{"list shorter than data", asks(optGo, wants("vol1"), u16(3)), []replied{{repErrInvalid, "name and list of requests do not fit the length"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, _ := play(t, newVolume(t, VolumeSpec{}), fixed, c.said)
			got, rest := replies(t, out)
			assert.Equal(t, c.want, got)
			assert.Empty(t, rest)
		})
	}
}

func TestExportName(t *testing.T) {
	v := newVolume(t, VolumeSpec{})
	answer := join(u64(1<<20), u16(flagsOf(v)))
	out, err := play(t, v, fixed, asks(optExportName, []byte("vol1")), request(0, disconnect, 1, 0, 0))
	require.NoError(t, err)
	assert.Equal(t, join(answer, make([]byte, padding)), out)
	out, err = play(t, v, u32(flagFixedNewstyle|flagNoZeroes), asks(optExportName), request(0, disconnect, 1, 0, 0))
	require.NoError(t, err)
	assert.Equal(t, answer, out)
	out, err = play(t, v, fixed, asks(optExportName, []byte("vol2")), asks(optList))
	require.ErrorIs(t, err, ErrUnknownExport)
	assert.Empty(t, out, "it can only hang up")
}

func TestWhatEndsASession(t *testing.T) {
	for name, said := range map[string][]byte{
		"unknown client flag":  u32(flagFixedNewstyle | 4),
		"option magic":         join(fixed, fill('x', 16)),
		"endless export name":  join(fixed, u64(magicOption), u32(uint32(optExportName)), u32(1<<32-1)),
		"request magic":        join(fixed, asks(optGo, wants("")), fill('x', requestSize)),
		"request magic, after": join(fixed, asks(optGo, wants("")), request(0, Flush, 1, 0, 0), fill('x', requestSize)),
	} {
		_, err := play(t, newVolume(t, VolumeSpec{}), said)
		require.ErrorIs(t, err, ErrProtocol, name)
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	const size = 1 << 20
	data := fill('d', 5000)
	for _, c := range []struct {
		name string
		said []byte
		want Errno
	}{
		{"unknown command", request(0, 99, 1, 0, 0), EINVAL},
		{"cache, which is not advertised", request(0, 5, 1, 0, 10), EINVAL},
		{"block status, which was not negotiated", request(0, 7, 1, 0, 10), EINVAL},
		{"unknown flag", request(1<<9, Read, 1, 0, 10), EINVAL},
		{"a flag of another command", request(cmdFlagNoHole, Write, 1, 0, 5000, data), EINVAL},
		{"flush of a part", request(0, Flush, 1, 0, 5), EINVAL},
		{"read outside", request(0, Read, 1, size, 1), EINVAL},
		{"read across the end of numbers", request(0, Read, 1, 1<<64-1, 2), EINVAL},
		{"read of 4 GiB", request(0, Read, 1, 0, 1<<32-1), EINVAL},
		{"write outside", request(0, Write, 1, size-1, 5000, data), ENOSPC},
		{"write across the end of numbers", request(0, Write, 1, 1<<64-1, 5000, data), ENOSPC},
		{"zeroes outside", request(0, WriteZeroes, 1, 0, 1<<32-1), ENOSPC},
		{"trim outside", request(0, Trim, 1, 0, size+1), EINVAL},
		{"an odd goodbye", request(1<<9, disconnect, 1, 0, 0), EINVAL},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newVolume(t, VolumeSpec{})
			out, err := play(t, v, fixed, asks(optGo, wants("vol1")), c.said, request(0, Flush, 2, 0, 0), request(0, disconnect, 3, 0, 0))
			require.NoError(t, err)
			_, out = replies(t, out)
			answer := func(e Errno, cookie uint64) []byte { return join(u32(magicReply), u32(uint32(e)), u64(cookie)) }
			assert.Equal(t, join(answer(c.want, 1), answer(0, 2)), out, "and the session goes on")
			assert.Zero(t, v.InUse(), "no data changed")
		})
	}
}

func TestRequestsLongerThanTheLimitAreRefused(t *testing.T) {
	v := newVolume(t, VolumeSpec{Size: 100 * mib})
	out, err := play(t, v, fixed, asks(optGo, wants("vol1")),
		request(0, Write, 1, 0, MaxRequest+1, make([]byte, MaxRequest+1)), request(0, Read, 2, 0, MaxRequest+1), request(0, disconnect, 3, 0, 0))
	require.NoError(t, err)
	_, out = replies(t, out)
	assert.Equal(t, join(u32(magicReply), u32(uint32(EINVAL)), u64(1), u32(magicReply), u32(uint32(EINVAL)), u64(2)), out)
}

// FuzzServer lets anybody say anything to a server, first as it is, then as requests of a session.
func FuzzServer(f *testing.F) {
	f.Add(join(fixed, asks(optList), asks(optInfo, wants("vol1", infoName)), asks(optGo, wants(""))))
	f.Add(join(fixed, asks(optExportName, []byte("vol1;initiator=a;generation=7")), request(0, Read, 1, 0, 100)))
	f.Add(join(request(1, Write, 1, 5, 3, []byte("abc")), request(0, Flush, 2, 0, 0), request(0, WriteZeroes, 3, 0, 1<<19)))
	f.Add(join(request(0, Trim, 1, 0, 1<<20), request(0, Read, 1, 1<<19, 1<<19), request(0, disconnect, 3, 0, 0)))
	f.Fuzz(func(t *testing.T, said []byte) {
		v := newVolume(t, VolumeSpec{Cache: Volatile, ReadOnly: true})
		_, _ = play(t, v, said)
		_, _ = play(t, v, fixed, asks(optGo, wants("vol1")), said)
		require.Zero(t, v.InUse(), "a read-only volume changed")
		w := newVolume(t, VolumeSpec{Cache: Volatile})
		_, _ = play(t, w, fixed, asks(optGo, wants("vol1;initiator=a;generation=7")), said)
		require.LessOrEqual(t, int64(w.InUse()), w.Size())
	})
}

// FuzzSession lets a server say anything to a client: first to its handshake, then to its requests.
func FuzzSession(f *testing.F) {
	greeting := join(u64(magicGreeting), u64(magicOption), u16(flagFixedNewstyle|flagNoZeroes))
	reply := func(k optionReply, data []byte) []byte {
		return join(u64(magicOptionReply), u32(uint32(optGo)), u32(uint32(k)), u32(uint32(len(data))), data)
	}
	info := reply(repInfo, join(u16(infoExport), u64(1<<20), u16(0xff)))
	f.Add(join(greeting, info, reply(repInfo, join(u16(infoBlockSize), u32(1), u32(4096), u32(MaxRequest))), reply(repAck, nil)))
	f.Add(join(greeting, reply(repErrUnsup, nil), u64(1<<20), u16(3)))
	f.Add(join(greeting, reply(repErrUnknown, []byte("no"))))
	f.Add(join(u32(magicReply), u32(0), u64(1), fill('r', 100), u32(magicReply), u32(5), u64(2)))
	f.Fuzz(func(t *testing.T, said []byte) {
		if s, err := Connect(context.Background(), &tape{in: bytes.NewReader(said)}, "vol1"); err == nil {
			s.Close()
		}
		s, err := Connect(context.Background(), &tape{in: bytes.NewReader(join(greeting, info, reply(repAck, nil), said))}, "vol1")
		require.NoError(t, err)
		done := make(chan error, 3)
		count := 0
		for _, op := range []Op{Read, Write, Flush} {
			r := &Request{Op: op, Done: func(err error) { done <- err }}
			if op != Flush {
				r.Data = make([]byte, 100)
			}
			if s.Submit(r) == nil {
				count++
			}
		}
		for range count {
			<-done
		}
		s.Close()
	})
}

func TestAServerThatHangsUpInMidAnswer(t *testing.T) {
	near, far := net.Pipe()
	v := newVolume(t, VolumeSpec{})
	server := &Server{Clock: newWall(), Volumes: []*Volume{v}}
	cut := &cutAfter{Conn: far, left: 400}
	served := make(chan error, 1)
	go func() { served <- server.ServeConn(context.Background(), cut) }()
	s, err := Connect(context.Background(), near, "vol1")
	require.NoError(t, err)
	require.Error(t, s.Do(context.Background(), &Request{Op: Read, Data: make([]byte, 4096)}))
	require.Error(t, <-served)
	s.Close()
}

// cutAfter ends a connection after it has carried so many bytes.
type cutAfter struct {
	net.Conn
	left int
}

func (c *cutAfter) Write(b []byte) (int, error) {
	if len(b) > c.left {
		_, _ = c.Conn.Write(b[:c.left])
		_ = c.Conn.Close()
		return c.left, io.ErrClosedPipe
	}
	c.left -= len(b)
	return c.Conn.Write(b)
}
