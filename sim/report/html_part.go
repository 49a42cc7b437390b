package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// condition is how a part is from now on: a state of the time line, or none when it is well.
type condition struct{ State, Text string }

// partCondition reads what an event says of the part that is its subject.
func partCondition(e sim.Event) (c condition, known bool) {
	switch d := e.Data.(type) {
	case sim.StageData:
		return stageCondition(d), true
	case sim.OpticData:
		return opticCondition(d), true
	case sim.DarkData:
		return when(d.On, "dark", "carrier up, sends into the dark"), true
	case sim.ImpairData:
		return when(d != (sim.ImpairData{}), "latent", "frames from it suffer "+d.Impairment().String()), true
	case sim.VLANData:
		return when(!d.On, "dark", fmt.Sprintf("carrier up, VLAN %d (%s) missing", d.ID, d.Network)), true
	case sim.ErrDisableData:
		return condition{"down", "shut by its switch" + errDisableWords(d)}, true
	case sim.PowerData:
		return when(!d.Live, "off", "feed dead"), true
	case sim.ControllerData:
		return when(!d.On, "off", "controller off"), true
	case sim.PathsData:
		return pathsCondition(d), true
	case sim.VolumeData:
		return when(d.Gone, "failed", "gone for good"), true
	case sim.DisksData:
		return when(d.Latency > 0, "stalled", "disks slower by "+Duration(time.Duration(d.Latency))), true
	case sim.CarrierData:
		return when(!d.Up, "down", "no carrier"+whyWords(d.Why)), true
	}
	return condition{}, false
}

func when(is bool, state, text string) condition {
	if is {
		return condition{state, text}
	}
	return condition{}
}

func whyWords(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

// stageCondition tells the stage apart in which a node has carriers and forwards nothing: that is where bonds fail back
// into the dark.
func stageCondition(d sim.StageData) condition {
	switch d.Stage {
	case "forwarding":
		return condition{}
	case "off":
		return condition{"off", "off"}
	case "self-test", "os":
		return condition{"boot", "booting: " + d.Stage}
	}
	return condition{"dark", "booting: " + strings.ReplaceAll(d.Stage, "-", " ") + ", forwards nothing"}
}

func opticCondition(d sim.OpticData) condition {
	switch d.State {
	case "ok":
		return condition{}
	case "dead":
		return condition{"down", "optic dead"}
	}
	return condition{"latent", "optic " + d.State}
}

func pathsCondition(d sim.PathsData) condition {
	switch d.Mode {
	case "serving":
		return condition{}
	case "queueing":
		return condition{"stalled", "no path: requests wait"}
	}
	return condition{"failed", "no path: requests fail"}
}

// guestCondition is how a virtual machine is, as the time line shows it.
func guestCondition(d sim.GuestData) condition {
	text := string(d.State) + whyWords(d.Why)
	switch d.State {
	case sim.GuestStalled:
		return condition{"stalled", text}
	case sim.GuestFailed:
		return condition{"failed", text}
	case sim.GuestOff:
		return condition{"off", text}
	case sim.GuestBooting:
		return condition{"boot", text}
	case sim.GuestBroken, sim.GuestRepairing:
		return condition{"repair", text}
	}
	return condition{}
}

// spells turns conditions into spans, for many parts at once.
type spells struct {
	order []string
	spans map[string][]span
}

// set ends what the part was in and begins what it is in now.
func (s *spells) set(part string, e sim.Event, c condition, cause sim.Event) {
	if s.spans == nil {
		s.spans = map[string][]span{}
	}
	at := max(0, e.At)
	all := s.spans[part]
	if n := len(all); n > 0 && all[n-1].Open {
		last := &all[n-1]
		if last.State == c.State && last.Text == c.Text {
			return
		}
		last.Open, last.To = false, at
		last.Evidence = append(last.Evidence, e.Seq)
	}
	if c.State != "" {
		if all == nil {
			s.order = append(s.order, part)
		}
		all = append(all, span{From: at, Open: true, State: c.State, Text: c.Text, Why: cause.Subject, Evidence: []int{e.Seq}})
	}
	s.spans[part] = all
}

// until ends what is open for the drawing: it lasts as long as the log, and for a moment where it began with its last
// event.
func (s *spells) until(end time.Duration) {
	for _, all := range s.spans {
		if n := len(all); n > 0 && all[n-1].Open {
			all[n-1].To = max(end, all[n-1].From+1)
		}
	}
}
