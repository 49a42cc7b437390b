package kernel_test

import (
	"os"
	"testing"

	"github.com/dcdrill/dcdrill/sim/kernel"
)

// TestMain gives the tests of this package a box of their own.
func TestMain(m *testing.M) { os.Exit(kernel.Boxed(m.Run)) }
