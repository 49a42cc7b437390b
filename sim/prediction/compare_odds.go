package prediction

import (
	"fmt"

	"github.com/dcdrill/dcdrill/sim"
)

// oddsOf is what the predictions say of chance, by member; they differ in no phase.
func oddsOf(predicted []*sim.Log) map[string]sim.OddsData {
	odds := map[string]sim.OddsData{}
	for _, p := range predicted {
		for _, e := range p.Events() {
			if d, ok := e.Data.(sim.OddsData); ok {
				odds[e.Subject] = d
			}
		}
	}
	return odds
}

// compareOdds holds the loss and the latency that were measured against what chance and distance make of them. Outages
// lose requests too, and say nothing of chance: a member that has any is not held against it.
func compareOdds(member string, measured *sim.Log, h *sim.History, d sim.OddsData) []Disagreement {
	stats, seq := sim.StatsData{}, 0
	for _, e := range measured.Events() {
		if s, ok := e.Data.(sim.StatsData); ok && e.Subject == member {
			stats, seq = s, e.Seq
		}
	}
	if len(h.OutagesOf(member)) > 0 || stats.Asked == 0 {
		return nil
	}
	var all []Disagreement
	least, most := d.LossOf(stats.Asked)
	if lost := 1 - float64(stats.Answered)/float64(stats.Asked); lost < least || lost > most {
		all = append(all, Disagreement{
			member, "loss", fmt.Sprintf("%.2f%%", 100*lost), fmt.Sprintf("%.2f%% to %.2f%%", 100*least, 100*most), []int{seq},
		})
	}
	slack := sim.Seconds(sim.Slack + h.Late(member))
	if stats.P99 < d.P99[0]-slack || stats.P99 > d.P99[1]+slack {
		all = append(all, Disagreement{member, "p99", stats.P99.String(), d.P99[0].String() + " to " + d.P99[1].String(), []int{seq}})
	}
	return all
}
