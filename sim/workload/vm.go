package workload

import (
	"fmt"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/sim/service"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Workloads.Register("vm", "virtual machines that live on a datastore: they write and flush, and are pinged from outside",
		func() sim.Workload { return new(VM) })
}

const (
	// VMInterval is how often a virtual machine writes a record and has it made safe: about what the journal of a quiet
	// server does (ext4 commits every 5 s, databases and logs several times a second). Chosen.
	VMInterval = time.Second
	// VMBoot is how long a virtual machine boots, on disks that nobody else keeps busy: 30 to 120 s are usual.
	VMBoot = time.Minute
	// VMBootReads is what a virtual machine reads from its disk until its services are up. Chosen: kernel, libraries and
	// services of a server without a desktop; and vmBootRequest what it reads at once, a few pages of read-ahead each time.
	VMBootReads   topology.Bytes = 128 << 20
	vmBootRequest topology.Bytes = 32 << 10
	// VMTolerates is what the users of a guest that never gives up its disk put up with. Chosen: as long as those of one
	// with the tools' timeout.
	VMTolerates = 180 * time.Second
	// allPathsDown is when a host takes a datastore for lost (VMware, Misc.APDTimeout 140 s), and restartDelay when
	// protection then restarts the machines on it (VMCP, "delay for VM failover for APD", 3 min).
	allPathsDown = 140 * time.Second
	restartDelay = 180 * time.Second
)

// VM is virtual machines on a datastore. Each lives in its host's memory, whether or not its disk answers: it goes on
// answering pings while it cannot write a byte. Health is a write that the array has acknowledged as safe.
type VM struct {
	On      topology.Target `yaml:"on,required" doc:"the hosts: the machines are placed on them in turn"`
	Count   int             `yaml:"count,positive" doc:"how many there are; one for every host by default"`
	Disk    string          `yaml:"disk,required" doc:"the datastore of the host that it lives on"`
	Network string          `yaml:"network" doc:"the network by which it is reached; without it, the host's own"`
	Guest   Guest           `yaml:"guest" doc:"what runs in it"`
	Service string          `yaml:"service" enum:"mail|files|web|database" doc:"what it serves from its disk to workloads of kind mail, files or database; pages to http it serves besides"`
	OnAPD   string          `yaml:"on_apd" enum:"none|restart" doc:"what the host does when all paths have been down for 320 s: nothing (default), or restart it"`
	Every   time.Duration   `yaml:"interval,positive" doc:"from one write to the next; 1s by default"`
	For     time.Duration   `yaml:"tolerates,positive" doc:"the longest outage that it survives; its guest's disk timeout by default"`
}

// Guest is what runs in a virtual machine.
type Guest struct {
	OS      string        `yaml:"os" enum:"linux|windows" doc:"linux (default) goes read-only when its disk fails and still answers pings; windows stops"`
	Disk    string        `yaml:"disk" enum:"scsi|nvme|virtio-blk" doc:"the disk's driver, which decides the timeout"`
	Timeout Patience      `yaml:"timeout" doc:"how long it waits for its disk: a time, or never"`
	NoFlush bool          `yaml:"nobarrier" doc:"it does not have its disk flushed (mount option nobarrier): a volatile cache may lose what it said was written"`
	Tools   bool          `yaml:"tools" doc:"the hypervisor's tools are installed: they set the timeout of a Linux SCSI disk to 180s"`
	Boot    time.Duration `yaml:"boot,positive" doc:"how long it boots from disks that nobody else keeps busy; 1m by default"`
	// Reads counts where the array has a limit.
	Reads topology.Bytes `yaml:"boot_reads" doc:"what it reads while it boots, which takes an array with throughput or iops its time; 128MiB by default"`
}

// Patience is a time, or never.
type Patience struct {
	Never bool
	Time  time.Duration
}

// UnmarshalText reads 60s or never.
func (p *Patience) UnmarshalText(text []byte) error {
	if p.Never = string(text) == "never"; p.Never {
		return nil
	}
	d, err := time.ParseDuration(string(text))
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is no timeout: write it as 60s, or never", text)
	}
	p.Time = d
	return nil
}

// timeouts are how long guests wait for a disk before they take it for broken.
var timeouts = map[string]time.Duration{
	"linux scsi":         30 * time.Second,  // drivers/scsi/sd.c, SD_TIMEOUT
	"linux scsi tools":   180 * time.Second, // VMware tools' udev rule
	"linux nvme":         30 * time.Second,  // drivers/nvme/host/core.c, nvme_io_timeout
	"linux virtio-blk":   0,                 // the driver has no timeout
	"windows scsi":       60 * time.Second,  // TimeOutValue of the disk service
	"windows nvme":       60 * time.Second,
	"windows virtio-blk": 60 * time.Second,
}

// timeout is how long the guest waits; 0 is for ever.
func (g *Guest) timeout() time.Duration {
	if g.Timeout.Never || g.Timeout.Time > 0 {
		return g.Timeout.Time
	}
	os, disk := orWord(g.OS, "linux"), orWord(g.Disk, "scsi")
	if with, known := timeouts[os+" "+disk+" tools"]; known && g.Tools {
		return with
	}
	return timeouts[os+" "+disk]
}

func orWord(asked, byDefault string) string {
	if asked != "" {
		return asked
	}
	return byDefault
}

// Tolerates is the guest's disk timeout: after it, it does not resume by itself.
func (v *VM) Tolerates() time.Duration {
	switch timeout := v.Guest.timeout(); {
	case v.For > 0:
		return v.For
	case timeout > 0:
		return timeout
	}
	return VMTolerates
}

// DiskTimeout is how long its guests wait for their disk before they take it for broken; 0 is for ever.
func (v *VM) DiskTimeout() time.Duration { return v.Guest.timeout() }

// Talks lists the machines, and then who pings each from outside the plant, where it has an outside.
func (v *VM) Talks(p *topology.Plant) ([]sim.Talk, error) {
	hosts, err := v.On.Nodes(p)
	if err != nil {
		return nil, fmt.Errorf("on: %w", err)
	}
	count := len(hosts)
	if v.Count != 0 {
		count = v.Count
	}
	if count < 1 || count > MaxMembers {
		return nil, fmt.Errorf("count is %d: it must be between 1 and %d", count, MaxMembers)
	}
	var machines, pings []sim.Talk
	for i := range count {
		m, err := v.machine(p, hosts[i%len(hosts)])
		if err != nil {
			return nil, err
		}
		machines = append(machines, m)
		if ping := v.ping(p, m, i); ping != nil {
			pings = append(pings, ping)
		}
	}
	return append(machines, pings...), nil
}

// machine is one virtual machine at a host.
func (v *VM) machine(p *topology.Plant, host *topology.Node) (*machine, error) {
	net, err := v.network(p, host)
	if err != nil {
		return nil, err
	}
	var have []string
	for _, d := range host.Datastores {
		if have = append(have, d.ID); d.ID != v.Disk {
			continue
		}
		m := &machine{store: d, rhythm: every(v.Every, VMInterval), conf: v.conf(), boot: VMBootReads, noFlush: v.Guest.NoFlush, seat: &seat{}, networks: net}
		if v.Guest.Reads > 0 {
			m.boot = v.Guest.Reads
		}
		m.conf.Loads = d.Volume.Array.Array.Disks.Limited()
		m.live = newLiveGuest(m.conf)
		if v.Service != "" {
			m.serve(v.Service)
		}
		return m, nil
	}
	return nil, fmt.Errorf("disk: %w", topology.NewUnknown("datastore of "+host.ID, v.Disk, have))
}

func (v *VM) conf() proto.GuestConf {
	c := proto.GuestConf{Timeout: v.Guest.timeout(), Boot: VMBoot, Mute: v.Guest.OS == "windows"}
	if v.Guest.Boot > 0 {
		c.Boot = v.Guest.Boot
	}
	if v.OnAPD == "restart" {
		c.Restart = allPathsDown + restartDelay
	}
	return c
}

// machine is one virtual machine.
type machine struct {
	store *topology.Datastore
	rhythm
	conf proto.GuestConf
	boot topology.Bytes // what it reads while it boots
	// noFlush: what it writes need not be safe from a loss of power for it to go on.
	noFlush bool
	live    *liveGuest
	// networks are those by which it is reached; none where that is left to routing.
	networks []*topology.Network
	servers  []*server
	// seat is where its bytes lie on the volume, and index its number there.
	seat *seat
}

// Flow is the way of its disk.
func (m *machine) Flow() sim.Flow {
	return sim.Flow{From: m.store.Host, To: m.store.Volume.Array, Networks: m.store.Paths}
}

// Datastore is what it lives on.
func (m *machine) Datastore() *topology.Datastore { return m.store }

// Mute says whether its guest stops when it fails.
func (m *machine) Mute() bool { return m.conf.Mute }

// loses says whether what was acknowledged to it is lost when its array loses power.
func (m *machine) loses() bool {
	return m.store.Volume.Cache == "lying" || m.store.Volume.Cache == "volatile" && m.noFlush
}

// Load is what it asks of its disk.
func (m *machine) Load() sim.DiskLoad {
	return sim.DiskLoad{Boot: m.boot, AtOnce: vmBootRequest, Every: m.interval}
}

// Fills is what it and its services may write.
func (m *machine) Fills() topology.Bytes {
	most := topology.Bytes(records * recordSize)
	for _, s := range m.servers {
		from, to := roomOf(s.word)
		most += min(service.Most(s.word), topology.Bytes((to-from)*m.seat.size/4))
	}
	return most
}

// Live is the real one.
func (m *machine) Live() sim.LiveGuest { return m.live }

// Predict is its law.
func (m *machine) Predict(v sim.Viewer) sim.Machine {
	return &guestLaw{Viewer: v, machine: m, Guest: proto.NewGuest(m.conf), cancelStep: func() {}, cancelNotice: func() {}}
}
