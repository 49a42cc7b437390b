package blockdev

import "sync"

// Sizes of buffers that are used again: one for blocks, one for the largest requests that most clients send.
const smallBuffer, largeBuffer = 16 << 10, 1 << 20

var smallBuffers = sync.Pool{New: func() any { return new([smallBuffer]byte) }}
var largeBuffers = sync.Pool{New: func() any { return new([largeBuffer]byte) }}

// takeBuffer gives a buffer whose bytes are anything.
func takeBuffer(length int) []byte {
	switch {
	case length <= smallBuffer:
		return smallBuffers.Get().(*[smallBuffer]byte)[:length]
	case length <= largeBuffer:
		return largeBuffers.Get().(*[largeBuffer]byte)[:length]
	}
	return make([]byte, length)
}

// giveBuffer takes one back.
func giveBuffer(b []byte) {
	switch cap(b) {
	case smallBuffer:
		smallBuffers.Put((*[smallBuffer]byte)(b[:smallBuffer]))
	case largeBuffer:
		largeBuffers.Put((*[largeBuffer]byte)(b[:largeBuffer]))
	}
}
