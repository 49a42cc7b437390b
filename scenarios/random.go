package scenarios

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
)

// Random is an incident that nobody thought of: a small plant, who talks to whom in it, and what goes wrong. It is kept in
// parts that can be left out, so that what is strange about it can be found in the smallest of its kind.
type Random struct {
	name      string
	head      string // networks, groups and the like
	nodes     []string
	links     []string
	workloads []string
	faults    []string
}

// NewRandom makes an incident. The same seed makes the same.
func NewRandom(seed uint64) Random {
	d := dice{rand.New(rand.NewPCG(seed, 0))}
	r := Random{name: fmt.Sprintf("random-%d", seed)}
	var hosts int
	switch d.IntN(3) {
	case 0:
		hosts = d.pair(&r)
	case 1:
		hosts = d.fabric(&r)
	default:
		hosts = d.chain(&r)
	}
	d.talks(&r, hosts)
	d.breaks(&r, hosts)
	return r
}

// String is the scenario as a file, its plant inside.
func (r Random) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\ntopology:\n  name: %s\n%s  topology:\n    defaults: {boot: fast}\n    nodes:\n", r.name, r.name, r.head)
	section := func(title string, lines []string, indent string) {
		if len(lines) > 0 {
			b.WriteString(title)
		}
		for _, l := range lines {
			b.WriteString(indent + l + "\n")
		}
	}
	section("", r.nodes, "      ")
	section("    links:\n", r.links, "      ")
	section("  workloads:\n", r.workloads, "    ")
	section("timeline:\n", r.faults, "  ")
	return b.String()
}

// Scenario is the incident ready to be played.
func (r Random) Scenario() (*sim.Scenario, error) {
	return Parse(r.name, []byte(r.String()), Options{})
}

// Smaller lists the incidents that have one fault or one workload less.
func (r Random) Smaller() []Random {
	var all []Random
	for i := range r.faults {
		if less := r; len(r.faults) > 1 {
			less.faults = slices.Delete(slices.Clone(r.faults), i, i+1)
			all = append(all, less)
		}
	}
	for i := range r.workloads {
		if less := r; len(r.workloads) > 1 {
			less.workloads = slices.Delete(slices.Clone(r.workloads), i, i+1)
			all = append(all, less)
		}
	}
	return all
}

// dice make the choices.
type dice struct{ *rand.Rand }

// one is one of several words.
func (d dice) one(words ...string) string { return words[d.IntN(len(words))] }

// seconds is a time between two numbers of seconds.
func (d dice) seconds(from, to int) string { return fmt.Sprintf("%ds", from+d.IntN(to-from+1)) }

// cable is what there may be to say of a cable.
func (d dice) cable() string {
	return d.one("", "", ", optic: SR", ", optic: SR, fault_signalling: off", ", conduit: duct")
}

// bond is how two ports e0 and e1 are used as one.
func (d dice) bond() string {
	return ", bonds: {team: {members: [e0, e1]" + // miimon 100ms: at a longer one, whether a failure is felt is left open
		d.one("", ", primary: e0", ", primary: e1", ", primary: e0, primary_reselect: failure") +
		d.one("", "", ", updelay: 2s", ", downdelay: 1s") + "}}"
}

// pair is two switches with hosts bonded over both, and perhaps a way out.
func (d dice) pair(r *Random) (hosts int) {
	gateway := d.one("core", "core1")
	r.head = fmt.Sprintf("  networks: {lan: {subnet: 10.0.1.0/24, gateway: %s}, san: {subnet: 10.0.2.0/24, gateway: %s}}\n"+
		"  groups: {core: {redundant: [core1, core2], shares: [firmware]}}\n", gateway, gateway)
	feeds := [2]string{d.one("", "", ", feeds: [a]"), d.one("", "", ", feeds: [b]", ", feeds: [a, b]")}
	for i, f := range feeds {
		r.nodes = append(r.nodes, fmt.Sprintf("core%d: {kind: switch%s}", i+1, f))
	}
	if d.IntN(2) == 0 {
		return d.trunks(r)
	}
	hosts = 2 + d.IntN(3)
	for i := 1; i <= hosts; i++ {
		net := d.one("lan", "lan", "san")
		r.nodes = append(r.nodes, fmt.Sprintf("h%d: {kind: host, ports: {e0: {to: core1, networks: [%s]%s}, e1: {to: core2, networks: [%s]%s}}%s}",
			i, net, d.cable(), net, d.cable(), d.bond()))
	}
	r.links = []string{"peer: {endpoints: [core1, core2], networks: [lan, san]" + d.cable() + "}"}
	return hosts
}

// trunks are the hosts of a pair with both networks on one bond, by their tags.
func (d dice) trunks(r *Random) (hosts int) {
	r.head = strings.NewReplacer("lan: {", "lan: {vlan: 10, ", "san: {", "san: {vlan: 20, ").Replace(r.head)
	hosts = 2 + d.IntN(3)
	for i := 1; i <= hosts; i++ {
		native := d.one("", "", ", native: lan", ", native: san")
		r.nodes = append(r.nodes, fmt.Sprintf("h%d: {kind: host, ports: {e0: {to: core1, networks: [lan, san]%s%s}, e1: {to: core2, networks: [lan, san]%s%s}}%s}",
			i, native, d.cable(), native, d.cable(), d.bond()))
	}
	r.links = []string{"peer: {endpoints: [core1, core2], networks: [lan, san]" + d.cable() + "}"}
	return hosts
}

// fabric is a routed leaf-spine with one host on each leaf.
func (d dice) fabric(r *Random) (hosts int) {
	spines, leaves := 1+d.IntN(2), 2+d.IntN(2)
	var nets []string
	for l := 1; l <= leaves; l++ {
		nets = append(nets, fmt.Sprintf("rack%d: {subnet: 10.0.%d.0/24, gateway: leaf%d}", l, l, l))
	}
	r.head = "  fabric: routed\n  networks: {" + strings.Join(nets, ", ") + "}\n"
	for s := 1; s <= spines; s++ {
		r.nodes = append(r.nodes, fmt.Sprintf("spine%d: {kind: switch}", s))
	}
	for l := 1; l <= leaves; l++ {
		var ports []string
		for s := 1; s <= spines; s++ {
			ports = append(ports, fmt.Sprintf("up%d: {to: spine%d%s}", s, s, d.cable()))
		}
		r.nodes = append(r.nodes,
			fmt.Sprintf("leaf%d: {kind: switch, ports: {%s}}", l, strings.Join(ports, ", ")),
			fmt.Sprintf("h%d: {kind: host, ports: {e0: {to: leaf%d, networks: [rack%d]%s}}}", l, l, l, d.cable()))
	}
	return leaves
}

// chain is switches in a row, each with a host.
func (d dice) chain(r *Random) (hosts int) {
	r.head = "  networks: {lan: {subnet: 10.0.1.0/24}}\n"
	hosts = 2 + d.IntN(2)
	for i := 1; i <= hosts; i++ {
		up := ""
		if i > 1 {
			up = fmt.Sprintf(", ports: {up: {to: sw%d%s}}", i-1, d.cable())
		}
		r.nodes = append(r.nodes,
			fmt.Sprintf("sw%d: {kind: switch%s%s}", i, d.one("", "", ", feeds: [a]"), up),
			fmt.Sprintf("h%d: {kind: host, ports: {e0: {to: sw%d%s}}}", i, i, d.cable()))
	}
	return hosts
}

// talks says who talks to whom.
func (d dice) talks(r *Random, hosts int) {
	for i := range 1 + d.IntN(3) {
		from := 1 + d.IntN(hosts)
		to := 1 + (from+d.IntN(hosts-1))%hosts
		r.workloads = append(r.workloads, fmt.Sprintf("w%d: {kind: %s, from: h%d, to: h%d}", i+1, d.one("reach", "udp", "tcp", "http"), from, to))
	}
}

// breaks says what goes wrong.
func (d dice) breaks(r *Random, hosts int) {
	var nodes, silent, links []string
	for _, n := range r.nodes {
		id, _, _ := strings.Cut(n, ":")
		nodes = append(nodes, id)
		if !strings.HasPrefix(id, "spine") { // whether that is seen hangs on a hash, until it is noticed
			silent = append(silent, id)
		}
		if strings.HasPrefix(id, "h") {
			links = append(links, `"`+id+`:e0"`)
		}
	}
	if len(r.links) > 0 {
		links = append(links, "peer")
	}
	for i := range 1 + d.IntN(3) {
		faults := []string{
			"power-off: " + d.one(nodes...), "reboot: " + d.one(nodes...), "isolate: " + d.one(silent...),
			"link-down: " + d.one(links...), "link-down: " + d.one(links...),
			fmt.Sprintf("partition: {a: h%d, b: h%d}", 1, 2+d.IntN(hosts-1)),
		}
		if strings.Contains(r.head, "vlan: ") {
			faults = append(faults, fmt.Sprintf("vlan-missing: {target: %s, network: %s}", d.one(links...), d.one("lan", "lan", "san")))
		}
		fault := d.one(faults...)
		r.faults = append(r.faults, fmt.Sprintf("f%d: {at: %s, for: %s, %s}", i+1, d.seconds(0, 20), d.seconds(3, 30), fault))
	}
}
