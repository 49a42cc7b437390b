package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Faults.Register("vlan-missing", "a VLAN is not on the list of a switch's port: carriers stay, and that network alone does not pass",
		func() sim.Fault { return new(VLANMissing) })
}

// VLANMissing is the trunk that was never told of a new VLAN, or was told to forget it: nobody notices before the other way
// is gone. It stays until the fault ends or somebody adds the VLAN.
type VLANMissing struct {
	Target  topology.Target `yaml:"target,required" doc:"node:port ends (of a host's, the switch's end), links (both ends, where these are switches), or nodes (all their ports that carry it)"`
	Network string          `yaml:"network" doc:"the network that does not pass, by its name"`
	VLAN    int             `yaml:"vlan" doc:"the same by its VLAN ID"`

	network *topology.Network
	ports   []*topology.Port
}

// Resolve finds the network and the ports.
func (v *VLANMissing) Resolve(p *topology.Plant) error {
	if err := v.find(p); err != nil {
		return err
	}
	v.ports = nil
	var bad []error
	for _, word := range v.Target {
		ports, err := portsOf(p, word, v.network)
		bad = append(bad, err)
		v.ports = append(v.ports, ports...)
	}
	if len(v.Target) == 0 {
		return errors.New("no target is given")
	}
	return errors.Join(bad...)
}

// Inject takes the network off all of them at once.
func (v *VLANMissing) Inject(s *sim.Scope) error {
	s.RemoveVLAN(v.network, v.ports...)
	return nil
}

// find finds the network. One without an ID has no VLAN that could be missing.
func (v *VLANMissing) find(p *topology.Plant) error {
	if (v.Network == "") == (v.VLAN == 0) {
		return errors.New("say which network does not pass: by its name (network), or by its VLAN ID (vlan)")
	}
	var names []string
	for _, n := range p.Networks {
		if v.Network == n.ID || v.VLAN != 0 && v.VLAN == n.VLAN {
			v.network = n
			if n.VLAN == 0 {
				return fmt.Errorf("%s has no VLAN ID: give it one in the topology, networks: {%s: {vlan: 20}}", n.ID, n.ID)
			}
			return nil
		}
		if v.Network != "" {
			names = append(names, n.ID)
		} else if n.VLAN != 0 {
			names = append(names, fmt.Sprintf("%d (%s)", n.VLAN, n.ID))
		}
	}
	if v.Network != "" {
		return topology.NewUnknown("network", v.Network, names)
	}
	return topology.NewUnknown("VLAN", fmt.Sprint(v.VLAN), names)
}

// portsOf are the switches' ports that a word names and that carry a network: for a port of a host, the one at its other
// end. The members of a switch's bond are configured as one.
func portsOf(p *topology.Plant, word string, n *topology.Network) ([]*topology.Port, error) {
	all, err := topology.Target{word}.Ends(p)
	if err != nil {
		return nil, err
	}
	var ports []*topology.Port
	for _, port := range all {
		if !port.Switched(n) {
			port = port.Peer()
		}
		members := []*topology.Port{port}
		if port.Bond != nil {
			members = port.Bond.Members
		}
		for _, m := range members {
			if m.Link.Carries(n) && m.Switched(n) && !slices.Contains(ports, m) {
				ports = append(ports, m)
			}
		}
	}
	if len(ports) == 0 {
		return nil, fmt.Errorf("no switch's port of %s carries %s%s", word, n.ID, insteadOf(all))
	}
	return ports, nil
}

// insteadOf says what a single port carries.
func insteadOf(ports []*topology.Port) string {
	if len(ports) != 1 {
		return ""
	}
	var names []string
	for _, n := range ports[0].Link.Networks {
		names = append(names, n.ID)
	}
	return ": it carries " + strings.Join(names, ", ")
}
