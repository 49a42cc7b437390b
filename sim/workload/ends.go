package workload

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// MeshLimit is the most pairs that a workload between two sets of nodes makes of itself: a full mesh of eleven hosts.
// Chosen, so that some such workloads stay below the 200 flows that cost half a core (measured).
const MeshLimit = 64

// MaxMembers is the most members that a workload may have: with ProbesPerSecond shared among them each is still looked
// at twenty times a second.
const MaxMembers = 1000

// Ends is who talks to whom; every kind has it.
//
// One node on a side talks to each of the other side. Between two sets every pair talks (once: both ends of a
// conversation see both ways), as long as these are at most MeshLimit; beyond that each node of the larger side talks to
// one of the other, in turn. With count there are exactly that many members, over the same pairs in turn.
type Ends struct {
	From topology.Target `yaml:"from,required" doc:"who asks: nodes, a family, a range or a group"`
	To   topology.Target `yaml:"to,required" doc:"who answers"`
	// Networks are the networks it uses, any one of them being enough.
	Networks []string      `yaml:"networks" doc:"the networks it may use, any one being enough (multipath); whatever routing gives without it"`
	Network  string        `yaml:"network" doc:"the one network it uses"`
	Family   string        `yaml:"family" enum:"ipv4|ipv6" doc:"ipv4 (default), or ipv6: in a network with a subnet6, named by network or networks"`
	Count    int           `yaml:"count,positive" doc:"how many members it has; one for every pair by default"`
	For      time.Duration `yaml:"tolerates,positive" doc:"the longest outage that its users do not mind"`
}

// patience is the longest outage that users do not mind.
func (e *Ends) patience(byDefault time.Duration) time.Duration {
	if e.For > 0 {
		return e.For
	}
	return byDefault
}

// flows lists the ways of all members.
func (e *Ends) flows(p *topology.Plant) ([]sim.Flow, error) {
	from, err := e.From.Nodes(p)
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	to, err := e.To.Nodes(p)
	if err != nil {
		return nil, fmt.Errorf("to: %w", err)
	}
	pairs := pair(from, to)
	if len(pairs) == 0 {
		return nil, fmt.Errorf("%s talks to nobody but itself", from[0].ID)
	}
	networks, err := e.networks(p)
	if err != nil {
		return nil, err
	}
	if e.Family == ipv6 {
		if err := speakIPv6(networks); err != nil {
			return nil, err
		}
	}
	return e.number(pairs, networks)
}

// connections are flows that use one network at most: a connection cannot change it.
func (e *Ends) connections(p *topology.Plant) ([]sim.Flow, error) {
	flows, err := e.flows(p)
	if err == nil && len(flows[0].Networks) > 1 {
		return nil, fmt.Errorf("a connection uses one network, not any of %d: name one, or none for whatever routing gives",
			len(flows[0].Networks))
	}
	return flows, err
}

// number makes as many members as told, and looks whether each can use its networks.
func (e *Ends) number(pairs [][2]*topology.Node, networks []*topology.Network) ([]sim.Flow, error) {
	n := len(pairs)
	if e.Count != 0 {
		n = e.Count
	}
	if n < 0 || n > MaxMembers {
		return nil, fmt.Errorf("count is %d: it must be between 1 and %d", n, MaxMembers)
	}
	flows := make([]sim.Flow, n)
	for i := range flows {
		f := sim.Flow{From: pairs[i%len(pairs)][0], To: pairs[i%len(pairs)][1], Networks: networks, IPv6: e.Family == ipv6}
		for _, end := range []*topology.Node{f.From, f.To} {
			if err := hasAddress(end, networks); err != nil {
				return nil, err
			}
		}
		flows[i] = f
	}
	return flows, nil
}

func hasAddress(n *topology.Node, networks []*topology.Network) error {
	for _, net := range networks {
		if n.Interface(net) == nil {
			return fmt.Errorf("%s has no address in network %q", n.ID, net.ID)
		}
	}
	return nil
}

func (e *Ends) networks(p *topology.Plant) ([]*topology.Network, error) {
	names := e.Networks
	if e.Network != "" {
		names = append([]string{e.Network}, names...)
	}
	var all []*topology.Network
	for _, name := range names {
		n := p.Network(name)
		if n == nil {
			return nil, noNetwork(p, name)
		}
		if !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all, nil
}

const ipv6 = "ipv6"

// speakIPv6 looks whether a workload can speak IPv6 in its networks. Between networks nobody routes it.
func speakIPv6(networks []*topology.Network) error {
	if len(networks) == 0 {
		return errors.New("family: ipv6 is spoken within a network: name it by network or networks")
	}
	for _, n := range networks {
		if !n.Subnet6.IsValid() {
			return fmt.Errorf("family: network %q has no subnet6", n.ID)
		}
	}
	return nil
}

func noNetwork(p *topology.Plant, name string) error {
	var have []string
	for _, n := range p.Networks {
		have = append(have, n.ID)
	}
	return topology.NewUnknown("network", name, have)
}

// pair lists who talks to whom.
func pair(from, to []*topology.Node) [][2]*topology.Node {
	var pairs [][2]*topology.Node
	seen := map[[2]*topology.Node]bool{}
	add := func(a, b *topology.Node) bool {
		if a == b || seen[[2]*topology.Node{b, a}] || seen[[2]*topology.Node{a, b}] {
			return false
		}
		seen[[2]*topology.Node{a, b}] = true
		pairs = append(pairs, [2]*topology.Node{a, b})
		return true
	}
	if len(from) > 1 && len(to) > 1 && meshSize(from, to) > MeshLimit {
		inTurn(from, to, add)
		return pairs
	}
	for _, a := range from {
		for _, b := range to {
			add(a, b)
		}
	}
	return pairs
}

// meshSize counts the pairs of a full mesh; those of a set with itself once.
func meshSize(from, to []*topology.Node) int {
	both := 0
	for _, a := range from {
		if slices.Contains(to, a) {
			both++
		}
	}
	return len(from)*len(to) - both - both*(both-1)/2
}

// inTurn gives every node of the larger side the next of the other side that is not itself.
func inTurn(from, to []*topology.Node, add func(a, b *topology.Node) bool) {
	for i := range max(len(from), len(to)) {
		a := from[i%len(from)]
		for j := range len(to) {
			if add(a, to[(i+j+len(to)-1)%len(to)]) {
				break
			}
		}
	}
}
