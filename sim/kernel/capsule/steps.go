package capsule

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// steps runs programs one after the other and says so.
type steps struct {
	say   io.Writer
	start time.Time
}

// lastLines is how much of a program's output is worth reading when it fails.
const lastLines = 15

// run runs a program in a folder. The error ends with the last lines that it printed.
func (s *steps) run(ctx context.Context, what, folder, program string, args ...string) error {
	if s.say != nil {
		fmt.Fprintf(s.say, "%6s  %s\n", time.Since(s.start).Round(time.Second), what)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "LC_ALL=C") // its messages are looked into, and quoted
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%s: %s: %w\n%s", what, program, err, last(out.String(), lastLines))
	}
	return nil
}

// last is the end of a text.
func last(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
