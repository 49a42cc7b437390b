package gate

import (
	"slices"
	"strconv"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/proto"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	register("storage-patience", "guests see their disk fail before the switches on all its paths have booted", finding.Warning, storagePatience)
}

func storagePatience(c *Case) []finding.Finding {
	return append(c.impatientHosts(), c.impatientGuests()...)
}

// impatientHosts are datastores that hand errors on while all switches on their paths boot.
func (c *Case) impatientHosts() []finding.Finding {
	var s sayings
	for _, n := range c.Plant.Nodes {
		for _, d := range n.Datastores {
			wait, ends := waits(d)
			if slow := slowestSwitch(c.Plant, d); ends && slow != nil && wait < slow.Boot.Total() {
				s.say(c.at(n, "/"+d.ID), "requests are given up after "+report.Duration(wait)+" without a path (no_path_retry: "+d.NoPathRetry+
					"), yet "+slow.ID+" takes "+report.Duration(slow.Boot.Total())+" to boot", d.Pos)
			}
		}
	}
	return s.findings("set no_path_retry: queue, or enough checks")
}

// waits is how long a datastore's requests wait without any path; not for ever when ends is true. A path is given up
// after its timeout, and tried again once a check.
func waits(d *topology.Datastore) (wait time.Duration, ends bool) {
	timeout := d.PathTimeout
	if timeout == 0 {
		timeout = proto.DefaultNopInterval + proto.DefaultNopTimeout
	}
	if d.NoPathRetry == "fail" {
		return timeout, true
	}
	checks, err := strconv.Atoi(d.NoPathRetry)
	return timeout + time.Duration(checks)*proto.DefaultCheck, err == nil
}

// guests are workloads of virtual machines.
type guests interface{ DiskTimeout() time.Duration }

// impatientGuests are virtual machines that take their disk for broken while all switches on its paths boot.
func (c *Case) impatientGuests() []finding.Finding {
	var s sayings
	for _, u := range c.Uses {
		vm, ok := u.Workload.(guests)
		if !ok || vm.DiskTimeout() == 0 {
			continue
		}
		slow := c.slowestUnder(u)
		if slow != nil && vm.DiskTimeout() < slow.Boot.Total() {
			s.say(part{u.ID, u.ID, "", 1}, "guests take their disk for broken after "+report.Duration(vm.DiskTimeout())+", yet "+slow.ID+
				" takes "+report.Duration(slow.Boot.Total())+" to boot", u.Pos)
		}
	}
	return s.findings("give its guests a longer disk timeout, or none")
}

// slowestUnder is the slowest switch under the disks of a workload.
func (c *Case) slowestUnder(u *sim.Use) *topology.Node {
	var slow *topology.Node
	for _, m := range u.Members {
		if vm, ok := m.Talk.(sim.Resident); ok {
			slow = slower(slow, slowestSwitch(c.Plant, vm.Datastore()))
		}
	}
	return slow
}

// slowestSwitch is the one among those that carry a datastore's paths that boots the longest; nil when none boots.
func slowestSwitch(p *topology.Plant, d *topology.Datastore) *topology.Node {
	var slow *topology.Node
	for _, l := range p.Links {
		if !slices.ContainsFunc(d.Paths, l.Carries) {
			continue
		}
		for _, end := range l.Ends() {
			if end.Node.Kind == topology.Switch && end.Node.Boot.Total() > 0 {
				slow = slower(slow, end.Node)
			}
		}
	}
	return slow
}

// slower is the one of two nodes that boots longer, the first where they are alike; nil is quicker than any.
func slower(a, b *topology.Node) *topology.Node {
	if a == nil || b != nil && b.Boot.Total() > a.Boot.Total() {
		return b
	}
	return a
}
