package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
)

func TestInterviewAsksFiveQuestionsAndAgainWhatMakesNoSense(t *testing.T) {
	var out, errs bytes.Buffer
	a := &app{Stdin: strings.NewReader("houston\n3\n2\n\nno\nreboot: core1\n"), Stdout: &out, Stderr: &errs}
	var c cobra.Command
	var s scenarios.Sketch
	sketchFlags(&c, &s)
	require.NoError(t, a.interview(&c, &s))
	assert.Equal(t, scenarios.Sketch{Name: "houston", Cores: 2, Hosts: 4, Storage: "no", Fault: "reboot: core1"}, s)
	assert.Equal(t, 6, strings.Count(errs.String(), "?"), "five questions, one of them twice")
	assert.Contains(t, errs.String(), "3 cores")
	assert.Empty(t, out.String())
}
