package topology

import (
	"time"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Spec is a topology file as typed. FromNode makes a Plant of it.
type Spec struct {
	Pos       Pos
	Name      string                        `yaml:"name" doc:"what the plant is called in reports"`
	Fabric    string                        `yaml:"fabric" enum:"bridged|routed" doc:"bridged (default): switches forward frames; routed: a transit network per link between switches"`
	Networks  yamlfile.Ordered[NetworkSpec] `yaml:"networks" doc:"broadcast domains, keyed by name"`
	Topology  BodySpec                      `yaml:"topology,required" doc:"nodes and links"`
	Groups    yamlfile.Ordered[GroupSpec]   `yaml:"groups" doc:"what stands in for what, and what fails together"`
	Routing   RoutingSpec                   `yaml:"routing" doc:"how soon routers notice and go round a failure"`
	Workloads *yamlfile.Node                `yaml:"workloads" doc:"what runs where, keyed by name; see dcdrill list workloads"`
}

// BodySpec is the part that follows containerlab: nodes and links.
type BodySpec struct {
	Defaults DefaultsSpec               `yaml:"defaults" doc:"for every node and link that does not say otherwise"`
	Nodes    yamlfile.Ordered[NodeSpec] `yaml:"nodes,required" doc:"devices, keyed by name"`
	Links    LinksSpec                  `yaml:"links" doc:"links that need a name, keyed by it; a list of unnamed ones is accepted"`
}

// DefaultsSpec fills in what links and nodes leave open.
type DefaultsSpec struct {
	CableSpec
	Boot *BootSpec `yaml:"boot" doc:"boot profile of switches and routers: a name or stages"`
}

// CableSpec is what can be said of a link at any place that speaks of one.
type CableSpec struct {
	Speed           *Bitrate       `yaml:"speed" doc:"40G, 2.5G, 100M; 10G by default"`
	Optic           *string        `yaml:"optic" doc:"model of the transceivers at both ends; none (default) for copper"`
	Batch           *string        `yaml:"batch" doc:"production batch of the transceivers: parts of one batch share fate"`
	MTU             *int           `yaml:"mtu" doc:"largest packet in bytes, 1500 by default"`
	Conduit         *yamlfile.Word `yaml:"conduit" doc:"duct that the cable lies in: one digger cuts all of it"`
	FaultSignalling *bool          `yaml:"fault_signalling" doc:"a dead laser takes the link down at both ends (IEEE 802.3); on by default"`
	ImpairmentSpec
}

// NodeSpec is a device, or count of them alike.
type NodeSpec struct {
	Pos      Pos
	Kind     NodeKind                   `yaml:"kind,required" enum:"switch|router|host|storage|external" doc:"what the device is"`
	Model    string                     `yaml:"model" doc:"vendor's model, for people"`
	Count    *int                       `yaml:"count" doc:"makes name1, name2... up to this"`
	Feeds    []string                   `yaml:"feeds" doc:"power feeds it is wired to; it stays up while one is live"`
	Boot     *BootSpec                  `yaml:"boot" doc:"boot profile: a name or stages"`
	Domain   string                     `yaml:"domain" doc:"control-plane domain: nodes of one domain share one brain"`
	Fabric   string                     `yaml:"fabric" enum:"bridged|routed" doc:"overrides the plant's fabric for this switch"`
	STP      *STPSpec                   `yaml:"stp" doc:"runs a spanning tree (IEEE 802.1D): true, or its numbers"`
	Defaults DefaultsSpec               `yaml:"defaults" doc:"for the links of this node"`
	Ports    yamlfile.Ordered[PortSpec] `yaml:"ports" doc:"keyed by the vendor's name; a bare name says where the cable goes"`
	Bonds    yamlfile.Ordered[BondSpec] `yaml:"bonds" doc:"ports used as one, keyed by name"`

	Daemons yamlfile.Ordered[DaemonSpec] `yaml:"daemons" doc:"programs that it runs in its own network while it is in service, keyed by name: bird, keepalived, or any with run"`

	Access      Access                           `yaml:"access" enum:"active-active|active-passive|alua" doc:"storage: which controllers serve a volume"`
	Takeover    time.Duration                    `yaml:"takeover" doc:"storage: how long a controller takes to serve the other's volumes"`
	Throughput  ByteRate                         `yaml:"throughput" doc:"storage: what its disks move at most, such as 200MB/s; no limit by default"`
	IOPS        IOPS                             `yaml:"iops" doc:"storage: requests that its disks serve in a second; no limit by default"`
	Controllers yamlfile.Ordered[ControllerSpec] `yaml:"controllers" doc:"storage: controllers and their ports; port e0 of controller a is a/e0"`
	Volumes     yamlfile.Ordered[VolumeSpec]     `yaml:"volumes" doc:"storage: volumes, keyed by name"`
	Datastores  yamlfile.Ordered[DatastoreSpec]  `yaml:"datastores" doc:"host: the volumes that its virtual machines live on"`
}

// DaemonSpec is a daemon as typed.
type DaemonSpec struct {
	Pos    Pos
	Config yamlfile.Word `yaml:"config,scalar" doc:"file with its configuration, found from the file that says so"`
	Text   string        `yaml:"text" doc:"the configuration itself, instead of a file; logs keep here what the file held"`
	Run    []string      `yaml:"run" doc:"the program and its arguments, to run in the foreground; {config} stands for the path of its configuration"`
}

// STPSpec is a switch's part in a spanning tree as typed.
type STPSpec struct {
	Pos          Pos
	On           *bool          `yaml:"on,scalar" doc:"whether it runs one; true by default"`
	Priority     *int           `yaml:"priority" doc:"the switch with the least is the root; 32768 by default, the first in the file of equal ones"`
	Hello        *time.Duration `yaml:"hello" doc:"how often the root is heard, 2s by default"`
	MaxAge       *time.Duration `yaml:"max_age" doc:"how long what was heard holds, 20s by default"`
	ForwardDelay *time.Duration `yaml:"forward_delay" doc:"how long a port listens, and then learns, before it forwards; 15s by default"`
}

// PortSpec is a port typed at its node.
type PortSpec struct {
	Pos      Pos
	To       yamlfile.Word   `yaml:"to,scalar" doc:"where the cable goes: a node (its next free port is taken) or node:port"`
	Networks []yamlfile.Word `yaml:"networks" doc:"networks it carries"`
	TrunkSpec
	CableSpec
}

// LinkSpec is a link typed under links.
type LinkSpec struct {
	Pos       Pos
	ID        string          `yaml:"id" doc:"name of a link in a list"`
	Endpoints []yamlfile.Word `yaml:"endpoints,required" doc:"two of node:port, or node for its next free port"`
	Networks  []yamlfile.Word `yaml:"networks" doc:"networks it carries"`
	TrunkSpec
	CableSpec
}

// BondSpec is a bond typed at its node.
type BondSpec struct {
	Pos       Pos
	Members   []yamlfile.Word `yaml:"members,required,scalar" doc:"ports of this node"`
	Mode      BondMode        `yaml:"mode" enum:"active-backup|802.3ad|lacp" doc:"active-backup by default"`
	Miimon    *time.Duration  `yaml:"miimon" doc:"how often carriers are looked at, 100ms by default"`
	Updelay   time.Duration   `yaml:"updelay" doc:"how long a recovered member waits before it is used"`
	Downdelay time.Duration   `yaml:"downdelay" doc:"how long a lost member is still used"`
	Primary   yamlfile.Word   `yaml:"primary" doc:"member that is used whenever it is up"`
	Rate      LACPRate        `yaml:"lacp_rate" enum:"slow|fast" doc:"802.3ad: how often the partner is heard, every 30s (slow, default) or 1s; it is given up after three times that"`
	Reselect  Reselect        `yaml:"primary_reselect" enum:"always|better|failure" doc:"when a recovered primary is used again, always by default"`
}

// NetworkSpec is a network as typed.
type NetworkSpec struct {
	Pos     Pos
	Subnet  *PrefixSpec  `yaml:"subnet,required,scalar" doc:"IPv4 prefix, such as 10.0.10.0/24"`
	Subnet6 *PrefixSpec  `yaml:"subnet6" doc:"IPv6 prefix"`
	VLAN    *VLANSpec    `yaml:"vlan" doc:"VLAN ID, 1 to 4094: what its frames are tagged with on links of several networks (IEEE 802.1Q)"`
	MTU     int          `yaml:"mtu,positive" doc:"largest packet in bytes, 1500 by default"`
	Gateway *GatewaySpec `yaml:"gateway" doc:"node or pair that routes for this network"`
}

// GatewaySpec is a network's gateway as typed.
type GatewaySpec struct {
	Pos      Pos
	Via      yamlfile.Word `yaml:"via,required,scalar" doc:"node, or group whose members share a virtual address"`
	Takeover time.Duration `yaml:"takeover,positive" doc:"how long the others wait for a silent holder, 3.6s by default"`
	Advert   time.Duration `yaml:"advert,positive" doc:"how often the holder is heard, 1s by default"`
}

// GroupSpec is a group as typed.
type GroupSpec struct {
	Pos       Pos
	Redundant []yamlfile.Word `yaml:"redundant,scalar" doc:"nodes or links of which one is enough: a claim that check tests"`
	Members   []yamlfile.Word `yaml:"members" doc:"nodes or links that share fate without standing in for one another"`
	Shares    []string        `yaml:"shares" doc:"what they share: change, firmware, optic-batch, rack..."`
	Pair      *PairSpec       `yaml:"pair" doc:"two switches that appear as one"`
	Guard     *GuardSpec      `yaml:"guard" doc:"what becomes of its links when others of them are down"`
}

// GuardSpec is a link guard as typed.
type GuardSpec struct {
	Pos        Pos
	MinLinks   int  `yaml:"min_links,required,scalar" doc:"how many of the links must have a carrier; with fewer the rest are taken down (min-links of a port channel)"`
	ErrDisable bool `yaml:"err_disable" doc:"what was taken down stays down until somebody clears it"`
}

// PairSpec is a pair as typed.
type PairSpec struct {
	Pos          Pos
	PeerLink     yamlfile.Word    `yaml:"peer_link,scalar" doc:"link between the two; the only one there is by default"`
	DelayRestore time.Duration    `yaml:"delay_restore" doc:"host-facing ports stay down this long after the peer is found again"`
	AutoRecovery yamlfile.OrNever `yaml:"auto_recovery" doc:"a switch that came back alone serves after this long; never by default"`
}

// RoutingSpec is the law of routed networks as typed.
type RoutingSpec struct {
	Pos         Pos
	Hold        *time.Duration `yaml:"hold" doc:"silence after which a neighbour is lost, 900ms by default"`
	Hello       *time.Duration `yaml:"hello" doc:"how often neighbours are heard, 300ms by default"`
	Convergence *time.Duration `yaml:"convergence" doc:"from noticing to new routes, 200ms by default"`
	Reconnect   *time.Duration `yaml:"reconnect" doc:"how long neighbours that hear each other again take at most to be neighbours; one hello by default"`
}

// LinksSpec is a map of links keyed by name, or a list as containerlab has it.
type LinksSpec []yamlfile.Item[LinkSpec]

// UnmarshalNode reads either shape.
func (l *LinksSpec) UnmarshalNode(n *yamlfile.Node, ps *yamlfile.Problems) {
	if n.Kind() != yamlfile.List {
		var keyed yamlfile.Ordered[LinkSpec]
		yamlfile.Decode(n, &keyed, ps)
		*l = LinksSpec(keyed)
		return
	}
	for _, item := range n.Items() {
		link := yamlfile.Item[LinkSpec]{Pos: item.Pos()}
		yamlfile.Decode(item, &link.Value, ps)
		link.Key = link.Value.ID
		*l = append(*l, link)
	}
}
