package proto

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// ArrayConf is how the controllers of an array share a volume.
type ArrayConf struct {
	Access      topology.Access
	Controllers int
	// Owner is the controller that serves the volume to begin with.
	Owner int
	// Takeover is how long another controller needs before it serves the volume.
	Takeover time.Duration
}

// ArrayConfOf is what the plant says of a volume; without an owner it is the first controller's.
func ArrayConfOf(v *topology.Volume) ArrayConf {
	a := v.Array.Array
	return ArrayConf{
		Access: a.Access, Controllers: max(1, len(a.Controllers)), Owner: max(0, slices.Index(a.Controllers, v.Owner)), Takeover: a.Takeover,
	}
}

// Array decides which controllers serve a volume.
//
//	active-active   any that works, at once
//	alua            any that works; when the owner dies, nobody until the takeover is over
//	active-passive  its owner; the other after a takeover, when the owner dies or when requests come to the other
//
// That requests at the other controller move the volume is what a host's failover asks for (SCSI: explicit trespass). Two
// hosts that see different controllers make it go to and fro.
type Array struct {
	conf   ArrayConf
	works  []bool
	owner  int
	moving bool
	due    time.Duration // when the takeover is over
}

// NewArray makes an array whose controllers all work.
func NewArray(conf ArrayConf) *Array {
	a := &Array{conf: conf, owner: conf.Owner, works: make([]bool, conf.Controllers)}
	for i := range a.works {
		a.works[i] = true
	}
	return a
}

// Controller tells that a controller works from now on or does not. The volume of one that has died goes to the next.
func (a *Array) Controller(now time.Duration, c int, works bool) {
	a.settle(now)
	a.works[c] = works
	switch {
	case works && !a.works[a.owner]:
		a.move(now, c)
	case !works && c == a.owner:
		for next, well := range a.works {
			if well {
				a.move(now, next)
				return
			}
		}
	}
}

// Ask tells that a request for the volume has come to a controller, and says after how long it is served there; Never
// when this controller is dead.
func (a *Array) Ask(now time.Duration, c int) time.Duration {
	a.settle(now)
	switch {
	case !a.works[c]:
		return Never
	case a.conf.Access == topology.ActivePassive && c != a.owner:
		a.move(now, c)
	}
	if a.moving {
		return a.due - now
	}
	return 0
}

// Moving says whether a takeover goes on.
func (a *Array) Moving(now time.Duration) bool {
	a.settle(now)
	return a.moving
}

// move begins a takeover.
func (a *Array) move(now time.Duration, to int) {
	a.owner = to
	if a.conf.Access == topology.ActiveActive || a.conf.Takeover == 0 {
		return
	}
	a.moving, a.due = true, now+a.conf.Takeover
}

func (a *Array) settle(now time.Duration) {
	if a.moving && now >= a.due {
		a.moving = false
	}
}

// Owner is the controller that has the volume, or is about to.
func (a *Array) Owner() int { return a.owner }
