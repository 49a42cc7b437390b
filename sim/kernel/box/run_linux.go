package box

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// boxedEnv tells a program that it is the inside of its own Run.
const boxedEnv = "DCDRILL_BOXED"

// Run runs this whole program once more inside a box and gives back its exit code; there, it runs f. It is for test
// binaries, whose tests then have a kernel of their own whoever runs them, and leave nothing behind:
//
//	func TestMain(m *testing.M) { os.Exit(box.Run(m.Run)) }
func Run(f func() int) int {
	if os.Getenv(boxedEnv) != "" {
		os.Unsetenv(boxedEnv)
		if _, err := enter(); err != nil {
			fmt.Fprintln(os.Stderr, "box:", err)
			return 3
		}
		return f()
	}
	b, err := Start(Options{Args: os.Args[1:], Env: []string{boxedEnv + "=1"}, Stdout: os.Stdout})
	if err != nil {
		complain(err)
		return 3
	}
	<-b.Done()
	return ExitCode(b.cmd.ProcessState)
}

// complain says what is wrong and what helps.
func complain(err error) {
	fmt.Fprintln(os.Stderr, "box:", err)
	var u *Unavailable
	if errors.As(err, &u) {
		fmt.Fprintln(os.Stderr, "hint:", u.Remedy)
	}
}

// ExitCode is the shell's: 128 and the signal for a process that one ended.
func ExitCode(ended *os.ProcessState) int {
	if status := ended.Sys().(syscall.WaitStatus); status.Signaled() {
		return 128 + int(status.Signal())
	}
	return ended.ExitCode()
}
