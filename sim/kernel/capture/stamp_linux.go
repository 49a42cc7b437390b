package capture

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// StampIn finds the time at which a packet came among the control messages of a socket that has SO_TIMESTAMPNS.
func StampIn(oob []byte) (time.Time, bool) {
	const size = int(unsafe.Sizeof(unix.Timespec{}))
	for len(oob) >= unix.CmsgLen(0) {
		head, data, rest, err := unix.ParseOneSocketControlMessage(oob)
		if err != nil {
			break
		}
		if head.Level == unix.SOL_SOCKET && head.Type == unix.SCM_TIMESTAMPNS && len(data) >= size {
			t := (*unix.Timespec)(unsafe.Pointer(&data[0]))
			return time.Unix(t.Unix()), true
		}
		oob = rest
	}
	return time.Time{}, false
}
