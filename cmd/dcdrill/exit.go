package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Exit codes, fixed for ever: scripts branch on them.
const (
	exitAsAsked      = sim.ExitAsAsked    // 0
	exitNotAsAsked   = sim.ExitNotAsAsked // 1: a workload did not survive, or an expectation failed
	exitWrong        = 2                  // the command line or a file is wrong
	exitCannot       = 3                  // this machine cannot
	exitInconclusive = sim.ExitInconclusive
	exitInterrupted  = sim.ExitInterrupted // as shells say it: 128 and SIGINT
)

// usageError is a command line that is wrong, or names something that is not there.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// found is a run that went to its end and has a finding other than "as asked". It was reported, so nothing more is said.
type found struct {
	code int
	text string
}

func (f found) Error() string { return f.text }

// outcome is what a reported run comes to; nil for "as asked".
func outcome(r *report.Report) error {
	if r.ExitCode == exitAsAsked {
		return nil
	}
	return found{r.ExitCode, string(r.Finding)}
}

// ended is a process in a node that ended with a code of its own.
type ended struct{ code int }

func (e ended) Error() string { return fmt.Sprintf("ended with exit code %d", e.code) }

// hinted is an error with what to do about it.
type hinted struct {
	error
	hint string
}

func (h *hinted) Unwrap() error { return h.error }

// exit says what went wrong, and what to do about it on a line of its own, and gives the exit code.
func (a *app) exit(err error) int {
	if err == nil {
		return exitAsAsked
	}
	var problems yamlfile.Problems
	switch {
	case quiet(err):
	case errors.As(err, &problems): // each begins with its own place, as editors and CI like it
		fmt.Fprintln(a.Stderr, err)
	default:
		fmt.Fprintf(a.Stderr, "dcdrill: %s\n", err)
		if hint := hintOf(err); hint != "" {
			fmt.Fprintf(a.Stderr, "hint: %s\n", hint)
		}
	}
	return codeOf(err)
}

// quiet says whether an error was already reported, or says itself.
func quiet(err error) bool {
	var f found
	var e ended
	return errors.As(err, &f) || errors.As(err, &e) || errors.Is(err, context.Canceled)
}

// codeOf maps errors to exit codes; it is the one place that does.
func codeOf(err error) int {
	var (
		reported    found
		process     ended
		wrong       *usageError
		problems    yamlfile.Problems
		later       *scenarios.Later
		unavailable *box.Unavailable
		fallen      *box.Fallen
	)
	switch {
	case errors.As(err, &reported):
		return reported.code
	case errors.As(err, &process):
		return process.code
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &wrong), errors.As(err, &problems), errors.Is(err, sim.ErrVersion):
		return exitWrong
	case errors.As(err, &fallen) && !errors.As(err, &unavailable):
		return exitInconclusive
	case errors.As(err, &later), errors.As(err, &unavailable), errors.Is(err, sim.ErrUnsupported):
		return exitCannot
	}
	// What nobody foresaw is this machine's doing: a full disk, a killed process, a kernel that says no.
	return exitCannot
}

func hintOf(err error) string {
	var (
		h           *hinted
		unavailable *box.Unavailable
	)
	switch {
	case errors.As(err, &h):
		return h.hint
	case errors.As(err, &unavailable):
		return unavailable.Remedy
	}
	return ""
}
