package proto

import (
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// DiskState is what becomes of a virtual machine's requests to its disk.
type DiskState int

// Answers: they are carried out. Waits: they have no answer yet. Refuses: they get an error.
const (
	Answers DiskState = iota
	Waits
	Refuses
)

// GuestConf is what a virtual machine is like.
type GuestConf struct {
	// Timeout is how long the guest waits for its disk before it takes it for broken; 0: for ever.
	Timeout time.Duration
	// Boot is how long a boot takes that nobody says more of.
	Boot time.Duration
	// Loads: its boot reads from disks whose speed is limited, and is not over before it is told that it has Loaded.
	Loads bool
	// Mute: once it has failed, it does not answer on the network either (a stop error, as against a read-only disk).
	Mute bool
	// Restart has the host switch it off and on again when its disk has waited for this long; 0: never.
	Restart time.Duration
}

// Guest is a virtual machine: what it does when its disk waits, fails or comes back, and when somebody switches it off
// and on. It begins up and running.
type Guest struct {
	conf  GuestConf
	state sim.GuestState
	why   string
	disk  DiskState
	since time.Duration // of the disk's waiting
	// left is how much of the boot is still to do, and from when on it is being done; it waits while the disk does.
	left    time.Duration
	from    time.Duration
	loading bool // it has not read yet what it boots from
	broken  bool
}

// NewGuest makes a machine that runs.
func NewGuest(conf GuestConf) *Guest { return &Guest{conf: conf, state: sim.GuestRunning} }

// State is how it is, and Why what made it so.
func (g *Guest) State() sim.GuestState { return g.state }

// Why says what made its state so; empty where that goes without saying.
func (g *Guest) Why() string { return g.why }

// Answers says whether its network stack answers: what is in memory runs on without a disk.
func (g *Guest) Answers() bool {
	return g.state.Works() || g.state == sim.GuestStalled || g.state == sim.GuestFailed && !g.conf.Mute
}

// Works says whether it serves at present.
func (g *Guest) Works() bool { return g.state.Works() && g.Answered() }

// Disk tells what becomes of its requests from now on.
func (g *Guest) Disk(now time.Duration, disk DiskState) {
	if disk == g.disk {
		return
	}
	g.pause(now)
	if disk == Waits {
		g.since = now
	}
	g.disk = disk
	switch {
	case disk == Answers:
		g.from = now
		g.resume()
	case disk == Refuses && (g.state.Works() || g.state == sim.GuestStalled):
		g.enter(sim.GuestFailed, "its disk returned an error")
	case disk == Waits && g.state.Works():
		g.enter(sim.GuestStalled, "its disk does not answer")
	}
}

// Answered says whether its disk has answered of late.
func (g *Guest) Answered() bool { return g.disk == Answers }

func (g *Guest) resume() {
	if g.state == sim.GuestStalled {
		g.enter(sim.GuestRunning, "its disk answers again")
	}
}

// pause counts the part of a boot that is done.
func (g *Guest) pause(now time.Duration) {
	if g.state == sim.GuestBooting && g.Answered() {
		g.left -= now - g.from
		g.from = now
	}
}

// Power switches it on or off. What is on already is only told whether something still keeps it from coming up.
func (g *Guest) Power(now time.Duration, on bool, boot time.Duration, broken bool) {
	g.pause(now)
	g.broken = broken
	switch {
	case !on && g.state != sim.GuestOff:
		g.enter(sim.GuestOff, "")
	case on && g.state == sim.GuestOff:
		g.boot(now, boot)
	case on && g.state == sim.GuestBroken && !broken:
		g.enter(sim.GuestUp, "repaired")
	}
}

func (g *Guest) boot(now, takes time.Duration) {
	if takes <= 0 {
		takes = g.conf.Boot
	}
	g.left, g.from, g.loading = takes, now, g.conf.Loads
	g.enter(sim.GuestBooting, "")
}

// Loading says whether it still reads what it boots from.
func (g *Guest) Loading() bool { return g.state == sim.GuestBooting && g.loading }

// Loaded tells that it has read what it boots from.
func (g *Guest) Loaded() { g.loading = false }

// boots says whether it needs nothing but time to come up.
func (g *Guest) boots() bool { return g.state == sim.GuestBooting && g.Answered() && !g.loading }

// Next is when it wants to be stepped.
func (g *Guest) Next() time.Duration {
	next := Never
	if g.boots() {
		next = g.from + g.left
	}
	if g.state == sim.GuestStalled && g.conf.Timeout > 0 {
		next = g.since + g.conf.Timeout
	}
	if g.restarts() {
		next = min(next, g.since+g.conf.Restart)
	}
	return next
}

// restarts says whether its host will lose patience with its disk.
func (g *Guest) restarts() bool {
	return g.conf.Restart > 0 && g.disk == Waits && (g.state == sim.GuestStalled || g.state == sim.GuestFailed)
}

// Step does what is due.
func (g *Guest) Step(now time.Duration) {
	switch {
	case g.restarts() && now >= g.since+g.conf.Restart:
		g.boot(now, 0)
		g.why = "restarted by its host: all paths down"
	case g.boots() && now >= g.from+g.left:
		g.booted()
	case g.state == sim.GuestStalled && g.conf.Timeout > 0 && now >= g.since+g.conf.Timeout:
		g.enter(sim.GuestFailed, "its disk did not answer for "+g.conf.Timeout.String())
	}
}

func (g *Guest) booted() {
	if g.broken {
		g.enter(sim.GuestBroken, "does not boot")
		return
	}
	g.enter(sim.GuestUp, "")
}

func (g *Guest) enter(s sim.GuestState, why string) { g.state, g.why = s, why }
