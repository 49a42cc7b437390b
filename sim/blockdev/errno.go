package blockdev

import (
	"errors"
	"fmt"
)

// Errno is an error of the NBD protocol, as a reply carries it (doc/proto.md, "Error values").
type Errno uint32

// The errors that the protocol knows and that are sent here. Shutdown is also what a session gets that was fenced: it is
// over, and the protocol has the client leave.
const (
	EPERM     Errno = 1
	EIO       Errno = 5
	EINVAL    Errno = 22
	ENOSPC    Errno = 28
	ESHUTDOWN Errno = 108
)

var errnoTexts = map[Errno]string{
	EPERM: "operation not permitted", EIO: "input/output error", EINVAL: "invalid argument",
	ENOSPC: "no space left on device", ESHUTDOWN: "server or session is shut down",
}

// Error is the error as people read it.
func (e Errno) Error() string {
	if text, ok := errnoTexts[e]; ok {
		return text
	}
	return fmt.Sprintf("NBD error %d", uint32(e))
}

// Reasons why a session or an initiator does not do as it is told.
var (
	// ErrFenced: a newer generation of the same initiator has taken this session's place.
	ErrFenced = fmt.Errorf("session is fenced: %w", ESHUTDOWN)
	// ErrUnknownExport: the server has no such export.
	ErrUnknownExport = errors.New("export is unknown")
	// ErrRefused: the server knows the export and does not let this client use it.
	ErrRefused = errors.New("export is refused")
	// ErrProtocol: the other side broke the protocol.
	ErrProtocol = errors.New("protocol violated")
	// ErrDeadline: the answer did not come in time. Whether the request was carried out is not known.
	ErrDeadline = errors.New("deadline passed")
	// ErrNoPath: no path is left, and the policy is not to wait for one. A write that fails so may have been carried out.
	ErrNoPath = errors.New("no path is left")
	// ErrClosed: the session or the initiator was closed.
	ErrClosed = errors.New("closed")
)

// errnoOf is what a server answers for an error.
func errnoOf(err error) Errno {
	var e Errno
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e
	}
	return EIO
}
