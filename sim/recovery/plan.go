package recovery

import (
	"cmp"
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Plan is who comes when something goes wrong, with what, and how long things take them. It is what a scenario file says
// of recovery, and a sim.Recovery.
type Plan struct {
	Teams         yamlfile.Ordered[Team] `yaml:"teams" doc:"who repairs, keyed by name; without any, nobody comes"`
	Parts         yamlfile.Ordered[Part] `yaml:"parts" doc:"spare parts, keyed by model"`
	Times         ServiceTimes           `yaml:"service_times" doc:"how long each kind of work takes: a value, or {median, p95}"`
	RestartOrder  []yamlfile.Word        `yaml:"restart_order" doc:"which machines are restarted first: tier (default), listed, or workloads in their order"`
	Monitoring    Monitoring             `yaml:"monitoring" doc:"the workload that raises alarms, and goes blind with its own plant"`
	OutOfBand     yamlfile.Word          `yaml:"out_of_band" doc:"the workload that carries out-of-band access; without it that is always there"`
	Communication *Communication         `yaml:"communication" doc:"when clients are told what"`

	names []string
}

// Check fills in defaults and looks up every name in the scenario; the places of what is wrong go to ps.
func (p *Plan) Check(sc *sim.Scenario, ps *yamlfile.Problems) {
	var workloads []string
	for _, u := range sc.Uses {
		workloads = append(workloads, u.ID)
	}
	until := cmp.Or(sc.Until, sim.DefaultUntil)
	for i := range p.Teams {
		p.Teams[i].Value.check(p.Teams[i].Key, sc.Start, until, ps)
		p.names = append(p.names, p.Teams[i].Key)
	}
	for i := range p.Parts {
		p.Parts[i].Value.check(p.Parts[i].Key, sc.Start, until, ps)
	}
	p.Times.fill()
	all := p.Times.all()
	for _, name := range sortedKeys(all) {
		all[name].check(name, sc.Plant, workloads, ps)
	}
	p.checkNames(workloads, ps)
}

func (p *Plan) checkNames(workloads []string, ps *yamlfile.Problems) {
	known := func(what, name string, at yamlfile.Pos) {
		if name != "" && !slices.Contains(workloads, name) {
			ps.Add(at, yamlfile.Suggest(name, workloads), "%s: no workload %q", what, name)
		}
	}
	known("monitoring", p.Monitoring.Workload.Text, p.Monitoring.Workload.Pos)
	known("out_of_band", p.OutOfBand.Text, p.OutOfBand.Pos)
	for _, w := range p.RestartOrder {
		if len(p.RestartOrder) > 1 || w.Text != byTier && w.Text != asListed {
			known("restart_order", w.Text, w.Pos)
		}
	}
	if c := p.Communication; c != nil {
		known("communication", c.Channel.Text, c.Channel.Pos)
	}
}

// Begin has the people at work.
func (p *Plan) Begin(h *sim.Hands) (done func()) {
	c := newCrew(p, h)
	h.Log().Listen(c.see)
	return c.rest
}

// Names lists the teams.
func (p *Plan) Names() []string { return p.names }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
