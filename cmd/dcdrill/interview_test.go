package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
)

func TestInterviewAsksFiveQuestionsAndAgainWhatMakesNoSense(t *testing.T) {
	var out, errs bytes.Buffer
	a := &app{Stdin: strings.NewReader("houston\n3\ntwo\n2\n\nno\nrebot: core1\nreboot: core1\n"), Stdout: &out, Stderr: &errs}
	var c cobra.Command
	c.SetContext(t.Context())
	var s scenarios.Sketch
	sketchFlags(&c, &s)
	require.NoError(t, a.interview(&c, &s))
	assert.Equal(t, scenarios.Sketch{Name: "houston", Cores: 2, Hosts: 4, Storage: "no", Fault: "reboot: core1"}, s)
	assert.Equal(t, 8+1, strings.Count(errs.String(), "?"), "five questions, one of them twice, one thrice; one more mark in a hint")
	assert.Contains(t, errs.String(), "3 cores")
	assert.Contains(t, errs.String(), `want a whole number, this is "two"`)
	assert.Contains(t, errs.String(), `did you mean "reboot"?`)
	assert.Empty(t, out.String())
}

func TestInterviewEndsWithCtrlC(t *testing.T) {
	in, silent := io.Pipe() // somebody who does not answer
	defer silent.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := &app{Stdin: in, Stdout: io.Discard, Stderr: io.Discard}
	var c cobra.Command
	c.SetContext(ctx)
	var s scenarios.Sketch
	sketchFlags(&c, &s)
	assert.Equal(t, exitInterrupted, codeOf(a.interview(&c, &s)))
}
