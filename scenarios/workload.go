package scenarios

import (
	"fmt"
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

	Demand topology.Bitrate `yaml:"demand" doc:"bandwidth that each member wants: dcdrill sweep says what a failure leaves of it, and with load: in a scenario it plays"`
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
		if u := l.use(p, e); u != nil {
			all = append(all, u)
		}
	}
	l.visits(p, all)
	all = slices.DeleteFunc(all, func(u *sim.Use) bool { return p != nil && len(u.Members) == 0 })
	l.needs(all)
	workload.Pace(all)
	l.seat(all)
	return all
}

// seat gives virtual machines their parts of volumes.
func (l *loader) seat(all []*sim.Use) {
	workload.Seat(all)
	for _, u := range all {
		if err := workload.Crowded(u); err != nil {
			l.ps.Add(u.Pos, "", "%s: %s", u.ID, err)
		}
	}
}

// visitor is a workload that waits for the virtual machines which it talks to.
type visitor struct {
	*sim.Use
	workload.Visitor
	node *yamlfile.Node
}

// visits gives those their members who talk to virtual machines. What is wrong with these has been said already.
func (l *loader) visits(p *topology.Plant, all []*sim.Use) {
	for _, v := range l.visitors {
		for _, host := range all {
			if host.ID != v.Host() {
				continue
			}
			_, waits := host.Workload.(workload.Visitor)
			switch {
			case len(host.Members) > 0:
				talks, err := v.Visit(p, v.ID, host)
				take(&l.ps, v.node, err)
				enlist(v.Use, talks)
			case waits:
				take(&l.ps, v.node, fmt.Errorf("to: %s is no workload of virtual machines", host.ID))
			}
		}
	}
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
	take(&ps, n.Lookup("demand"), l.scaled.give(u))
	v, visits := u.Workload.(workload.Visitor)
	switch {
	case len(ps) > 0 || p == nil:
	case visits && l.hosts(p, v.Host()):
		l.visitors = append(l.visitors, visitor{u, v, n})
	default:
		l.talks(u, p, n, &ps)
	}
	l.ps = append(l.ps, ps...)
	return u
}

// hosts says whether a name is that of a workload, and of nothing in the plant.
func (l *loader) hosts(p *topology.Plant, name string) bool {
	_, err := topology.Target{name}.Nodes(p)
	return err != nil && slices.Contains(l.workloads, name)
}

// talks gives a workload its members.
func (l *loader) talks(u *sim.Use, p *topology.Plant, n *yamlfile.Node, ps *yamlfile.Problems) {
	talks, err := u.Workload.Talks(p)
	if l.betweenWorkloads(err) {
		l.later.add(u.Pos, "workload %s, which talks to another workload", u.ID)
		return
	}
	take(ps, n, err)
	enlist(u, talks)
}

// enlist makes talks the members of a workload, and those who watch them.
func enlist(u *sim.Use, talks []sim.Talk) {
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
