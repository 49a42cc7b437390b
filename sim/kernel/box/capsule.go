package box

import (
	"fmt"
	"strings"
)

// Fallen says that a capsule ended before it had said all: its kernel panicked, it ran out of memory, or it was ended
// because its time stood still. What it had told until then proves nothing. Commands end with exit code 4 on it.
type Fallen struct {
	What    string   // "the capsule's time has stood still for 2m0s"
	Console []string // the last lines of its console
}

// Error is what happened, with what the console says of it.
func (f *Fallen) Error() string {
	if len(f.Console) == 0 {
		return f.What
	}
	return fmt.Sprintf("%s; its console ends with\n  %s", f.What, strings.Join(f.Console, "\n  "))
}

// launch is what the inside is told in a capsule, whose kernel passes no command line of any length on.
type launch struct {
	Args, Env []string
	Dir       string
}
