package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
)

// needBird leaves a test out, and says so, where BIRD is not installed. Continuous integration installs it.
func needBird(t *testing.T) {
	t.Helper()
	for _, path := range []string{"bird", "/usr/sbin/bird"} {
		if _, err := exec.LookPath(path); err == nil {
			return
		}
	}
	if runtime.GOOS == "linux" && os.Getenv("CI") == "true" {
		t.Fatal("bird is not installed: .ci/daemons does that")
	}
	t.Skip("NOT TESTED: bird is not installed here; sudo apt install bird2")
}

// needDaemonsOf is needBird for a built-in scenario that runs daemons; they all run that one.
func needDaemonsOf(t *testing.T, name string) {
	t.Helper()
	if sc, err := scenarios.Load(name, scenarios.Options{}); err == nil && sc.Plant.RunsDaemons() {
		needBird(t)
	}
}

// playedLog plays a scenario in a world, wants an exit code, and gives its log.
func playedLog(t *testing.T, code int, args ...string) (*sim.Log, played) {
	t.Helper()
	out := t.TempDir()
	p := measured(t, func() played { return command(t.Context(), append(args, "--out", out)...) })
	require.Equal(t, code, p.code, "%s%s", p.out, p.errs)
	f, err := os.Open(filepath.Join(out, "log.jsonl"))
	require.NoError(t, err)
	defer f.Close()
	log, _, err := sim.ReadLog(f)
	require.NoError(t, err)
	return log, p
}

// said is all that became of a node's daemons, a line each: "bird started", "bird said: ...".
func said(log *sim.Log, node string) string {
	var b strings.Builder
	for _, e := range log.Events() {
		if d, ok := e.Data.(sim.DaemonData); ok && e.Subject == node {
			b.WriteString(strings.TrimSuffix(d.Name+" "+string(d.State)+": "+d.Text, ": ") + "\n")
		}
	}
	return b.String()
}

// TestCapsuleExpiresHoldTimers plays real BIRD in virtual time: silence costs the hold time, a lost carrier and BFD nothing
// to speak of, and all of it is as the law of the model says.
func TestCapsuleExpiresHoldTimers(t *testing.T) {
	needCapsule(t)
	needBird(t)
	for _, variant := range []string{"", "carrier-lost", "bfd"} {
		t.Run(variant, func(t *testing.T) {
			log, _ := playedLog(t, exitAsAsked, "run", "bgp-hold-timer", "--world", "capsule", "--variant", variant)
			told := said(log, "left")
			assert.Contains(t, told, "bird started")
			assert.Equal(t, variant == "", strings.Contains(told, "right: Error: Hold timer expired"), told)
			assert.NotContains(t, told, "ended")
			asAsked(t, "verify", "bgp-hold-timer", "--world", "capsule", "--variant", variant)
		})
	}
}

func TestKernelRunsDaemonsInRealTime(t *testing.T) {
	needKernel(t)
	needBird(t)
	log, p := playedLog(t, exitAsAsked, "run", "bgp-hold-timer", "--world", "kernel", "--variant", "carrier-lost")
	assert.Contains(t, p.errs, "daemons count real time")
	assert.Contains(t, said(log, "left"), "right: State changed to up")
	for _, e := range log.Events() {
		_, jumped := e.Data.(sim.JumpData)
		assert.False(t, jumped, "a jump takes nothing from a daemon's timers")
	}
}

// withBird is a plant of two sites whose only way is by routers that run BIRD; the placeholder is for what the model is told.
const withBird = `
topology:
  name: in-a-row
  networks:
    a-lan: {subnet: 10.1.0.0/24, gateway: a}
    b-lan: {subnet: 10.2.0.0/24, gateway: b}
    link:  {subnet: 10.0.0.0/31}
  topology:
    nodes:
      a: {kind: router, boot: {os: 30s}, daemons: {bird: a.conf}}
      b: {kind: router, boot: {os: 30s}, daemons: {bird: b.conf}}
      pc1: {kind: host, ports: {eth0: {to: a, networks: [a-lan]}}}
      pc2: {kind: host, ports: {eth0: {to: b, networks: [b-lan]}}}
    links: {link: {endpoints: [a, b], networks: [link]}}
  ROUTING
  workloads: {between: {kind: reach, from: pc1, to: pc2, interval: 500ms}}
timeline:
  boot: {at: 1s, reboot: a}
expect:
  gone: {between: {outages: 1, outage: "between 30s, 165s"}}
`

const birdConfig = `log stderr all;
router id IP;
protocol device {}
protocol direct { ipv4; }
protocol kernel { ipv4 { export where source = RTS_BGP; }; }
protocol bgp there { local as 65001; neighbor PEER as 65001; hold time 90; error wait time 10, 20; debug { states };
  ipv4 { import all; export all; next hop self; }; }
`

// birdsInARow writes that plant and gives its scenario.
func birdsInARow(t *testing.T, routing string) string {
	t.Helper()
	dir := t.TempDir()
	config := func(ip, peer string) string { return strings.NewReplacer("IP", ip, "PEER", peer).Replace(birdConfig) }
	for name, text := range map[string]string{
		"row.yaml": strings.Replace(withBird, "ROUTING", routing, 1),
		"a.conf":   config("10.0.0.0", "10.0.0.1"), "b.conf": config("10.0.0.1", "10.0.0.0"),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return filepath.Join(dir, "row.yaml")
}

// TestCapsuleRebootsARouterWithItsDaemons: BIRD goes with the power, and its routes with it; it begins anew in service.
func TestCapsuleRebootsARouterWithItsDaemons(t *testing.T) {
	needCapsule(t)
	needBird(t)
	file := birdsInARow(t, "routing: {hello: 30s, hold: 90s, reconnect: 2m, convergence: 3s}")
	log, _ := playedLog(t, exitAsAsked, "run", file, "--world", "capsule")
	told := said(log, "a")
	assert.Equal(t, 2, strings.Count(told, "bird started"), told)
	assert.NotContains(t, told, "ended", "that its power took it is no news")
	assert.Equal(t, 1, strings.Count(said(log, "b"), "bird started"))
	asAsked(t, "verify", file, "--world", "capsule")
}

// TestCapsulePlaysDaemonsWithoutALaw: where the file does not say what the daemons do, the model does not pretend to know.
func TestCapsulePlaysDaemonsWithoutALaw(t *testing.T) {
	needCapsule(t)
	needBird(t)
	file := birdsInARow(t, "")
	log, p := playedLog(t, exitAsAsked, "run", file, "--world", "capsule")
	assert.NotContains(t, p.out, "model says")
	for _, e := range log.Events() {
		_, differs := e.Data.(sim.DisagreeData)
		assert.False(t, differs, "nothing was predicted")
	}
	for _, args := range [][]string{{"run", file, "--world", "model"}, {"verify", file, "--world", "capsule"}} {
		p := command(t.Context(), args...)
		assert.Equal(t, exitCannot, p.code)
		assert.Contains(t, p.errs, "router a runs daemons, and the plant does not say when they give up a silent neighbour")
	}
}

// teller is a plant with a daemon that tells what it can do, and one that dies.
const teller = `
topology:
  name: tellers
  networks: {lan: {subnet: 10.0.0.0/24}}
  topology:
    nodes:
      s1: {kind: switch}
      pc1:
        kind: host
        boot: {off: 200ms, os: 300ms}
        ports: {eth0: s1}
        daemons:
          teller:
            run: [sh, "{config}"]
            text: |
              echo "on $(hostname): there is" $(ls /run)
              touch /run/mark /tmp/mark && echo writes its own
              for f in /etc/OUT /var/tmp/OUT HERE/OUT; do touch $f 2>/dev/null && echo writes $f; done
              mount -t tmpfs none /mnt 2>/dev/null && echo mounts
              mount -o remount,rw / 2>/dev/null && echo mounts again
              echo links: $(grep -o eth0 /proc/net/dev) $(ls /sys/class/net | grep eth)
              exec sleep 100000
          mortal: {run: [sh, -c, "echo I go; exit 7"]}
      pc2: {kind: host, ports: {eth0: s1}}
  workloads: {between: {kind: reach, from: pc2, to: pc1, interval: 50ms}}
timeline:
  boot: {at: 2s, reboot: pc1}
  blink: {at: 6s, for: 300ms, link-down: "pc2:eth0"}   # by then the second life has said what it has to say
expect:
  gone: {between: {outages: 2}}
`

// TestDaemonsLiveWithTheirNode: each life of a node has its own daemons, with a /run that is empty but for their
// configurations; they write nowhere else, and their end is told.
func TestDaemonsLiveWithTheirNode(t *testing.T) {
	for world, need := range map[string]func(*testing.T){"kernel": needKernel, "capsule": needCapsule} {
		t.Run(world, func(t *testing.T) {
			need(t)
			dir := t.TempDir()
			require.NoError(t, os.Chmod(dir, 0o777))
			file := filepath.Join(dir, "teller.yaml")
			text := strings.NewReplacer("HERE", dir, "OUT", filepath.Base(dir)+"-was-here").Replace(teller)
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			log, p := playedLog(t, exitAsAsked, "run", file, "--world", world)
			assert.Contains(t, p.out, "pc1: daemon mortal ended (exit status 7)")
			var told, died int
			for _, line := range strings.Split(strings.TrimSpace(said(log, "pc1")), "\n") {
				switch {
				case strings.HasPrefix(line, "mortal"):
					if line == "mortal ended: exit status 7" {
						died++
					}
				case strings.HasPrefix(line, "teller said: on"):
					told++
					assert.Equal(t, "teller said: on pc1: there is mortal mortal.conf teller teller.conf", line)
				default:
					assert.Contains(t, []string{"teller started", "teller said: writes its own", "teller said: links: eth0 eth0"}, line)
				}
			}
			assert.Equal(t, 2, told)
			assert.Equal(t, 2, died)
		})
	}
}

// TestTheDrillDoesNotBeginWithoutItsDaemons: a mistake in a configuration is told in the daemon's own words.
func TestTheDrillDoesNotBeginWithoutItsDaemons(t *testing.T) {
	needCapsule(t)
	needBird(t)
	file := birdsInARow(t, "routing: {hello: 30s, hold: 90s}")
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "a.conf"), []byte("protocol bgp {\n nonsense;\n}\n"), 0o600))
	p := command(t.Context(), "run", file, "--world", "capsule")
	assert.Equal(t, exitCannot, p.code)
	assert.Contains(t, p.errs, "daemon bird of a ended: exit status 1")
	assert.Contains(t, p.errs, "/run/bird.conf:2:2 syntax error")

	// A configuration that is right and is not what the law says makes no result.
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "a.conf"), bytes.Replace([]byte(strings.NewReplacer("IP", "10.0.0.0", "PEER", "10.0.0.9").Replace(birdConfig)), []byte("debug"), []byte("multihop 2; debug"), 1), 0o600))
	p = command(t.Context(), "run", file, "--world", "capsule")
	assert.Equal(t, exitInconclusive, p.code)
	assert.Contains(t, p.out, "do not send 10.2.0.0/24 where the law of the plant does")
}
