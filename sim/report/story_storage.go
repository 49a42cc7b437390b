package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// isWatch says whether a subject looks at a member from outside: "mail/3 ping".
func isWatch(subject string) bool { return strings.Contains(subject, " ") }

// tellArrays tells what the arrays lost or got back.
func tellArrays(t *telling) {
	for _, e := range t.group {
		switch d := e.Data.(type) {
		case sim.ControllerData:
			t.say("controller %s is %s", e.Subject, word(d.On, "back", "dead"))
		case sim.VolumeData:
			t.say("volume %s is %s", e.Subject, word(d.Gone, "gone for good", "there again"))
		case sim.DisksData:
			t.say("%s", slowness(e.Subject, time.Duration(d.Latency)))
		}
	}
}

func slowness(array string, latency time.Duration) string {
	if latency == 0 {
		return array + ": disks as fast as ever"
	}
	return fmt.Sprintf("%s: disks slower by %s", array, Duration(latency))
}

// tellPaths tells by which path hosts reach their datastores: "hv[1-4]: ds1 by storage-b".
func tellPaths(t *telling) {
	says, subjects := pick(t, func(e sim.Event, d sim.PathsData) (string, string) {
		host, store, _ := strings.Cut(e.Subject, "/")
		switch d.Mode {
		case "queueing":
			return store + " has no path, requests wait", host
		case "failing":
			return store + " has no path, requests fail", host
		}
		return store + " by " + d.Using, host
	})
	for _, said := range says {
		t.say("%s: %s", Few(subjects[said], few), said)
	}
}

// guestWords are what the states of virtual machines mean to a bystander; running and stalled are told by the workload's
// being gone and back.
var guestWords = map[sim.GuestState]string{
	sim.GuestFailed: "failed", sim.GuestOff: "switched off", sim.GuestBooting: "booting", sim.GuestBroken: "not coming up",
	sim.GuestUp: "up",
}

// tellGuests tells what became of virtual machines: "windows (all 6): failed, its disk did not answer for 1m0s".
func tellGuests(t *telling) {
	says, subjects := pick(t, func(e sim.Event, d sim.GuestData) (string, string) {
		said := guestWords[d.State]
		if said != "" && d.Why != "" {
			said += ", " + d.Why
		}
		return said, e.Subject
	})
	for _, said := range says {
		t.say("%s: %s", t.story.workloads(subjects[said]), said)
	}
}

// tellPings tells who is silent to those outside who ping, or answers again.
func tellPings(t *telling) {
	pings := func(up bool) (members []string) {
		for _, e := range t.group {
			_, down := e.Data.(sim.DownData)
			d, back := e.Data.(sim.UpData)
			if member, aspect, watch := strings.Cut(e.Subject, " "); watch && aspect == "ping" && (!up && down || up && back && d.To > d.From) {
				members = append(members, member)
			}
		}
		return members
	}
	if silent := pings(false); len(silent) > 0 {
		t.say("no ping from %s", t.story.workloads(silent))
	}
	if heard := pings(true); len(heard) > 0 {
		t.say("ping again from %s", t.story.workloads(heard))
	}
}
