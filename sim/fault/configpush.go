package fault

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

func init() {
	sim.Faults.Register("config-push", "a change of configuration that does not do what it was meant to",
		func() sim.Fault { return new(ConfigPush) })
}

const (
	// DefaultFinds is how likely a reviewer is to see that a change is wrong. Inspections find 60 to 65 % of what is wrong
	// with code (Boehm and Basili, Software Defect Reduction Top 10 List, 2001); nobody has counted configurations.
	DefaultFinds = 0.6
	// DefaultSoak is how long a roll-out waits after each step. Chosen: two polls of a monitoring that asks each minute,
	// and a switch that crashes does so within them.
	DefaultSoak = 2 * time.Minute
)

// ConfigPush is a change on its way through change control: a class decides who looks at it, a roll-out how many nodes
// take it at a time, a gate whether it goes on.
//
//	class ──> review ──> window ──> first nodes ──soak, gate──> next nodes ──> ... ──> done
//	           │                      └── not confirmed in time: rolled back
//	           └── found wrong: rejected
type ConfigPush struct {
	Target    topology.Target   `yaml:"target,scalar,required" doc:"the nodes that are to take it, in their order"`
	Class     string            `yaml:"class" enum:"standard|pre-approved|normal|emergency" doc:"standard (default, also pre-approved) and emergency changes are reviewed by nobody"`
	Author    string            `yaml:"author" doc:"who wrote it"`
	Reviewers []string          `yaml:"reviewers" doc:"who reviews a normal change"`
	Finds     *yamlfile.Percent `yaml:"finds" doc:"how likely each reviewer is to see that it does not do what it should; 60% by default"`
	DryRun    yamlfile.Percent  `yaml:"dry_run" doc:"how likely a dry run against what is deployed is to show what it does; none is done by default"`
	Intended  string            `yaml:"intended" doc:"what it was meant to do, in words"`
	Effect    string            `yaml:"effect" enum:"reboot|shut|vlan|none" doc:"what it does to a node: reboot it (default), shut ports, take VLANs off ports, or nothing"`
	Shuts     topology.Target   `yaml:"shuts" doc:"the node:port ends that it leaves shut, until somebody rolls it back; with effect shut all of a node by default"`
	Drops     []*VLANMissing    `yaml:"drops_vlans" doc:"the VLANs that it leaves missing on ports, each as in vlan-missing, until somebody rolls it back"`
	Rollout   string            `yaml:"rollout" enum:"all-at-once|serial|canary" doc:"all nodes together (default), one after the other, or one and then the others"`
	Gate      *Gate             `yaml:"gate" doc:"what must stay well for a roll-out to go on"`
	Confirm   time.Duration     `yaml:"commit_confirm" doc:"a node that its author cannot reach after this long takes its old configuration back"`
	Window    *Window           `yaml:"window" doc:"when it may be done, and to how many nodes at a time"`

	nodes []*topology.Node
	shuts []*topology.Port
}

// Gate is what must stay well. It is fed by what conversations really see.
type Gate struct {
	Served []string      `yaml:"served,scalar" doc:"workloads that must be served all the time"`
	Ping   []string      `yaml:"ping" doc:"workloads that must answer pings all the time"`
	Soak   time.Duration `yaml:"soak,positive" doc:"how long to watch after each step; 2m by default"`
}

// Window is a maintenance window.
type Window struct {
	From string `yaml:"from" doc:"time of day when it opens, such as 22:00"`
	To   string `yaml:"to" doc:"time of day when it closes: a step begun after it waits for the next night"`
	// Most is the blast radius.
	Most int `yaml:"blast_radius,positive" doc:"how many nodes may be out of service at a time, whatever the roll-out; no limit by default"`
}

// Resolve finds the nodes and what the gate watches, and holds the class against its rules.
func (c *ConfigPush) Resolve(p *topology.Plant) error {
	var err error
	if c.nodes, err = c.Target.Nodes(p); err != nil {
		return err
	}
	switch {
	case c.Class == "normal" && len(c.Reviewers) == 0:
		return errors.New("a normal change is reviewed: name its reviewers")
	case c.Class != "normal" && len(c.Reviewers) > 0:
		return fmt.Errorf("nobody reviews a %s change: make it normal, or leave out its reviewers", cmp.Or(c.Class, "standard"))
	}
	return errors.Join(c.resolveShuts(p), c.resolveDrops(p), c.Gate.resolve(p), c.Window.check())
}

// resolveShuts finds the ports that are left shut: those of nodes that take the change.
func (c *ConfigPush) resolveShuts(p *topology.Plant) (err error) {
	if len(c.Shuts) == 0 {
		return nil
	}
	if c.Effect == "none" {
		return errors.New("a change without effect shuts no ports: leave out shuts, or the effect")
	}
	c.shuts, err = c.Shuts.Ports(p)
	for _, port := range c.shuts {
		if !slices.Contains(c.nodes, port.Node) {
			return fmt.Errorf("the change cannot shut %s: %s does not take it", port, port.Node.ID)
		}
	}
	return err
}

// resolveDrops finds the ports that lose a VLAN: those of nodes that take the change.
func (c *ConfigPush) resolveDrops(p *topology.Plant) error {
	switch {
	case c.Effect == "none" && len(c.Drops) > 0:
		return errors.New("a change without effect drops no VLANs: leave out drops_vlans, or the effect")
	case c.Effect == "vlan" && len(c.Drops) == 0:
		return errors.New("say which VLANs it takes off which ports: drops_vlans: [{target: ..., network: ...}]")
	}
	for _, d := range c.Drops {
		if err := d.Resolve(p); err != nil {
			return err
		}
		for _, port := range d.ports {
			if !slices.Contains(c.nodes, port.Node) {
				return fmt.Errorf("the change cannot drop a VLAN at %s: %s does not take it", port, port.Node.ID)
			}
		}
	}
	return nil
}

// shutAt are the ports of a node that the change leaves shut.
func (c *ConfigPush) shutAt(n *topology.Node) []*topology.Port {
	if c.mutes() {
		return n.Ports
	}
	return at(n, c.shuts)
}

// at are those of some ports that are a node's.
func at(n *topology.Node, ports []*topology.Port) []*topology.Port {
	return slices.DeleteFunc(slices.Clone(ports), func(p *topology.Port) bool { return p.Node != n })
}

// mutes says whether nobody can reach a node any more that has taken the change.
func (c *ConfigPush) mutes() bool { return c.Effect == "shut" && len(c.Shuts) == 0 }

func (g *Gate) resolve(p *topology.Plant) error {
	if g == nil {
		return nil
	}
	var have []string
	for _, w := range p.Workloads {
		have = append(have, w.ID)
	}
	var bad []error
	for _, w := range slices.Concat(g.Served, g.Ping) {
		if !slices.Contains(have, w) {
			bad = append(bad, topology.NewUnknown("workload", w, have))
		}
	}
	return errors.Join(bad...)
}

func (w *Window) check() error {
	if w == nil {
		return nil
	}
	for _, at := range []string{w.From, w.To} {
		if _, err := time.Parse("15:04", at); at != "" && err != nil {
			return fmt.Errorf("%q is not a time of day: write it as 22:00", at)
		}
	}
	if (w.From == "") != (w.To == "") {
		return errors.New("a window opens and closes: give it from and to")
	}
	return notNegative("blast_radius", w.Most)
}

// Inject has the change reviewed and rolled out.
func (c *ConfigPush) Inject(s *sim.Scope) error {
	if c.Window != nil && c.Window.From != "" && s.Start.IsZero() {
		return errors.New("a window needs a time of day: give the scenario a start")
	}
	if who := c.review(s); who != "" {
		s.Note(c.Target[0], sim.ChangeData{Step: "rejected", Why: who + " showed that it does not do what it should"})
		s.Note(c.Target[0], sim.ProofData{Evidence: "the change was rejected in review, and nothing was done"})
		return nil
	}
	r := &rollout{ConfigPush: c, scope: s, steps: c.steps()}
	r.watch()
	r.next()
	return nil
}

// review is who, or what, sees that a change is wrong; empty when nobody does, or nobody looks.
func (c *ConfigPush) review(s *sim.Scope) string {
	finds := yamlfile.Percent(DefaultFinds)
	if c.Finds != nil {
		finds = *c.Finds
	}
	looks := func(chance yamlfile.Percent) bool { return s.Rand.Float64() < float64(chance) && c.Effect != "none" }
	if c.DryRun > 0 && looks(c.DryRun) {
		return "a dry run"
	}
	for _, who := range c.Reviewers {
		if looks(finds) {
			return who
		}
	}
	return ""
}

// steps are the nodes that take the change together, in order.
func (c *ConfigPush) steps() [][]*topology.Node {
	most := len(c.nodes)
	if c.Rollout == "serial" {
		most = 1
	}
	if c.Window != nil && c.Window.Most > 0 {
		most = min(most, c.Window.Most)
	}
	rest := c.nodes
	var steps [][]*topology.Node
	if c.Rollout == "canary" && most > 1 {
		steps, rest = [][]*topology.Node{rest[:1]}, rest[1:]
	}
	return slices.AppendSeq(steps, slices.Chunk(rest, most))
}

// rollout is a change while it is being rolled out.
type rollout struct {
	*ConfigPush
	scope   *sim.Scope
	steps   [][]*topology.Node
	pushed  []*topology.Node
	tripped string // what the gate saw
	stopped bool
}

// next pushes the next step, once the window is open.
func (r *rollout) next() {
	if len(r.steps) == 0 || r.stopped {
		return
	}
	if wait := r.Window.wait(r.scope.Start, r.scope.Now()); wait > 0 {
		r.scope.After(wait, r.next)
		return
	}
	step := r.steps[0]
	r.steps = r.steps[1:]
	r.scope.Together(func() {
		for _, n := range step {
			r.push(n)
		}
	})
	if r.Gate != nil || len(r.steps) > 0 {
		r.scope.After(r.soak(), func() { r.judge(step) })
	}
}

func (r *rollout) soak() time.Duration {
	if r.Gate != nil && r.Gate.Soak > 0 {
		return r.Gate.Soak
	}
	return DefaultSoak
}

// push has a node take the change.
func (r *rollout) push(n *topology.Node) {
	r.pushed = append(r.pushed, n)
	r.scope.Note(n.ID, sim.ChangeData{Step: "pushed"})
	switch r.Effect {
	case "none":
		r.scope.Note(n.ID, sim.ProofData{Evidence: n.ID + " took the change, and nothing else happened"})
	case "shut", "vlan": // nothing but its ports
	default:
		r.scope.Reboot(n, 0)
	}
	r.scope.ShutPorts(r.shutAt(n)...)
	for _, d := range r.Drops {
		r.scope.ChangeVLAN(d.network, at(n, d.ports)...)
	}
	if r.Confirm > 0 {
		r.scope.After(r.Confirm, func() { r.confirm(n) })
	}
}

// confirm is the end of a trial: its author confirms the change on a node that can be reached, and nobody does on another.
func (r *rollout) confirm(n *topology.Node) {
	if r.scope.InService(n) && !r.mutes() {
		r.scope.Note(n.ID, sim.ChangeData{Step: "confirmed"})
		return
	}
	r.scope.RollBack(n)
	r.stopped = true
	r.scope.Note(n.ID, sim.ChangeData{Step: "rolled back", Why: "nobody confirmed it within " + r.Confirm.String()})
}

// judge decides whether a roll-out goes on. Without a gate it does as soon as the nodes are back.
func (r *rollout) judge(step []*topology.Node) {
	if r.Gate == nil {
		r.scope.WhenForwarding(r.next, step...)
		return
	}
	if r.tripped == "" {
		r.next()
		return
	}
	r.stopped = true
	for _, n := range r.pushed {
		r.scope.RollBack(n)
	}
	left := 0
	for _, s := range r.steps {
		left += len(s)
	}
	r.scope.Note(r.pushed[len(r.pushed)-1].ID, sim.ChangeData{
		Step: "stopped", Why: fmt.Sprintf("%s; %d of %d nodes are left as they were", r.tripped, left, len(r.nodes)),
	})
}

// watch feeds the gate: what it names must stay served, and a node that takes the change must stay in service.
func (r *rollout) watch() {
	if r.Gate == nil {
		return
	}
	r.scope.Observe(func(e sim.Event) {
		if r.tripped != "" || len(r.pushed) == 0 {
			return
		}
		switch d := e.Data.(type) {
		case sim.DownData:
			if r.Gate.watches(e.Subject) {
				r.tripped = e.Subject + " was not served"
			}
		case sim.StageData:
			if d.Stage == topology.Off.String() && slices.ContainsFunc(r.pushed, func(n *topology.Node) bool { return n.ID == e.Subject }) {
				r.tripped = e.Subject + " left service"
			}
		}
	})
}

// watches says whether a subject is a member, or the ping of one, that the gate names.
func (g *Gate) watches(subject string) bool {
	member, aspect, _ := strings.Cut(subject, " ")
	workload, _, _ := strings.Cut(member, "/")
	if aspect == "ping" {
		return slices.Contains(g.Ping, workload)
	}
	return aspect == "" && slices.Contains(g.Served, workload)
}

// wait is how long it takes until the window is open.
func (w *Window) wait(start time.Time, now time.Duration) time.Duration {
	if w == nil || w.From == "" {
		return 0
	}
	at := start.Add(now)
	from, to := timeOfDay(at, w.From), timeOfDay(at, w.To)
	switch open := !at.Before(from) && at.Before(to); {
	case to.Before(from) && (at.Before(to) || !at.Before(from)), open:
		return 0
	case at.Before(from):
		return from.Sub(at)
	}
	return from.AddDate(0, 0, 1).Sub(at)
}

// timeOfDay is a time of day on a date.
func timeOfDay(date time.Time, text string) time.Time {
	t, _ := time.Parse("15:04", text) // Resolve has looked
	return time.Date(date.Year(), date.Month(), date.Day(), t.Hour(), t.Minute(), 0, 0, date.Location())
}
