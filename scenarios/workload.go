package scenarios

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/workload"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// placing are the keys of a workload entry that its kind does not see.
type placing struct {
	Kind  string   `yaml:"kind,required" doc:"what sort of workload it is; see dcdrill list workloads"`
	Tier  int      `yaml:"tier" doc:"importance: 0 is what everything else needs"`
	Needs []string `yaml:"needs" doc:"workloads that it cannot do without"`

	Demand topology.Bitrate `yaml:"demand" doc:"bandwidth that each member wants: dcdrill sweep says what a failure leaves of it"`
}

var placingKeys = yamlfile.Keys(placing{})

// uses reads the plant's workloads, or makes some up where it has none. Without a plant, which then has problems of its
// own, it reads them all the same, to find theirs.
func (l *loader) uses(p *topology.Plant, typed *yamlfile.Node) []*sim.Use {
	if p != nil && len(p.Workloads) == 0 {
		all := l.inferred(p)
		workload.Pace(all)
		return all
	}
	l.workloads = typed.Keys()
	var all []*sim.Use
	for _, e := range typed.Entries() {
		if u := l.use(p, e); u != nil && (p == nil || len(u.Members) > 0) {
			all = append(all, u)
		}
	}
	l.needs(all)
	workload.Pace(all)
	workload.Seat(all)
	return all
}

// use reads one workload; nil when it cannot be played.
func (l *loader) use(p *topology.Plant, e yamlfile.Entry) *sim.Use {
	n := e.Value
	var common placing
	var own []string
	for _, key := range n.Keys() {
		if !slices.Contains(placingKeys, key) {
			own = append(own, key)
		}
	}
	yamlfile.Decode(n.Without(own...), &common, &l.ps)
	kind, ok := sim.Workloads.Lookup(common.Kind)
	switch {
	case common.Kind == "":
		return nil
	case !ok:
		l.ps.Add(n.Lookup("kind").Pos(), suggest(common.Kind, sim.Workloads.Names(), "workloads"), "no workload kind %q", common.Kind)
		return nil
	}
	u := &sim.Use{ID: e.Key, Kind: common.Kind, Tier: common.Tier, Needs: common.Needs, Demand: common.Demand, Workload: kind.New(), Pos: e.KeyPos}
	var ps yamlfile.Problems
	yamlfile.Decode(n.Without(placingKeys...), u.Workload, &ps)
	if len(ps) == 0 && p != nil {
		l.talks(u, p, n, &ps)
	}
	l.ps = append(l.ps, ps...)
	if x, ok := u.Workload.(interface{ Later() string }); ok && x.Later() != "" {
		l.later.add(u.Pos, "workload %s: %s", u.ID, x.Later())
	}
	return u
}

// talks gives a workload its members.
func (l *loader) talks(u *sim.Use, p *topology.Plant, n *yamlfile.Node, ps *yamlfile.Problems) {
	talks, err := u.Workload.Talks(p)
	if l.betweenWorkloads(err) {
		l.later.add(u.Pos, "workload %s, which talks to another workload", u.ID)
		return
	}
	take(ps, n, err)
	for _, t := range talks {
		if w, ok := t.(sim.Watch); ok {
			member, aspect := w.Watches()
			u.Watches = append(u.Watches, &sim.Member{Workload: u, Index: member, Aspect: aspect, Talk: t})
			continue
		}
		u.Members = append(u.Members, &sim.Member{Workload: u, Index: len(u.Members), Talk: t})
	}
}

// betweenWorkloads says whether names that are none in the plant are those of workloads: where these run is for a later
// version to know.
func (l *loader) betweenWorkloads(err error) bool {
	unknowns := topology.Unknowns(err)
	for _, u := range unknowns {
		if !slices.Contains(l.workloads, u.Word) {
			return false
		}
	}
	return len(unknowns) > 0
}

// inferred makes one reach workload per pair of nodes worth watching.
func (l *loader) inferred(p *topology.Plant) []*sim.Use {
	kind, _ := sim.Workloads.Lookup("reach")
	var all []*sim.Use
	for _, pair := range p.InferredPairs() {
		u := &sim.Use{ID: pair[0].ID + "-" + pair[1].ID, Kind: kind.Name, Workload: kind.New(), Inferred: true}
		n := yamlfile.NewMap(
			yamlfile.Entry{Key: "from", Value: yamlfile.NewScalar(pair[0].ID)},
			yamlfile.Entry{Key: "to", Value: yamlfile.NewScalar(pair[1].ID)},
		)
		yamlfile.Decode(n, u.Workload, &l.ps)
		l.talks(u, p, n, &l.ps)
		all = append(all, u)
	}
	return all
}

// needs checks that what workloads need is there.
func (l *loader) needs(all []*sim.Use) {
	for _, u := range all {
		for _, need := range u.Needs {
			if !slices.Contains(l.workloads, need) {
				l.ps.Add(u.Pos, yamlfile.Suggest(need, l.workloads), "%s needs %q, which is no workload", u.ID, need)
			}
		}
	}
}
