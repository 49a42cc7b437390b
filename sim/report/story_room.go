package report

import (
	"fmt"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
)

// tellRoom tells what happened in a drill's room.
func tellRoom(t *telling) {
	for _, e := range t.group {
		if text := roomWords(e); text != "" {
			t.say("%s", text)
		}
	}
}

func roomWords(e sim.Event) string {
	switch d := e.Data.(type) {
	case sim.PhaseData:
		return "the drill is " + d.Phase + reason(d.Why)
	case sim.InjectData:
		return "the table is told, by " + injectWords(d)
	case sim.AskedData:
		return "the table is asked: " + d.Text
	case sim.DecidedData:
		return fmt.Sprintf("decided %s: %s%s", e.Subject, d.Option, reason(d.Why))
	case sim.WorkData:
		who := orWord(d.By, nobody)
		if d.Done || d.Left {
			return fmt.Sprintf("%s: %s: %s", who, e.Subject, outcome(d))
		}
		return who + " begins to " + e.Subject + reason(d.Why)
	case sim.MessageData:
		return d.From + " to " + d.To + ": " + d.Text
	case sim.PostedData:
		return "customers are told: " + d.Text
	}
	return ""
}

// reason is why, in brackets.
func reason(why string) string {
	if strings.TrimSpace(why) == "" {
		return ""
	}
	return " (" + why + ")"
}
