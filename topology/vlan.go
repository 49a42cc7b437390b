package topology

import (
	"slices"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// MaxVLAN is the greatest VLAN ID; 0 and 4095 are reserved (IEEE 802.1Q table 9-2).
const MaxVLAN = 4094

// VLANSpec is a VLAN ID as typed, with its place.
type VLANSpec struct {
	ID  int // 0 after a complaint
	Pos Pos
}

// UnmarshalNode reads a number from 1 to MaxVLAN.
func (v *VLANSpec) UnmarshalNode(n *yamlfile.Node, ps *yamlfile.Problems) {
	v.Pos = n.Pos()
	id, err := strconv.Atoi(n.Text())
	if err != nil || id < 1 || id > MaxVLAN {
		ps.Add(n.Pos(), "such as vlan: 20", "%q is no VLAN ID: want 1 to %d (IEEE 802.1Q)", n.Text(), MaxVLAN)
		return
	}
	v.ID = id
}

// Describe says that it is a number.
func (VLANSpec) Describe(*yamlfile.Schemas) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "integer", Minimum: "1", Maximum: "4094"}
}

// TrunkSpec is what the ends of a link are told of VLANs, as typed. An end is named by its node, or by node:port.
type TrunkSpec struct {
	Native  NativeSpec                        `yaml:"native" doc:"network whose frames bear no tag, or none; by end where the two differ: {core1: lan, core2: mgmt}"`
	Allowed yamlfile.Ordered[[]yamlfile.Word] `yaml:"allowed" doc:"by end: what a switch's port lets through, where that is not all that the link is to carry"`
}

// NativeSpec is the native network of a link as typed: one for both ends, or by end.
type NativeSpec struct {
	Both yamlfile.Word
	Ends yamlfile.Ordered[yamlfile.Word]
}

// UnmarshalNode reads either shape.
func (s *NativeSpec) UnmarshalNode(n *yamlfile.Node, ps *yamlfile.Problems) {
	if n.Kind() == yamlfile.Map {
		s.Ends.UnmarshalNode(n, ps)
		return
	}
	s.Both.UnmarshalNode(n, ps)
}

// Describe says that it is a word, or a map of words.
func (NativeSpec) Describe(s *yamlfile.Schemas) *jsonschema.Schema {
	word := yamlfile.Word{}.Describe(s)
	return &jsonschema.Schema{AnyOf: append(slices.Clone(word.AnyOf), &jsonschema.Schema{Type: "object", AdditionalProperties: word})}
}

// Switched says whether what a port hears of a network is passed on to other ports: it is a switch's, and no interface of
// its own.
func (p *Port) Switched(n *Network) bool {
	i := p.Node.Interface(n)
	return p.Node.Kind == Switch && (i == nil || i.Port == nil && i.Bond == nil)
}

// Allows says whether a port lets a network through, by its own configuration.
func (p *Port) Allows(n *Network) bool { return !slices.Contains(p.Lacks, n) }

// Understood says whether what a port sends of a network is taken for it at the other end: with a tag by all that do not
// have it untagged, and by switches, whose ports take a tag of their native network too (Linux, net/bridge/br_vlan.c);
// without a tag where it is native as well. Elsewhere it ends up in another network, or nowhere.
func (p *Port) Understood(n *Network) bool {
	far := p.Peer()
	if p.Native == n {
		return far.Native == n
	}
	return far.Native != n || far.Switched(n)
}

// Hands says whether what a port sends of a network gets into it at the other end, as the file has both configured.
func (p *Port) Hands(n *Network) bool {
	return p.Allows(n) && p.Peer().Allows(n) && p.Understood(n)
}

// Passes says whether a network's frames get over the link both ways, as the file has its ends configured.
func (l *Link) Passes(n *Network) bool { return l.Carries(n) && l.A.Hands(n) && l.B.Hands(n) }

// Leaks says whether the ends of a link have two native networks: what the one sends without a tag comes up in that of the
// other, and goes on there.
func (l *Link) Leaks() bool {
	return l.A.Native != nil && l.B.Native != nil && l.A.Native != l.B.Native
}

// tag is a network's VLAN ID for people; empty when it has none.
func (n *Network) tag() string {
	if n.VLAN == 0 {
		return ""
	}
	return "  VLAN " + strconv.Itoa(n.VLAN)
}

// carriage lists what a link carries for people: with which tags, and what an end does not let through.
func (l *Link) carriage() string {
	var all []string
	for _, n := range l.Networks {
		word := n.ID
		if l.Tags(n) {
			word += " (" + strconv.Itoa(n.VLAN) + ")"
		}
		for _, p := range l.Ends() {
			if !p.Allows(n) {
				word += " missing at " + p.Node.ID
			}
		}
		all = append(all, word)
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

// Tags says whether frames of a network bear its VLAN ID on the link, sent from at least one end.
func (l *Link) Tags(n *Network) bool {
	return n.VLAN != 0 && l.Carries(n) && (l.A.Native != n || l.B.Native != n)
}
