package recovery

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Work is what one kind of task takes.
type Work struct {
	Time
	Each        *Time                        `yaml:"each" doc:"how long each takes, where more is said of it: {each: 3m, access: vcenter}"`
	Access      []string                     `yaml:"access" doc:"what it cannot be done without: workloads (one member is enough), out-of-band, on-site"`
	Without     *Time                        `yaml:"without_access" doc:"how long each takes while that is not there; without it the task waits"`
	SideEffects yamlfile.Ordered[SideEffect] `yaml:"side_effects" doc:"harm that doing it does, keyed by name"`
	AtOnce      int                          `yaml:"at_once" doc:"boot: how many the array serves at full speed; scripted-restart: how many one go restarts"`
	Chance      yamlfile.Percent             `yaml:"chance" doc:"repair: how many machines do not boot"`
	Outcomes    yamlfile.Ordered[Outcome]    `yaml:"outcomes" doc:"repair: what they need instead of each, keyed by name"`
	takes       Time
}

// SideEffect is harm that a task does in passing, half-way through.
type SideEffect struct {
	Pos    yamlfile.Pos
	Target topology.Target `yaml:"target,required" doc:"links, node:port ends, or nodes (all their links)"`
	Outage time.Duration   `yaml:"outage,required" doc:"for how long"`
	Count  int             `yaml:"count,positive" doc:"how many of these tasks do it, the first ones; every one by default"`

	links []*topology.Link
}

// Outcome is a way in which a machine does not boot.
type Outcome struct {
	Share yamlfile.Percent `yaml:"share,required" doc:"of all that do not boot"`
	Each  Time             `yaml:"each,required" doc:"how long its repair takes"`
}

// ServiceTimes are the kinds of tasks. One that is not given takes its default where it must be done, and is left out
// where it need not.
type ServiceTimes struct {
	Notice   *Work `yaml:"notice" doc:"from the first alarm to a person looking; 5m by default"`
	Diagnose *Work `yaml:"diagnose-part" doc:"to find out what is wrong with one link; 20m by default"`
	Compare  *Work `yaml:"compare-vlans" doc:"to hold the VLANs of all trunks against what they are to carry; 10m by default"`
	Add      *Work `yaml:"add-vlan" doc:"to add a VLAN to the ports of a switch that lack it; 2m by default"`
	Reseat   *Work `yaml:"reseat" doc:"to take a transceiver out and put it back, on site; 10m by default"`
	Fit      *Work `yaml:"fit-part" doc:"to replace a transceiver, on site; 20m by default"`
	Clear    *Work `yaml:"clear-port" doc:"to open a port that is shut or err-disabled; 2m by default"`
	RollBack *Work `yaml:"roll-back" doc:"to find out which change shut the ports of a node, or took a VLAN off them, and take it back, out of band; 10m by default"`
	PlugIn   *Work `yaml:"plug-in" doc:"to put a cable back, on site; 10m by default"`
	Cycle    *Work `yaml:"power-cycle" doc:"to switch one virtual machine off and on by hand; 3m by default"`
	Script   *Work `yaml:"scripted-restart" doc:"to have a script do that; not done by default"`
	Boot     *Work `yaml:"boot" doc:"how long machines boot, with at_once a limit of the array; their own time by default"`
	Repair   *Work `yaml:"repair" doc:"machines that do not boot: how many, and how long each takes; none by default"`
	Test     *Work `yaml:"test" doc:"to test the applications of one machine; not done by default"`
	Verify   *Work `yaml:"verify" doc:"to verify the files and databases of one machine; not done by default"`
}

// Words of access that are no workloads.
const (
	outOfBand = "out-of-band"
	onSite    = "on-site"
)

// orElse fills in what is not given.
func (w *Work) orElse(byDefault time.Duration, access ...string) *Work {
	if w == nil {
		w = &Work{}
	}
	if w.Access == nil {
		w.Access = access
	}
	if w.Each == nil && w.Median == 0 {
		w.Median = byDefault
	}
	w.takes = w.Time
	if w.Each != nil {
		w.takes = *w.Each
	}
	return w
}

// fill gives every kind that must be done its default. The values are those of the incident that this was built after,
// as far as they could be fitted (docs/recovery.md).
func (s *ServiceTimes) fill() {
	s.Notice = s.Notice.orElse(5 * time.Minute)
	s.Diagnose = s.Diagnose.orElse(20 * time.Minute)
	s.Compare = s.Compare.orElse(10 * time.Minute)
	s.Add = s.Add.orElse(2 * time.Minute)
	s.Reseat = s.Reseat.orElse(10*time.Minute, onSite)
	s.Fit = s.Fit.orElse(20*time.Minute, onSite)
	s.Clear = s.Clear.orElse(2 * time.Minute)
	s.RollBack = s.RollBack.orElse(10*time.Minute, outOfBand)
	s.PlugIn = s.PlugIn.orElse(10*time.Minute, onSite)
	s.Cycle = s.Cycle.orElse(3 * time.Minute)
	for _, optional := range []**Work{&s.Script, &s.Boot, &s.Repair, &s.Test, &s.Verify} {
		if *optional != nil {
			*optional = (*optional).orElse(0)
		}
	}
}

// all lists the kinds that are given, with their names.
func (s *ServiceTimes) all() map[string]*Work {
	all := map[string]*Work{
		"notice": s.Notice, "diagnose-part": s.Diagnose, "compare-vlans": s.Compare, "add-vlan": s.Add, "reseat": s.Reseat, "fit-part": s.Fit, "clear-port": s.Clear,
		"roll-back": s.RollBack, "plug-in": s.PlugIn, "power-cycle": s.Cycle, "scripted-restart": s.Script, "boot": s.Boot, "repair": s.Repair,
		"test": s.Test, "verify": s.Verify,
	}
	for name, w := range all {
		if w == nil {
			delete(all, name)
		}
	}
	return all
}

// Tasks lists the kinds of work that a trigger can wait for.
func Tasks() []string {
	return append(yamlfile.Keys(ServiceTimes{}), "handover", "travel")
}

func (w *Work) check(name string, p *topology.Plant, workloads []string, ps *yamlfile.Problems) {
	w.takes.check(ps)
	if w.Without != nil {
		w.Without.check(ps)
	}
	w.checkKind(name, ps)
	for _, a := range w.Access {
		if a != outOfBand && a != onSite && !slices.Contains(workloads, a) {
			ps.Add(w.Pos, yamlfile.Suggest(a, workloads), "%s needs access to %q, which is no workload", name, a)
		}
	}
	for i := range w.SideEffects {
		w.SideEffects[i].Value.check(name, p, ps)
	}
	sum := yamlfile.Percent(0)
	for i := range w.Outcomes {
		w.Outcomes[i].Value.Each.check(ps)
		sum += w.Outcomes[i].Value.Share
	}
	if len(w.Outcomes) > 0 && (sum < 0.999 || sum > 1.001) {
		ps.Add(w.Pos, "", "the shares of the outcomes of %s sum to %s, not to 100%%", name, sum)
	}
}

// checkKind holds what is said of a kind of work against what can be said of it.
func (w *Work) checkKind(name string, ps *yamlfile.Problems) {
	repair, many := name == "repair", name == "boot" || name == "scripted-restart"
	switch {
	case w.AtOnce < 0:
		ps.Add(w.Pos, "", "%s: at_once is %d: it cannot be negative", name, w.AtOnce)
	case w.AtOnce > 0 && !many:
		ps.Add(w.Pos, "", "at_once is for boot and scripted-restart: one person does one %s at a time", name)
	}
	if !repair && (w.Chance > 0 || len(w.Outcomes) > 0) {
		ps.Add(w.Pos, "", "chance and outcomes are for repair: they say nothing of %s", name)
	}
	if w.takes.Median == 0 && len(w.Outcomes) == 0 {
		ps.Add(w.Pos, "say how long: each: 10m", "%s takes no time", name)
	}
}

func (s *SideEffect) check(task string, p *topology.Plant, ps *yamlfile.Problems) {
	if s.Count < 0 {
		ps.Add(s.Pos, "", "side effect of %s: count is %d: it cannot be negative", task, s.Count)
	}
	if p == nil {
		return
	}
	var err error
	if s.links, err = s.Target.Links(p); err != nil {
		ps.Take(s.Pos, err)
	}
}
