package prediction

import "github.com/dcdrill/dcdrill/sim"

// compareIntegrity holds what a member found when it read back its disk against what is predicted: damage that no
// prediction has, and none where every prediction has some. How much is lost is a matter of moments and is not compared.
func compareIntegrity(member string, measured *sim.Log, predicted []*sim.Log) []Disagreement {
	found, evidence := damageOf(member, measured)
	none, all := true, true
	for _, p := range predicted {
		damaged, _ := damageOf(member, p)
		none, all = none && !damaged, all && damaged
	}
	switch {
	case found && none:
		return []Disagreement{{member, "data", "lost, torn or stale", "intact", evidence}}
	case !found && all:
		return []Disagreement{{member, "data", "no damage found", "lost, torn or stale", evidence}}
	}
	return nil
}

// damageOf says whether a member has found damage, and where that stands in the log, or else where it has found none.
func damageOf(member string, l *sim.Log) (found bool, evidence []int) {
	var well []int
	for _, e := range l.Events() {
		d, ok := e.Data.(sim.IntegrityData)
		switch {
		case !ok || e.Subject != member:
		case d.Sound():
			well = append(well, e.Seq)
		default:
			evidence = append(evidence, e.Seq)
		}
	}
	if len(evidence) > 0 {
		return true, evidence
	}
	return false, well
}
