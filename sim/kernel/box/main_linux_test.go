package box

import (
	"os"
	"testing"
)

// roleEnv says what a copy of this test binary is to be, if not a run of the tests.
const roleEnv = "DCDRILL_TEST_ROLE"

// TestMain gives the tests of this package a box of their own.
func TestMain(m *testing.M) {
	if InCapsule() || os.Getenv(keepEnv) != "" {
		os.Exit(beInCapsule())
	}
	role := os.Getenv(roleEnv)
	os.Unsetenv(roleEnv)
	switch role {
	case "limited":
		os.Exit(beLimited())
	case "idle":
		os.Exit(beIdle())
	case "dead":
		os.Exit(7)
	case "capsuled":
		os.Exit(beCapsuled())
	}
	os.Exit(Run(m.Run))
}

// beIdle enters a box and leaves it again.
func beIdle() int {
	if _, err := Enter(); err != nil {
		return 3
	}
	return 0
}
