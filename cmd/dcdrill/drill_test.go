package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
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

// heldDrill is a drill that the program holds, and somebody who sits there: in a tabletop its facilitator.
type heldDrill struct {
	t      *testing.T
	client *http.Client
	pages  string
	links  map[string]string // of all seats, by title
	cancel func()
	code   chan int
	errs   *strings.Builder
}

// holdADrill starts the program and waits for its pages.
func holdADrill(t *testing.T, args ...string) *heldDrill {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, tell := io.Pipe()
	h := &heldDrill{t: t, client: http.DefaultClient, links: map[string]string{}, cancel: cancel, code: make(chan int, 1), errs: &strings.Builder{}}
	a := &app{Stdin: strings.NewReader(""), Stdout: tell, Stderr: h.errs, Getenv: func(string) string { return "" }}
	go func() {
		h.code <- a.main(ctx, append([]string{"drill"}, args...))
		_ = tell.Close()
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Ctrl-C") {
		if title, link, ok := strings.Cut(lines.Text(), "  http"); ok {
			h.links[strings.TrimSpace(title)] = "http" + strings.TrimSpace(link)
		}
	}
	h.pages = h.links["facilitator"]
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if h.pages == "" {
		require.Fail(t, "no drill", "exit code %d: %s", <-h.code, h.errs)
	}
	return h
}

// sit opens the link of a seat in a functional drill, as a browser does.
func (h *heldDrill) sit(title string) *heldDrill {
	h.t.Helper()
	address, token, _ := strings.Cut(h.links[title], "/#")
	jar, err := cookiejar.New(nil)
	require.NoError(h.t, err)
	seat := *h
	seat.client = &http.Client{Jar: jar}
	answer, err := seat.client.Post(address+"/join", "application/json", strings.NewReader(`{"token":"`+token+`"}`))
	require.NoError(h.t, err)
	defer answer.Body.Close()
	require.Equal(h.t, http.StatusOK, answer.StatusCode)
	var in struct{ Home string }
	require.NoError(h.t, json.NewDecoder(answer.Body).Decode(&in))
	seat.pages = address + in.Home
	return &seat
}

// command gives a command as a page does.
func (h *heldDrill) command(verb string, args map[string]string) (status int, said string) {
	h.t.Helper()
	body, err := json.Marshal(drill.Command{Verb: verb, Args: args})
	require.NoError(h.t, err)
	answer, err := h.client.Post(h.pages+"do", "application/json", bytes.NewReader(body))
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

// until waits for what the page shows.
func (h *heldDrill) until(what string, so func(drill.View) bool) {
	h.t.Helper()
	ctx, stop := context.WithTimeout(h.t.Context(), scriptPatience)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.pages+"events", nil)
	require.NoError(h.t, err)
	answer, err := h.client.Do(r)
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

// TestKernelDrillMonitoringGoesBlindOnRealPackets: a role takes the network from the hosts that monitoring runs on, and its
// own page says that there is no data from elsewhere.
func TestKernelDrillMonitoringGoesBlindOnRealPackets(t *testing.T) {
	needKernel(t)
	folder := t.TempDir()
	scenario := filepath.Join(folder, "blind.yaml")
	require.NoError(t, os.WriteFile(scenario, []byte(`
topology: two-core-vms
timeline: {later: {at: 2h, reboot: core1}}
drill:
  monitoring: directory
  objectives: {see: Knows what it does not see}
  roles: {network: Network}
`), 0o600))
	h := holdADrill(t, scenario, "--format", "functional", "--world", "kernel", "-o", filepath.Join(folder, "out"))
	f, network := h.sit("facilitator"), h.sit("Network")
	f.must("startex", nil)
	network.must("do", map[string]string{"what": "shut", "target": "hv1:vmnic0, hv1:vmnic1, hv2:vmnic0, hv2:vmnic1"})
	f.must("pause", nil)
	f.jump(10 * time.Minute)
	network.until("monitoring has no data from the other hosts", func(v drill.View) bool {
		for _, l := range v.Monitoring {
			if l.Workload == "linux" {
				return l.Of == 8 && l.Served == 8 && l.Unseen == 4 && l.Since != nil && time.Duration(*l.Since) >= 8*time.Minute
			}
		}
		return false
	})
	status, said := network.command("startex", nil)
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Contains(t, said, "not for you to do")
	h.end()
	log := readLogOf(t, filepath.Join(folder, "out"))
	assert.NotZero(t, carriers(log, "hv1:vmnic0", false), "the kernel has lost its carrier, really")
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
