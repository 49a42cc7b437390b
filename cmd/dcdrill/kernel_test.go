package main

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// kernelHere says whether this machine can hold a kernel world.
var kernelHere = sync.OnceValue(func() bool {
	b, err := box.Start(box.Options{Args: []string{"inside"}})
	if err != nil {
		return false
	}
	return b.Close() == nil
})

// needKernel leaves a test out where there can be no kernel world. On Linux there can: a machine that bars it fails the
// test, or nobody would notice that nothing was played on real packets any more.
func needKernel(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the kernel world is Linux's")
	}
	require.True(t, kernelHere(), "this Linux bars the kernel world: dcdrill doctor says why")
}

func TestCtrlCWhileThePlantIsBuiltIsNoErrorOfThisMachine(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	told := errors.New("context canceled") // as it comes over the stream: text
	assert.Equal(t, exitCannot, codeOf(ending(ctx, nil, told)))
	cancel()
	assert.Equal(t, exitInterrupted, codeOf(ending(ctx, nil, told)))
	assert.NoError(t, ending(ctx, nil, nil), "an inside that ended its log has said all")
}
