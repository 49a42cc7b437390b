package sim

import (
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// GuestState is how a virtual machine is.
type GuestState string

// A virtual machine runs in memory whether or not it has a disk: what it lacks then shows in the order below.
//
//	running ──disk waits──> stalled ──answers──> running            resumes by itself
//	                           └──guest's timeout──> failed ─┐      read-only file system, stop error
//	off <────────────────── switched off ────────────────────┘
//	 └──> booting ──> up (──> verified, by people)
//	         └──> needs-repair ──> repairing (people) ──> up
const (
	GuestRunning   GuestState = "running"
	GuestStalled   GuestState = "stalled" // requests wait for the disk; what is in memory goes on
	GuestFailed    GuestState = "failed"  // the guest saw an error of its disk, and needs a restart
	GuestOff       GuestState = "off"
	GuestBooting   GuestState = "booting"
	GuestBroken    GuestState = "needs-repair" // it does not come up: file system, database
	GuestRepairing GuestState = "repairing"
	GuestUp        GuestState = "up"       // running since a boot; nobody has looked at it yet
	GuestVerified  GuestState = "verified" // somebody has looked, and all is well
)

// Works says whether a virtual machine in this state serves, as long as its disk answers.
func (s GuestState) Works() bool { return s == GuestRunning || s == GuestUp || s == GuestVerified }

// Resident is a Talk that lives on a datastore: a virtual machine. Its Flow is the one from the host to the array; its
// Machine is a Guest, whose Path says whether the datastore answers. Its Measure runs at the host as From.
type Resident interface {
	Talk
	Datastore() *topology.Datastore
	// Mute says whether it answers nothing on the network once it has failed, as after a stop error.
	Mute() bool
	// Load is what it asks of its disk.
	Load() DiskLoad
	// Fills is how much of its volume it may write at most.
	Fills() topology.Bytes
	// Live is the real virtual machine that Measure runs.
	Live() LiveGuest
}

// DiskLoad is what a virtual machine asks of its disk.
type DiskLoad struct {
	// Boot is how much it reads while it boots, AtOnce how much with one request.
	Boot, AtOnce topology.Bytes
	// Every is the time between two requests while it runs.
	Every time.Duration
}

// LiveGuest is what a world of real traffic drives of a virtual machine, on the loop.
type LiveGuest interface {
	// Power tells what the hypervisor was ordered to do.
	Power(now time.Duration, l GuestPower)
	// Step does what is due, and says when it wants to be stepped again; Never when time alone changes nothing.
	Step(now time.Duration) (next time.Duration)
	// Follow has f called, from any goroutine, whenever Step may want another moment. It must not block.
	Follow(f func())
	// Asking says whether a request to its disk is under way whose answer it needs to know how it is, or it reads what it
	// boots from. Answered says whether its disk has answered of late.
	Asking() bool
	Answered() bool
	State() GuestState
}

// Guest is the Machine of a virtual machine.
type Guest interface {
	Machine
	Mortal
	// Refused tells that requests get errors from now on, those that wait first; until Path says otherwise.
	Refused()
	// Power tells what the hypervisor was ordered to do.
	Power(GuestPower)
	// Serving tells that the host forwards and runs guests again after a power loss.
	Serving()
	// Loading says whether it reads what it boots from, from disks whose speed is limited, and Loaded tells that it has.
	Loading() bool
	Loaded()
	// Damaged says whether its array has lost what it had acknowledged to the guest's services as safe.
	Damaged() bool
	// State is how it is, Answers whether its network stack answers (ping), and Works whether it serves from its disk.
	State() GuestState
	Answers() bool
	Works() bool
}

// Client is a Talk with a service that runs in a virtual machine. Its Flow ends at the machine's host; it is served while
// there is a way, the guest works and the guest's disk answers.
type Client interface {
	Talk
	Server() Resident
}

// Reader is the Machine of a Client that keeps something on the guest's disk.
type Reader interface {
	// Read tells that the guest has its disk again, and that what it had acknowledged is read back; damaged, that the array
	// has lost it.
	Read(damaged bool)
}
