package workload

import "github.com/dcdrill/dcdrill/topology/yamlfile"

// Bears is what kinds have whose users mind lost requests even where no outage is long.
type Bears struct {
	Loss *yamlfile.Percent `yaml:"tolerates_loss" doc:"the largest share of requests without an answer that its users do not mind; any by default"`
}

// ToleratesLoss implements sim.LossTolerant.
func (b *Bears) ToleratesLoss() (share float64, asked bool) {
	if b.Loss == nil {
		return 0, false
	}
	return float64(*b.Loss), true
}
