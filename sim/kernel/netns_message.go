package kernel

import (
	"encoding/binary"
)

// message writes netlink messages, one after another into one buffer: hundreds of links are a handful of system calls
// that way, which no library offers.
type message struct {
	buf   []byte
	start int // of the message being written
}

const (
	nlmHeaderLen   = 16
	nlaFNested     = 0x8000
	attributeAlign = 4
)

// begin starts a message; its length is filled in by end.
func (m *message) begin(kind uint16, flags uint16, seq uint32) {
	m.start = len(m.buf)
	m.buf = binary.NativeEndian.AppendUint32(m.buf, 0)
	m.buf = binary.NativeEndian.AppendUint16(m.buf, kind)
	m.buf = binary.NativeEndian.AppendUint16(m.buf, flags)
	m.buf = binary.NativeEndian.AppendUint32(m.buf, seq)
	m.buf = binary.NativeEndian.AppendUint32(m.buf, 0)
}

func (m *message) end() {
	binary.NativeEndian.PutUint32(m.buf[m.start:], uint32(len(m.buf)-m.start))
}

// raw appends a fixed header, such as an ifinfomsg.
func (m *message) raw(b ...byte) { m.buf = append(m.buf, b...) }

func (m *message) bytes(kind uint16, value []byte) {
	m.buf = binary.NativeEndian.AppendUint16(m.buf, uint16(4+len(value)))
	m.buf = binary.NativeEndian.AppendUint16(m.buf, kind)
	m.buf = append(m.buf, value...)
	for len(m.buf)%attributeAlign != 0 {
		m.buf = append(m.buf, 0)
	}
}

func (m *message) text(kind uint16, s string) { m.bytes(kind, append([]byte(s), 0)) }

func (m *message) u8(kind uint16, v uint8) { m.bytes(kind, []byte{v}) }

func (m *message) u32(kind uint16, v uint32) {
	m.bytes(kind, binary.NativeEndian.AppendUint32(nil, v))
}

// be32 writes in network order, as netfilter wants its numbers.
func (m *message) be32(kind uint16, v uint32) {
	m.bytes(kind, binary.BigEndian.AppendUint32(nil, v))
}

// nest writes an attribute that holds what f writes.
func (m *message) nest(kind uint16, f func()) {
	at := len(m.buf)
	m.buf = append(m.buf, 0, 0, 0, 0)
	f()
	binary.NativeEndian.PutUint16(m.buf[at:], uint16(len(m.buf)-at))
	binary.NativeEndian.PutUint16(m.buf[at+2:], kind|nlaFNested)
}

// attributes splits what the kernel sent into its attributes by kind; the last of a kind wins.
func attributes(b []byte) map[uint16][]byte {
	found := map[uint16][]byte{}
	eachAttribute(b, func(kind uint16, value []byte) { found[kind] = value })
	return found
}

func eachAttribute(b []byte, each func(kind uint16, value []byte)) {
	for len(b) >= 4 {
		size := int(binary.NativeEndian.Uint16(b))
		if size < 4 || size > len(b) {
			return
		}
		each(binary.NativeEndian.Uint16(b[2:])&^nlaFNested, b[4:size])
		b = b[min(len(b), (size+attributeAlign-1)/attributeAlign*attributeAlign):]
	}
}

func native16(b []byte, v uint16) { binary.NativeEndian.PutUint16(b, v) }

func nativeU16(b []byte) uint16 { return binary.NativeEndian.Uint16(b) }
func nativeU32(b []byte) uint32 { return binary.NativeEndian.Uint32(b) }
func nativeU64(b []byte) uint64 { return binary.NativeEndian.Uint64(b) }
