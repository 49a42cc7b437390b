package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write the expected outputs of the scripts anew")

// roles are what this test binary can be instead of a run of the tests, by its first argument.
var roles = map[string]func(){"inside": main}

// TestMain lets this test binary stand in for the program: for the scripts, and as the inside of a box.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && roles[os.Args[1]] != nil {
		roles[os.Args[1]]()
	}
	testscript.Main(m, map[string]func(){"dcdrill": main})
}

// TestScripts runs every command line in testdata/script, with its exit code and what it prints.
//
//	exits 2 dcdrill run nowhere.yaml
//	stderr 'no such file'
//
// Conditions: [kernel] where a kernel world can be had, [root] for root.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:             "testdata/script",
		UpdateScripts:   *update,
		ContinueOnError: true,
		Setup: func(env *testscript.Env) error {
			// A name that no other run of this user has, so that these can be told apart.
			root, err := filepath.Abs("../..")
			env.Setenv("ROOT", root)
			env.Setenv("PLANT", fmt.Sprintf("plant-%d", os.Getpid()))
			return err
		},
		Condition: func(word string) (bool, error) {
			switch word {
			case "kernel":
				return runtime.GOOS == "linux", nil // a Linux that bars it fails
			case "root":
				return os.Geteuid() == 0, nil
			case "nokernel":
				return runtime.GOOS != "linux", nil
			}
			return false, fmt.Errorf("no condition %q", word)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "measured": measuredScript, "cut": cut, "standing": standing, "captured": captured},
	})
}

// cut takes the last bytes off a file, as a run that is killed does to its log.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cut FILE BYTES")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text[:len(text)-n]), 0o600))
}

// exits runs a command and wants an exact exit code of it, where "!" would take any that is not 0.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARG...")
	}
	if got := exitOf(ts, args[1:]); fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit code %d, want %s\n%s%s", got, args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// exitOf runs a command to its end.
func exitOf(ts *testscript.TestScript, args []string) int {
	err := ts.Exec(args[0], args[1:]...)
	if err == nil {
		return exitAsAsked
	}
	code, ok := err.(interface{ ExitCode() int })
	if !ok {
		ts.Fatalf("%s: %v", args[0], err)
	}
	return code.ExitCode()
}
