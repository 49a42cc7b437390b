package main

import (
	"bytes"
	"context"
	"regexp"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// busyTries is how often a run is made anew that could not measure. Chosen.
const busyTries = 4

// tooBusy is what a run or a verify says that could not measure because the machine had other things to do.
var tooBusy = regexp.MustCompile(`this machine was too busy to measure`)

// played is what a command line in this process ended with and printed.
type played struct {
	code      int
	out, errs string
}

// command runs a command line in this process.
func command(ctx context.Context, args ...string) played {
	var out, errs bytes.Buffer
	a := &app{Stdin: new(bytes.Buffer), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
	code := a.main(ctx, args)
	return played{code, out.String(), errs.String()}
}

// measured makes a run anew while it says of itself that the machine was too busy to measure: that is no result. Any
// other end is one, and stands.
func measured(t interface{ Logf(string, ...any) }, run func() played) played {
	p := run()
	for try := 1; try < busyTries && p.code == exitInconclusive && tooBusy.MatchString(p.out+p.errs); try++ {
		t.Logf("try %d could not measure: %s", try, tooBusy.FindString(p.out+p.errs))
		p = run()
	}
	return p
}

// measuredScript is measured for scripts: `measured dcdrill run NAME` wants exit code 0.
func measuredScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: measured COMMAND ARG...")
	}
	p := measured(ts, func() played {
		code := exitOf(ts, args)
		return played{code, ts.ReadFile("stdout"), ts.ReadFile("stderr")}
	})
	if p.code != exitAsAsked {
		ts.Fatalf("exit code %d\n%s%s", p.code, p.out, p.errs)
	}
}

// asAsked runs a command line in this process and wants exit code 0 of it.
func asAsked(t *testing.T, args ...string) {
	t.Helper()
	p := measured(t, func() played { return command(t.Context(), args...) })
	require.Zero(t, p.code, "%v\n%s\n%s", args, p.out, p.errs)
}

// Only what says that it could not measure is made anew.
func TestWhatWasMeasuredStands(t *testing.T) {
	for name, c := range map[string]struct {
		ends []played
		want played
		runs int
	}{
		"as asked":         {[]played{{code: exitAsAsked}}, played{code: exitAsAsked}, 1},
		"failed":           {[]played{{code: exitNotAsAsked}}, played{code: exitNotAsAsked}, 1},
		"without proof":    {[]played{{code: exitInconclusive}}, played{code: exitInconclusive}, 1},
		"busy, then not":   {[]played{busy, {code: exitNotAsAsked}}, played{code: exitNotAsAsked}, 2},
		"busy all along":   {[]played{busy}, busy, busyTries},
		"busy, yet failed": {[]played{{code: exitNotAsAsked, out: busy.out}}, played{code: exitNotAsAsked, out: busy.out}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			runs := 0
			got := measured(t, func() played {
				runs++
				return c.ends[min(runs, len(c.ends))-1]
			})
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.runs, runs)
		})
	}
}

var busy = played{code: exitInconclusive, out: "this machine was too busy to measure: 1 conversation sent late, by up to 2s"}
