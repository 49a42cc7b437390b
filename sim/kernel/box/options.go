package box

import (
	"os"
	"time"
)

// BoxOptions say what runs in a box.
type Options struct {
	// Args is the command line of the inside after the program's name, such as "inside". That command calls Enter
	// before anything else.
	Args []string
	// Env are variables on top of this process's own.
	Env []string
	// Stdout and Stderr of the inside; nil is the null device for Stdout and our own Stderr for Stderr, since that is
	// where a panic says why.
	Stdout, Stderr *os.File
	// Capsule is a kernel to be booted as the box, as package capsule builds it; empty: namespaces of this kernel.
	Capsule string
	// Memory is what a capsule's kernel believes to have, in octets; 0 is 1 GiB.
	Memory int64
	// Still is for how long a capsule's time may stand before it is ended; 0 is two minutes of real time.
	Still time.Duration
	// Users forces a user namespace of its own even where there are rights enough to do without.
	Users bool
}

// outside is what the inside is told of the world that it must have left.
type outside struct {
	Net, Mount, PID string // as /proc/thread-self/ns shows them: "net:[4026531840]"
}

// enterVerb begins the handshake on the bare connection: the outside sends it with its own namespaces, the inside
// answers with an End that says whether it could get ready. After that the connection is a Stream.
const enterVerb = "enter"
