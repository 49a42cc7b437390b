package scenarios

import (
	"cmp"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Options change a scenario as it is loaded. The zero value takes it as it is.
type Options struct {
	// Topology is a file or built-in name in place of the scenario's own plant.
	Topology string
	// TopologyText is the plant itself as YAML, in place of everything else: how a log is played again. Topology is then
	// what to call its file in errors.
	TopologyText string
	Seed         *uint64
	// Variant is the name of one of the scenario's variants.
	Variant string
	// Patch is laid over the scenario as a variant is: YAML, RFC 7396.
	Patch string
	// Set gives places of the scenario other values, after the variant.
	Set []Setting
	// People has Try borrow the people, parts and service times of a scenario, and its start for their shifts: a built-in
	// one, a file, or OnCall.
	People string
}

// Load reads a built-in scenario or a file, and the topology it names.
//
// The error is yamlfile.Problems when something is wrong with either, and *Later, beside the scenario itself, when both
// are right but use words that this version cannot play.
func Load(nameOrPath string, o Options) (*sim.Scenario, error) {
	src, err := scenarioSource(nameOrPath)
	if err != nil {
		return nil, err
	}
	return parse(src, o)
}

// Parse is Load for a scenario already read; name stands for its file in errors and for finding its topology.
func Parse(name string, data []byte, o Options) (*sim.Scenario, error) {
	return parse(source{name: name, dir: filepath.Dir(name), data: data}, o)
}

// Replay makes the scenario of a log's header again.
func Replay(h sim.HeaderData) (*sim.Scenario, error) {
	return Parse("log", []byte(h.Text), Options{TopologyText: h.Topology})
}

// Try makes a scenario of a topology and of faults as typed on a command line: 'reboot: core'. It has no expectations:
// it asks what survives.
func Try(topology string, faults []string, o Options) (*sim.Scenario, error) {
	l := loader{opts: o}
	people, err := o.people()
	if err != nil {
		return nil, err
	}
	var timeline []yamlfile.Entry
	for i, text := range faults {
		if n := l.inline(i+1, text); n != nil {
			id := freeName(cmp.Or(kindOf(n), "fault"), timeline)
			timeline = append(timeline, yamlfile.Entry{Key: id, KeyPos: n.Pos(), Value: n})
		}
	}
	root := yamlfile.NewMap(append(people,
		yamlfile.Entry{Key: "name", Value: yamlfile.NewScalar("try")},
		yamlfile.Entry{Key: "topology", Value: yamlfile.NewScalar(topology)},
		yamlfile.Entry{Key: "timeline", Value: yamlfile.NewMap(timeline...)},
	)...)
	return l.load(root, "try")
}

// freeName numbers entries of the same kind: reboot, reboot-2.
func freeName(kind string, taken []yamlfile.Entry) string {
	n := 1
	for _, e := range taken {
		if e.Key == kind || strings.HasPrefix(e.Key, kind+"-") {
			n++
		}
	}
	if n == 1 {
		return kind
	}
	return kind + "-" + strconv.Itoa(n)
}

func parse(src source, o Options) (*sim.Scenario, error) {
	sc, _, err := parseDrill(src, o)
	return sc, err
}

// parseDrill gives the script of a drill, too; nil for a scenario that is none.
func parseDrill(src source, o Options) (*sim.Scenario, *drill.Script, error) {
	root, err := yamlfile.Parse(src.name, src.data)
	if err != nil {
		return nil, nil, err
	}
	if err := mistaken(root, src.name); err != nil {
		return nil, nil, err
	}
	l := loader{dir: src.dir, opts: o}
	base := strings.TrimSuffix(filepath.Base(src.name), filepath.Ext(src.name))
	sc, err := l.load(root, base)
	return sc, l.script, err
}

// loader gathers what is wrong while it makes a scenario.
type loader struct {
	dir   string
	opts  Options
	ps    yamlfile.Problems
	later Later
	waits []wait
	// workloads are the names of all workloads of the file, those that this version cannot play among them.
	workloads []string
	visitors  []visitor
	script    *drill.Script // nil: it is no drill
	scaled    *loading      // nil: demands do not play
}

// load makes the scenario of a file's root; name is for one that does not name itself.
func (l *loader) load(root *yamlfile.Node, name string) (*sim.Scenario, error) {
	root, plantPatch := l.override(root)
	var f file
	yamlfile.Decode(root, &f, &l.ps)
	if f.Name == "" {
		f.Name = name
	}
	l.printable(root)
	sc := &sim.Scenario{Name: f.Name, Story: strings.TrimSpace(f.Story), Seed: f.Seed, Until: f.Until, Variant: f.Variant}
	sc.Text = root.Without("variants").String()
	sc.Start = l.start(f)
	l.scale(f.Load)
	sc.Uses = l.uses(sc.Plant, l.plant(sc, f, plantPatch))
	l.carry(sc)
	l.onCall(&f, sc)
	l.recovery(&f, root, sc)
	f.Sensitivity.check(root, &l.ps)
	l.checkPolicy(f.Timeline, f.Change)
	sc.Timeline = l.timeline(policed(f.Timeline, f.Change), sc)
	l.checks(f, sc)
	l.readDrill(f.Drill, f.Variants, sc)
	if err := l.ps.Err(); err != nil {
		return nil, err
	}
	return sc, l.later.err()
}
