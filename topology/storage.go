package topology

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Access says which controllers of an array serve a volume.
type Access string

// The three that arrays have.
const (
	ActiveActive  Access = "active-active"
	ActivePassive Access = "active-passive"
	ALUA          Access = "alua"
)

// Array is what makes a node storage.
type Array struct {
	Access Access
	// Takeover is how long a controller takes to serve the volumes of the other.
	Takeover time.Duration
	// Disks are all of them together, whichever controllers ask.
	Disks       DiskSpeed
	Controllers []*Controller
	Volumes     []*Volume
}

// Controller is one of an array's controllers.
type Controller struct {
	ID    string
	Ports []*Port // those that are wired
}

// Volume is a part of an array that hosts use as a disk.
type Volume struct {
	Array *Node
	ID    string
	Size  Bytes
	Owner *Controller // nil: any
	// Cache is "none", "mirrored" or "battery": nothing is lost with the power; "volatile": what was not flushed is; "lying":
	// that too, though it said that it was flushed.
	Cache string
}

// Datastore is a volume as a hypervisor uses it: it owns the sessions, the paths and what happens when there are none.
type Datastore struct {
	Host   *Node
	ID     string
	Volume *Volume
	Paths  []*Network // in order of preference
	// NoPathRetry is what to do without a path: "queue", "fail" or a number of checks (multipath.conf(5), no_path_retry).
	NoPathRetry string
	// PathTimeout: a path that answers nothing for this long is given up. Zero: the default of iSCSI.
	PathTimeout time.Duration
	// Replacement is how long requests stay with a lost session, in case it comes back (iscsid.conf,
	// node.session.timeo.replacement_timeout); nil: what multipathing sets, or DefaultReplacement in guests.
	Replacement *time.Duration
	// RoundRobin spreads requests over all paths to the preferred controller; else one is used at a time.
	RoundRobin bool
	// Failback is how long a better path must be up before it is used again; negative: somebody has to say so.
	Failback time.Duration
	// Guest: virtual machines have sessions of their own.
	Guest bool
	Pos   Pos
}

// StoragePath is one way from a host to a volume: from its interface on a network to one of the array's there.
type StoragePath struct {
	// Name is the network's, with the array's port where the array has several on it: "storage-a", "storage-a b/e1".
	Name     string
	From, To *Interface
	// Controller is the place in Array.Controllers of who answers there; 0 where the array names none.
	Controller int
}

// Routes lists the paths of a datastore, in order of its networks and of the array's ports.
func (d *Datastore) Routes() []StoragePath {
	var all []StoragePath
	for _, n := range d.Paths {
		from := d.Host.Interface(n)
		var taps []*Interface
		for _, i := range d.Volume.Array.Interfaces {
			if i.Network == n && from != nil {
				taps = append(taps, i)
			}
		}
		for _, to := range taps {
			p := StoragePath{Name: n.ID, From: from, To: to, Controller: d.Volume.Array.Array.controllerAt(to)}
			if len(taps) > 1 {
				p.Name += " " + to.over()
			}
			all = append(all, p)
		}
	}
	return all
}

// String is host/datastore.
func (d *Datastore) String() string { return d.Host.ID + "/" + d.ID }

// controllerAt is the place of the controller that an interface belongs to.
func (a *Array) controllerAt(i *Interface) int {
	at := i.Port
	if i.Bond != nil {
		at = i.Bond.Members[0]
	}
	return max(0, slices.IndexFunc(a.Controllers, func(c *Controller) bool { return slices.Contains(c.Ports, at) }))
}

// ControllerSpec is a controller as typed.
type ControllerSpec struct {
	Ports []yamlfile.Word `yaml:"ports,scalar" doc:"names of its ports"`
}

// VolumeSpec is a volume as typed.
type VolumeSpec struct {
	Pos   Pos
	Size  Bytes         `yaml:"size" doc:"4TiB, 500GB"`
	Owner yamlfile.Word `yaml:"owner" doc:"controller that serves it"`
	Cache string        `yaml:"cache" enum:"none|mirrored|battery|volatile|lying" doc:"write cache: a volatile one loses with the power what was not flushed, a lying one also what it said was"`
}

// DefaultReplacement is how long an initiator waits for a lost session where nobody tells it otherwise (open-iscsi,
// etc/iscsid.conf: node.session.timeo.replacement_timeout = 120).
const DefaultReplacement = 120 * time.Second

// DatastoreSpec is a datastore as typed.
type DatastoreSpec struct {
	Pos         Pos
	Volume      yamlfile.Word   `yaml:"volume,required,scalar" doc:"array/volume"`
	Paths       []yamlfile.Word `yaml:"paths" doc:"networks that its paths take"`
	NoPathRetry yamlfile.Word   `yaml:"no_path_retry" doc:"without a path: queue, fail, or a number of checks"`
	PathTimeout time.Duration   `yaml:"path_timeout" doc:"a path that answers nothing for this long is given up"`
	Replacement *time.Duration  `yaml:"replacement_timeout" doc:"requests stay with a lost session this long: 0s under multipathing, 120s in guests by default"`
	Policy      string          `yaml:"policy" enum:"failover|round-robin" doc:"one path at a time (default), or all to the preferred controller in turn"`
	Failback    yamlfile.Word   `yaml:"failback" doc:"when a better path is used again: immediate (default), manual, or after a time"`
	Attach      string          `yaml:"attach" enum:"host|guest" doc:"who has the sessions: the host (default) or each guest"`
}

// Bytes is a size.
type Bytes int64

var byteUnits = []struct {
	suffix string
	unit   float64
}{{"TIB", 1 << 40}, {"GIB", 1 << 30}, {"MIB", 1 << 20}, {"KIB", 1 << 10}, {"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}}

// UnmarshalText reads 4TiB or 500GB.
func (b *Bytes) UnmarshalText(text []byte) error {
	s := strings.ToUpper(strings.TrimSpace(string(text)))
	for _, u := range byteUnits {
		number, found := strings.CutSuffix(s, u.suffix)
		if !found {
			continue
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(f > 0 && f*u.unit < 1<<62) {
			break
		}
		*b = Bytes(f * u.unit)
		return nil
	}
	return fmt.Errorf("%q is not a size: write it as 4TiB or 500GB", text)
}

// String writes the size as people do: 4TiB, 1.5GiB, 512MiB.
func (b Bytes) String() string {
	for _, u := range []struct {
		suffix string
		unit   Bytes
	}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if b >= u.unit {
			return strconv.FormatFloat(math.Round(float64(b)/float64(u.unit)*10)/10, 'f', -1, 64) + u.suffix
		}
	}
	return strconv.FormatInt(int64(b), 10) + "B"
}

// DiskSpeed is what disks do at most. Zero values set no limit.
type DiskSpeed struct {
	Throughput ByteRate
	IOPS       IOPS
}

// Limited says whether there is any limit.
func (s DiskSpeed) Limited() bool { return s != DiskSpeed{} }

// Cost is how long the disks are busy with a request: the longer of what its bytes and its being one operation take.
func (s DiskSpeed) Cost(length Bytes) time.Duration {
	var cost time.Duration
	if s.Throughput > 0 {
		cost = time.Duration(float64(length) / float64(s.Throughput) * float64(time.Second))
	}
	if s.IOPS > 0 {
		cost = max(cost, time.Second/time.Duration(s.IOPS))
	}
	return cost
}

// ByteRate is bytes a second, as disks are measured; links have Bitrate.
type ByteRate int64

// UnmarshalText reads 200MB/s or 1.5GiB/s.
func (r *ByteRate) UnmarshalText(text []byte) error {
	size, second := strings.CutSuffix(strings.ToLower(strings.TrimSpace(string(text))), "/s")
	var b Bytes
	if !second || b.UnmarshalText([]byte(size)) != nil || b < 1 {
		return fmt.Errorf("%q is no throughput of disks: write it as 200MB/s or 1GiB/s", text)
	}
	*r = ByteRate(b)
	return nil
}

// IOPS is requests a second, whatever their size.
type IOPS int64

// mostIOPS is more than any array does. Chosen: above it, a request takes less than a nanosecond.
const mostIOPS = 1e9

// UnmarshalText reads 1500.
func (o *IOPS) UnmarshalText(text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n < 1 || n > mostIOPS {
		return fmt.Errorf("%q is no number of requests a second: write it as 1500", text)
	}
	*o = IOPS(n)
	return nil
}

// array builds what makes a node storage; the controllers' ports are found by name once they are wired.
func (b *builder) array(n *Node, s *NodeSpec) {
	n.Array = &Array{Access: s.Access, Takeover: s.Takeover, Disks: DiskSpeed{s.Throughput, s.IOPS}}
	if n.Array.Access == "" {
		n.Array.Access = ActiveActive
	}
	for _, c := range s.Controllers {
		n.Array.Controllers = append(n.Array.Controllers, &Controller{ID: c.Key})
	}
	for _, v := range s.Volumes {
		volume := &Volume{Array: n, ID: v.Key, Size: v.Value.Size, Cache: v.Value.Cache}
		n.Array.Volumes = append(n.Array.Volumes, volume)
		if owner := v.Value.Owner; owner.Text != "" {
			volume.Owner = n.Array.controller(owner.Text)
			if volume.Owner == nil {
				hint := yamlfile.Suggest(owner.Text, s.Controllers.Keys())
				if len(s.Controllers) == 0 {
					hint = "say which there are: controllers: {" + owner.Text + ": {ports: [e0]}}"
				}
				b.ps.Add(owner.Pos, hint, "no controller %q", owner.Text)
			}
		}
	}
}

func (a *Array) controller(id string) *Controller {
	for _, c := range a.Controllers {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// assignControllers gives the wired ports to their controllers.
func (a *Array) assignControllers(ports []*Port) {
	for _, p := range ports {
		id, _, _ := strings.Cut(p.Name, "/")
		if c := a.controller(id); c != nil {
			c.Ports = append(c.Ports, p)
		}
	}
}

// datastores resolves what hosts live on, once arrays and networks are known.
func (b *builder) datastores() {
	for _, x := range b.nodes {
		for _, d := range x.spec.Datastores {
			b.datastore(x.node, d)
		}
	}
}

func (b *builder) datastore(host *Node, d yamlfile.Item[DatastoreSpec]) {
	store := &Datastore{
		Host: host, ID: d.Key, NoPathRetry: d.Value.NoPathRetry.Text, PathTimeout: d.Value.PathTimeout,
		RoundRobin: d.Value.Policy == "round-robin", Failback: b.failback(d.Value.Failback),
		Guest: d.Value.Attach == "guest", Replacement: d.Value.Replacement, Pos: d.Pos,
	}
	store.Volume = b.volume(d.Value.Volume)
	for _, id := range d.Value.Paths {
		if n := b.network(id); n != nil {
			store.Paths = append(store.Paths, n)
		}
	}
	if retry := d.Value.NoPathRetry; retry.Text != "" && retry.Text != "queue" && retry.Text != "fail" {
		if n, err := strconv.Atoi(retry.Text); err != nil || n < 1 {
			b.ps.Add(retry.Pos, "it can be queue, fail or a number of checks", "no_path_retry cannot be %q", retry.Text)
		}
	}
	host.Datastores = append(host.Datastores, store)
}

// failback reads when a better path is used again.
func (b *builder) failback(w yamlfile.Word) time.Duration {
	switch w.Text {
	case "", "immediate":
		return 0
	case "manual":
		return -1
	}
	d, err := time.ParseDuration(w.Text)
	if err != nil || d < 0 {
		b.ps.Add(w.Pos, "it can be immediate, manual or a time such as 30s", "failback cannot be %q", w.Text)
	}
	return d
}

// volume finds array/volume.
func (b *builder) volume(name yamlfile.Word) *Volume {
	v, have := b.plant.volume(name.Text)
	if v == nil {
		b.unknown("volume", name, have)
	}
	return v
}

// Volume finds a volume by "array/volume".
func (p *Plant) Volume(name string) (*Volume, error) {
	v, have := p.volume(name)
	if v == nil {
		return nil, NewUnknown("volume", name, have)
	}
	return v, nil
}

func (p *Plant) volume(name string) (found *Volume, have []string) {
	for _, n := range p.Arrays() {
		for _, v := range n.Array.Volumes {
			if have = append(have, v.String()); v.String() == name {
				found = v
			}
		}
	}
	return found, have
}

// Controller finds a controller of an array by "array/controller".
func (p *Plant) Controller(name string) (*Node, *Controller, error) {
	var have []string
	for _, n := range p.Arrays() {
		for _, c := range n.Array.Controllers {
			full := n.ID + "/" + c.ID
			if have = append(have, full); full == name {
				return n, c, nil
			}
		}
	}
	return nil, nil, NewUnknown("controller", name, have)
}

// Array finds a storage node by its ID.
func (p *Plant) Array(id string) (*Node, error) {
	var have []string
	for _, n := range p.Arrays() {
		if have = append(have, n.ID); n.ID == id {
			return n, nil
		}
	}
	return nil, NewUnknown("array", id, have)
}

// Arrays lists the storage nodes.
func (p *Plant) Arrays() []*Node {
	var all []*Node
	for _, n := range p.Nodes {
		if n.Array != nil {
			all = append(all, n)
		}
	}
	return all
}

// String is array/volume.
func (v *Volume) String() string { return v.Array.ID + "/" + v.ID }
