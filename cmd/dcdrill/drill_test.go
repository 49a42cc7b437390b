package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
)

// heldDrill is a drill that the program holds, and its facilitator.
type heldDrill struct {
	t      *testing.T
	pages  string
	cancel func()
	code   chan int
	errs   *strings.Builder
}

// holdADrill starts the program and waits for its pages.
func holdADrill(t *testing.T, args ...string) *heldDrill {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, tell := io.Pipe()
	h := &heldDrill{t: t, cancel: cancel, code: make(chan int, 1), errs: &strings.Builder{}}
	a := &app{Stdin: strings.NewReader(""), Stdout: tell, Stderr: h.errs, Getenv: func(string) string { return "" }}
	go func() {
		h.code <- a.main(ctx, append([]string{"drill"}, args...))
		_ = tell.Close()
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Ctrl-C") {
		if _, address, ok := strings.Cut(lines.Text(), "facilitator  "); ok {
			h.pages = address
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if h.pages == "" {
		require.Fail(t, "no drill", "exit code %d: %s", <-h.code, h.errs)
	}
	return h
}

// command gives a command as the facilitator's page does.
func (h *heldDrill) command(verb string, args map[string]string) (status int, said string) {
	h.t.Helper()
	body, err := json.Marshal(drill.Command{By: "facilitator", Verb: verb, Args: args})
	require.NoError(h.t, err)
	answer, err := http.Post(h.pages+"do", "application/json", bytes.NewReader(body))
	require.NoError(h.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(h.t, err)
	return answer.StatusCode, string(text)
}

func (h *heldDrill) must(verb string, args map[string]string) {
	h.t.Helper()
	status, said := h.command(verb, args)
	require.Equal(h.t, http.StatusNoContent, status, said)
}

// until waits for what the facilitator is shown.
func (h *heldDrill) until(what string, so func(drill.View) bool) {
	h.t.Helper()
	ctx, stop := context.WithTimeout(h.t.Context(), scriptPatience)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.pages+"events?as=facilitator", nil)
	require.NoError(h.t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(h.t, err)
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text, data := strings.CutPrefix(lines.Text(), "data: ")
		var v drill.View
		if !data {
			continue
		}
		require.NoError(h.t, json.Unmarshal([]byte(text), &v))
		if so(v) {
			return
		}
	}
	require.Fail(h.t, "it never was so: "+what, "%v", lines.Err())
}

// jump has time go to a moment, and waits until it stands there.
func (h *heldDrill) jump(to time.Duration) {
	h.t.Helper()
	h.must("jump", map[string]string{"to": to.String()})
	h.until("time stands at "+to.String(), func(v drill.View) bool {
		return time.Duration(v.Clock.At) >= to && !v.Clock.Settling
	})
}

// end is Ctrl-C.
func (h *heldDrill) end() {
	h.t.Helper()
	h.cancel()
	require.Equal(h.t, exitAsAsked, <-h.code, h.errs)
}

func TestKernelDrillIsHeldOnRealPackets(t *testing.T) {
	needKernel(t)
	folder := t.TempDir()
	h := holdADrill(t, "one-optic", "--world", "kernel", "-o", folder)
	h.must("startex", nil)
	h.must("pause", nil)
	status, said := h.command("run", map[string]string{"speed": "60"})
	assert.Equal(t, http.StatusUnprocessableEntity, status, "packets cannot be hurried")
	assert.Contains(t, said, "at most 1")
	h.jump(20 * time.Minute)
	h.must("do", map[string]string{"what": "look", "target": "stor-a"})
	h.must("do", map[string]string{"what": "replace", "target": "core1:Ethernet1/1", "by": "network"})
	h.jump(time.Hour)
	h.end()

	log := readLogOf(t, folder)
	assert.Equal(t, "kernel", log.Header().World)
	assert.Equal(t, []string{"core1:Ethernet1/1: dead optic", "stor-a: up"}, foundIn(log))
	assert.NotZero(t, carriers(log, "core1:Ethernet1/1", false), "the kernel has lost its carrier, really")
	assert.NotZero(t, carriers(log, "core1:Ethernet1/1", true), "and has it back through what the table did")
	for _, name := range []string{"after-action.md", "after-action.html"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		assert.Contains(t, string(text), "stor-a: up")
	}

	again := holdADrill(t, "one-optic", "--world", "kernel", "-o", t.TempDir(), "--resume", filepath.Join(folder, "log.jsonl"))
	again.until("it stands where it was left", func(v drill.View) bool {
		return len(v.Work) == 2 && v.Work[0].Found == "core1:Ethernet1/1: dead optic" && v.Phase == drill.Paused && !v.Clock.Settling
	})
	again.end()
}

func TestADrillIsGoneOnWithInItsOwnWorld(t *testing.T) {
	folder := t.TempDir()
	h := holdADrill(t, "one-optic", "-o", folder)
	h.must("startex", nil)
	h.end()
	a := &app{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: h.errs, Getenv: func(string) string { return "" }}
	log := filepath.Join(folder, "log.jsonl")
	assert.Equal(t, exitWrong, a.main(t.Context(), []string{"drill", "one-optic", "--world", "kernel", "--resume", log}))
	assert.Contains(t, h.errs.String(), "held in the model world")
	assert.Equal(t, exitWrong, a.main(t.Context(), []string{"drill", "night-shift", "--resume", log}))
	assert.Contains(t, h.errs.String(), "is the log of one-optic")
}

func TestADrillIsReportedAndPlayedAgainFromItsLogAlone(t *testing.T) {
	folder := t.TempDir()
	h := holdADrill(t, "sconet-2023", "-o", folder)
	h.must("startex", nil)
	h.must("pause", nil)
	h.must("finding", map[string]string{"objective": "part", "text": "No spare", "remedy": "spares-on-hand"})
	h.end()
	run := func(args ...string) (code int, out string) {
		var said, errs strings.Builder
		a := &app{Stdin: strings.NewReader(""), Stdout: &said, Stderr: &errs, Getenv: func(string) string { return "" }}
		return a.main(t.Context(), args), said.String() + errs.String()
	}
	log := filepath.Join(folder, "log.jsonl")
	page := filepath.Join(folder, "again.html")
	_, out := run("report", log, "--format", "after-action="+page)
	assert.Empty(t, out)
	again, err := os.ReadFile(page)
	require.NoError(t, err)
	first, err := os.ReadFile(filepath.Join(folder, "after-action.html"))
	require.NoError(t, err)
	assert.Equal(t, string(first), string(again))

	code, out := run("drill", "rerun", log)
	assert.Equal(t, exitAsAsked, code)
	assert.Regexp(t, `spares-on-hand +1h23m +1h26m +6h2m .* 4h `, out)
	code, out = run("drill", "rerun", log, "--world", "capsule")
	assert.Equal(t, exitWrong, code)
	assert.Contains(t, out, "it can be model or kernel")
}

func TestALogWithoutFindingsHasNothingToPlayAgain(t *testing.T) {
	folder := t.TempDir()
	h := holdADrill(t, "one-optic", "-o", folder)
	h.end()
	var errs strings.Builder
	a := &app{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &errs, Getenv: func(string) string { return "" }}
	assert.Equal(t, exitWrong, a.main(t.Context(), []string{"drill", "rerun", filepath.Join(folder, "log.jsonl")}))
	assert.Contains(t, errs.String(), "no finding of one-optic has a remedy to play")
}

func readLogOf(t *testing.T, folder string) *sim.Log {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, "log.jsonl"))
	require.NoError(t, err)
	defer file.Close()
	log, cut, err := sim.ReadLog(file)
	require.NoError(t, err)
	require.False(t, cut)
	return log
}

// foundIn lists what work has found.
func foundIn(log *sim.Log) (all []string) {
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.WorkData); ok && d.Done {
			all = append(all, d.Found)
		}
	}
	return all
}

// carriers counts how often a port's carrier came or went.
func carriers(log *sim.Log, port string, up bool) (n int) {
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.CarrierData); ok && e.Subject == port && d.Up == up {
			n++
		}
	}
	return n
}
