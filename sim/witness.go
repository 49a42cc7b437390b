package sim

import "fmt"

// witness has the world look at every level it was just told, and writes down what it saw: one proof for all that was
// seen, one complaint for each level that was not. A world that cannot look is an error of the run.
func (h *Hardware) witness(cause int, levels []Level) {
	seen, first := 0, ""
	for _, l := range levels {
		ok, evidence, err := h.world.Witness(l)
		switch {
		case err != nil:
			h.err = fmt.Errorf("look at %s: %w", l.Subject(), err)
			return
		case !ok:
			h.env.Log.Add(cause, l.Subject(), UnprovenData{Missing: evidence})
		default:
			seen++
			if first == "" {
				first = evidence
			}
		}
	}
	if seen == 0 {
		return
	}
	if seen > 1 {
		first = fmt.Sprintf("%s, and %d more", first, seen-1)
	}
	h.env.Log.Add(cause, "", ProofData{Evidence: first})
}
