package kernel

import (
	"os"
	"testing"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// roleEnv says what a copy of this test binary is to be, if not a run of the tests.
const roleEnv = "DCDRILL_TEST_ROLE"

// TestMain gives the tests of this package a box of their own.
func TestMain(m *testing.M) {
	role := os.Getenv(roleEnv)
	os.Unsetenv(roleEnv)
	switch role {
	case "arena":
		os.Exit(beArena())
	case "outside":
		os.Exit(beOutside())
	case "inside":
		os.Exit(beInside())
	}
	os.Exit(box.Run(m.Run))
}
