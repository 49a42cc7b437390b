package sim

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// HeaderData is event 1: all that is needed to read, compare and replay the log.
type HeaderData struct {
	Format       string       `json:"format"`
	Program      string       `json:"program"`
	World        string       `json:"world"`
	Scenario     string       `json:"scenario"`
	Story        string       `json:"story,omitempty"`
	Plant        string       `json:"plant,omitempty"` // "two-core: 13 nodes, 22 links"
	Start        string       `json:"start,omitempty"` // RFC 3339 with zone
	Seed         uint64       `json:"seed"`
	Phase        float64      `json:"phase,omitempty"`
	RealTime     bool         `json:"real_time,omitempty"`
	Topology     string       `json:"topology"` // YAML after all overrides
	Text         string       `json:"text"`     // the scenario's own YAML after all overrides
	Capabilities []Capability `json:"capabilities"`
	Uses         []UseData    `json:"workloads"`
	Entries      []EntryData  `json:"timeline"`
	// Question is true when the scenario has no expectations: survival decides the exit code.
	Question bool     `json:"question"`
	Notes    []string `json:"notes,omitempty"`
}

// UseData describes a workload in the header.
type UseData struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Members int    `json:"members"`
	// Watches are the aspects of its members that are looked at from outside: "ping".
	Watches   []string `json:"watches,omitempty"`
	Tier      int      `json:"tier,omitempty"`
	Tolerates Seconds  `json:"tolerates"`
	// ToleratesLoss is the largest share of lost requests that it tolerates; nil: any.
	ToleratesLoss *float64 `json:"tolerates_loss,omitempty"`
	Inferred      bool     `json:"inferred,omitempty"`
}

// EntryData describes a timeline entry in the header.
type EntryData struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Text string `json:"text"`
	By   string `json:"by,omitempty"`
}

// SteadyData: every workload was served before the first fault. Unserved lists those that were not, and
// what of the world had still to come up; then the run is over.
type SteadyData struct {
	Members  int      `json:"members"`
	Unserved []string `json:"unserved,omitempty"`
}

// FaultData: an entry of the timeline (the subject) begins.
type FaultData struct {
	Fault string  `json:"fault"`
	Text  string  `json:"text"`
	By    string  `json:"by,omitempty"`
	For   Seconds `json:"for,omitempty"`
}

// HealedData: an entry of the timeline has ended and all it did is undone.
type HealedData struct{}

// CarrierData: a port gained or lost its carrier.
type CarrierData struct {
	Up  bool   `json:"up"`
	Why string `json:"why,omitempty"`
}

// DarkData: frames leaving a port are lost although its carrier is up, or no longer.
type DarkData struct {
	On bool `json:"on"`
}

// ImpairData: what becomes of frames that leave a port, from now on. All are zero when all is well again.
type ImpairData struct {
	Delay     Seconds          `json:"delay,omitempty"`
	Jitter    Seconds          `json:"jitter,omitempty"`
	Loss      float64          `json:"loss,omitempty"` // shares, 0 to 1
	Corrupt   float64          `json:"corrupt,omitempty"`
	Duplicate float64          `json:"duplicate,omitempty"`
	Reorder   float64          `json:"reorder,omitempty"`
	Rate      topology.Bitrate `json:"rate,omitempty"`
	Queue     Seconds          `json:"queue,omitempty"`
}

func impairData(i topology.Impairment) ImpairData {
	return ImpairData{Seconds(i.Delay), Seconds(i.Jitter), i.Loss, i.Corrupt, i.Duplicate, i.Reorder, i.Rate, Seconds(i.Queue)}
}

// Impairment is what the event says, for those who tell it.
func (d ImpairData) Impairment() topology.Impairment {
	return topology.Impairment{
		Delay: time.Duration(d.Delay), Jitter: time.Duration(d.Jitter),
		Loss: d.Loss, Corrupt: d.Corrupt, Duplicate: d.Duplicate, Reorder: d.Reorder, Rate: d.Rate, Queue: time.Duration(d.Queue),
	}
}

// VLANData: a switch's port (the subject) lets a network through, or no longer.
type VLANData struct {
	Network string `json:"network"`
	ID      int    `json:"vlan"`
	On      bool   `json:"on"`
}

// StageData: a node reached a stage.
type StageData struct {
	Stage string `json:"stage"`
	Why   string `json:"why,omitempty"`
}

// RefuseData: a node loses all that comes from another, or no longer.
type RefuseData struct {
	From string `json:"from"`
	On   bool   `json:"on"`
}

// HolderData: a node (the subject) begins or ceases to answer for a network's gateway.
type HolderData struct {
	Network string `json:"network"`
	On      bool   `json:"on"`
	Why     string `json:"why,omitempty"`
}

// RoutesData: routes of a node changed; Changed counts prefixes.
type RoutesData struct {
	Changed int    `json:"changed"`
	Why     string `json:"why,omitempty"`
}

// DaemonData: a daemon of a node (the subject) was started, said something, or ended by itself. A power loss, which ends
// all of them, is not told again.
type DaemonData struct {
	Name  string      `json:"name"`
	State DaemonState `json:"state"`
	Text  string      `json:"text,omitempty"` // what it said, or how it ended
}

// DaemonState is what became of a daemon.
type DaemonState string

// The states of DaemonData.
const (
	DaemonStarted DaemonState = "started"
	DaemonSaid    DaemonState = "said"
	DaemonEnded   DaemonState = "ended"
)

// OpticData: a transceiver changed its state: "ok", "latent", "dead".
type OpticData struct {
	State string `json:"state"`
}

// PowerData: a feed (the subject) went or came back.
type PowerData struct {
	Live bool `json:"live"`
}

// ErrDisableData: a port was shut by its own switch after too many flaps, or since a guard found too few links of its group
// well; it stays so until somebody acts.
type ErrDisableData struct {
	Flaps int    `json:"flaps,omitempty"`
	Guard string `json:"guard,omitempty"` // the group
}

// BondData: a bond uses another member; empty Active: none.
type BondData struct {
	Active string `json:"active"`
	Was    string `json:"was,omitempty"`
	Why    string `json:"why,omitempty"`
}

// TreeData: a port passes on the frames of a network from now on, by its spanning tree, or no longer.
type TreeData struct {
	Network  string `json:"network"`
	Forwards bool   `json:"forwards"`
}

// ProofData: an effect of a fault was seen, and what showed it.
type ProofData struct {
	Evidence string `json:"evidence"`
}

// UnprovenData: an effect of a fault was not seen; the run is inconclusive.
type UnprovenData struct {
	Missing string `json:"missing"`
}

// SkewData: how near to one instant a group fault was. Forwarding is the spread of the moments when the members'
// ports stopped passing frames, Carrier that of the carriers, Resolution how finely both were measured.
type SkewData struct {
	Members    int     `json:"members"`
	Forwarding Seconds `json:"forwarding"`
	Carrier    Seconds `json:"carrier"`
	Resolution Seconds `json:"resolution,omitempty"`
}

// DownData: a member is no longer served. Since is the last moment it was known to be, at the event's own time at the
// latest; the outage began at twice Resolution after it at the latest, with the first request that was not answered.
type DownData struct {
	Since      Seconds `json:"since"`
	Resolution Seconds `json:"resolution,omitempty"`
}

// UpData: a member is served again. The outage was To-From, give or take Resolution: the truth lies somewhere between
// two requests at either end, of which From and To are the middle. A member's first one says that it is served at all,
// and has From equal to To.
type UpData struct {
	From       Seconds `json:"from"`
	To         Seconds `json:"to"`
	Resolution Seconds `json:"resolution,omitempty"`
}

// GuestData: a member's virtual machine is so from now on.
type GuestData struct {
	State GuestState `json:"state"`
	Why   string     `json:"why,omitempty"`
}

// IntegrityData: what was found when the disk of a member was read back: how many of its acknowledged records were there
// as written (Intact), were not there at all (Lost), were there in part (Torn), or were older than what had been
// acknowledged in their place (Stale).
type IntegrityData struct {
	Intact int `json:"intact"`
	Lost   int `json:"lost,omitempty"`
	Torn   int `json:"torn,omitempty"`
	Stale  int `json:"stale,omitempty"`
	// Back is how far back the oldest acknowledged record that is damaged was acknowledged.
	Back Seconds `json:"back,omitempty"`
}

// Sound says whether nothing that was acknowledged is damaged.
func (d IntegrityData) Sound() bool { return d.Lost+d.Torn+d.Stale == 0 }

// PathsData: the paths of a datastore (the subject, "hv1/ds1") have changed. Using is the path that requests take, empty
// when there is none; Mode says what becomes of requests: "serving", "queueing", "failing".
type PathsData struct {
	Using string `json:"using,omitempty"`
	Mode  string `json:"mode"`
	Why   string `json:"why,omitempty"`
}

// ControllerData: a controller of an array (the subject, "array1/a") works or does not.
type ControllerData struct {
	On bool `json:"on"`
}

// VolumeData: a volume of an array (the subject, "array1/vol1") is gone for good, or there again.
type VolumeData struct {
	Gone bool `json:"gone"`
}

// DisksData: an array's disks are so much slower than they always are.
type DisksData struct {
	Latency Seconds `json:"latency"`
}

// ReconnectData: a member's connection was lost and made anew.
type ReconnectData struct{}

// HangUpData: a member's call was cut, by no wish of its user.
type HangUpData struct {
	Why string `json:"why"`
}

// StatsData: a member's figures over sampled time.
type StatsData struct {
	Asked      uint64  `json:"asked"`
	Answered   uint64  `json:"answered"`
	Reconnects int     `json:"reconnects,omitempty"`
	P50        Seconds `json:"p50,omitempty"`
	P95        Seconds `json:"p95,omitempty"`
	P99        Seconds `json:"p99,omitempty"`
	Max        Seconds `json:"max,omitempty"`
	// Late is the worst lateness of the sender itself.
	Late Seconds `json:"late,omitempty"`
	// Figures are those that only its kind has.
	Figures []Figure `json:"figures,omitempty"`
}

// OddsData: what the model says that chance and distance do to a member's requests, over the whole run. Where these
// were not the same all the time, what is measured depends on when it was sampled, and lies between the least and the
// most.
type OddsData struct {
	Loss     [2]float64 `json:"loss"` // least and most of requests that are lost, before chance has its say
	P99      [2]Seconds `json:"p99"`
	Requests uint64     `json:"requests"` // in all, with those that a world which measures makes before it ends
	// Longest is how long chance may leave the member unserved; what is shorter counts as no outage.
	Longest Seconds `json:"longest,omitempty"`
	// Lawless says why the model cannot say what became of the member.
	Lawless string `json:"lawless,omitempty"`
}

// BoundsData: what the model says of a member when it tries the earliest, the middle and the latest of every unknown
// phase: how many outages it has at most, and between what and what its longest lasts. ForGood: at some phase
// one never ends; Least and Most speak of the other phases, and are 0 where there is none.
type BoundsData struct {
	Outages int     `json:"outages"`
	Least   Seconds `json:"least"`
	Most    Seconds `json:"most"`
	ForGood bool    `json:"for_good,omitempty"`
}

// BlameData: this much of a workload's outages would not have been, or would have been shorter, without these entries, all
// of them taken away together. It is a smallest such set; there can be several, one event each.
type BlameData struct {
	Entries []string `json:"entries"`
	Outage  Seconds  `json:"outage"`
}

// JumpData: the clock jumped because nothing could change in between.
type JumpData struct {
	From Seconds `json:"from"`
	To   Seconds `json:"to"`
}

// DisagreeData: prediction and measurement of a member differ for longer than any law allows.
type DisagreeData struct {
	Predicted string `json:"predicted"`
	Measured  string `json:"measured"`
}

// ActionData: somebody did something to the plant: "replace optic" to a port, "switch off" to a virtual machine.
type ActionData struct {
	Do string `json:"do"`
	By string `json:"by,omitempty"`
	// Why is the task, or the player's reason.
	Why string `json:"why,omitempty"`
}

// TaskState is how far a piece of people's work has come.
type TaskState string

// A task waits for whatever it lacks, is begun and ended. One that is stuck lacks what will never come.
const (
	TaskWaiting TaskState = "waiting"
	TaskBegun   TaskState = "begun"
	TaskEnded   TaskState = "ended"
	TaskStuck   TaskState = "stuck"
)

// Needed ends what a task waits for because its machine needs it, as against the people: "directory, which it needs".
const Needed = ", which it needs"

// TaskData: a piece of people's work (the subject, "power-cycle") on something ("hosted/17").
type TaskData struct {
	State TaskState `json:"state"`
	On    string    `json:"on,omitempty"`
	By    string    `json:"by,omitempty"` // the person, "noc/2"
	// For says what a waiting or stuck task lacks: "a person", "vcenter", "a QSFP-40G-SR4".
	For string `json:"for,omitempty"`
	// Found is what came of a task that has ended: "dead optic in core1:Ethernet1/1".
	Found string `json:"found,omitempty"`
}

// PartState is where a spare part is.
type PartState string

// A part is taken from the shelf or ordered, arrives, and is fitted. One that was dead on arrival shows it when fitted.
const (
	PartTaken   PartState = "taken"
	PartOrdered PartState = "ordered"
	PartArrived PartState = "arrived"
	PartFitted  PartState = "fitted"
	PartDead    PartState = "dead on arrival"
)

// PartData: a spare part (the subject is its model) for a place in the plant.
type PartData struct {
	State PartState `json:"state"`
	For   string    `json:"for"`
	// Due is when an ordered part will be there.
	Due Seconds `json:"due,omitempty"`
}

// MilestoneData: a milestone of the recovery (the subject) is reached.
type MilestoneData struct{}

// The milestones, in their usual order. One is reached only where what it speaks of was lost before.
const (
	Detected          = "detected"           // a person looks
	NetworkUp         = "network-up"         // every conversation that needs no storage is served, and what runs is pinged
	StorageUp         = "storage-up"         // every datastore answers
	AllBooted         = "all-booted"         // every virtual machine works
	AppsTested        = "apps-tested"        // somebody has looked at every application
	IntegrityVerified = "integrity-verified" // and at all files and databases
)

// Milestones lists all of them.
func Milestones() []string {
	return []string{Detected, NetworkUp, StorageUp, AllBooted, AppsTested, IntegrityVerified}
}

// NoticeData: the clients are told something. ETA is when they are told that all will be well; 0 when nobody can say.
type NoticeData struct {
	Number int     `json:"number"`
	Text   string  `json:"text"`
	ETA    Seconds `json:"eta,omitempty"`
}

// ChangeData: a change of configuration (the subject is its entry) went a step on: "reviewed", "rejected", "pushed to
// core1", "stopped", "rolled back".
type ChangeData struct {
	Step string `json:"step"`
	Why  string `json:"why,omitempty"`
}

// IdleData: an entry of a variant's timeline did nothing, as may be: what it waits for never came.
type IdleData struct {
	Why string `json:"why"`
}

// ShareData: this much of a workload's time went into something that has a name. The shares of its worst member sum to
// that member's outages; After ones come when it is served again. Without has the smallest sets of entries without each
// of which there would be no such share.
type ShareData struct {
	Member  string     `json:"member"`
	Name    string     `json:"name"`
	Length  Seconds    `json:"length"`
	After   bool       `json:"after,omitempty"`
	Without [][]string `json:"without,omitempty"`
}

// StarvedData: this machine was too busy to measure; the run is inconclusive.
type StarvedData struct {
	Late Seconds `json:"late"`
}

// UnsupportedData: the world could not do something that was asked of it after the run had begun.
type UnsupportedData struct {
	What string `json:"what"`
}

// VerdictData: a check's finding. Part is "survive" or "expect".
type VerdictData struct {
	Part     string  `json:"part"`
	Workload string  `json:"workload,omitempty"`
	Outcome  Outcome `json:"outcome"`
	Want     string  `json:"want"`
	Got      string  `json:"got"`
	Evidence []int   `json:"evidence,omitempty"`
}

// EndData: the run is over. Reason is "played", "interrupted", "horizon" or "not steady".
type EndData struct {
	Reason string `json:"reason"`
	// Real is where real time went, by name: "build", "steady", "play", "settle".
	Real map[string]Seconds `json:"real,omitempty"`
}

// UnknownData is an event of a kind that this version does not know.
type UnknownData struct {
	Name string
	Raw  json.RawMessage
}

// Kind is the name in the log.
func (HeaderData) Kind() string      { return "start" }
func (SteadyData) Kind() string      { return "steady" }
func (FaultData) Kind() string       { return "fault" }
func (HealedData) Kind() string      { return "healed" }
func (CarrierData) Kind() string     { return "carrier" }
func (DarkData) Kind() string        { return "dark" }
func (ImpairData) Kind() string      { return "impair" }
func (VLANData) Kind() string        { return "vlan" }
func (StageData) Kind() string       { return "stage" }
func (RefuseData) Kind() string      { return "refuse" }
func (HolderData) Kind() string      { return "gateway" }
func (RoutesData) Kind() string      { return "routes" }
func (DaemonData) Kind() string      { return "daemon" }
func (OpticData) Kind() string       { return "optic" }
func (PowerData) Kind() string       { return "feed" }
func (ErrDisableData) Kind() string  { return "err-disable" }
func (BondData) Kind() string        { return "bond" }
func (TreeData) Kind() string        { return "spanning-tree" }
func (ProofData) Kind() string       { return "proof" }
func (UnprovenData) Kind() string    { return "unproven" }
func (SkewData) Kind() string        { return "skew" }
func (DownData) Kind() string        { return "down" }
func (UpData) Kind() string          { return "up" }
func (GuestData) Kind() string       { return "guest" }
func (IntegrityData) Kind() string   { return "integrity" }
func (PathsData) Kind() string       { return "paths" }
func (ControllerData) Kind() string  { return "controller" }
func (VolumeData) Kind() string      { return "volume" }
func (DisksData) Kind() string       { return "disks" }
func (ReconnectData) Kind() string   { return "reconnect" }
func (HangUpData) Kind() string      { return "hang-up" }
func (StatsData) Kind() string       { return "stats" }
func (OddsData) Kind() string        { return "odds" }
func (BoundsData) Kind() string      { return "bounds" }
func (BlameData) Kind() string       { return "blame" }
func (JumpData) Kind() string        { return "jump" }
func (DisagreeData) Kind() string    { return "disagree" }
func (ActionData) Kind() string      { return "action" }
func (TaskData) Kind() string        { return "task" }
func (PartData) Kind() string        { return "part" }
func (MilestoneData) Kind() string   { return "milestone" }
func (NoticeData) Kind() string      { return "notice" }
func (ChangeData) Kind() string      { return "change" }
func (IdleData) Kind() string        { return "idle" }
func (ShareData) Kind() string       { return "share" }
func (StarvedData) Kind() string     { return "starved" }
func (UnsupportedData) Kind() string { return "unsupported" }
func (VerdictData) Kind() string     { return "verdict" }
func (EndData) Kind() string         { return "end" }

// Kind is the name that the log gave.
func (d UnknownData) Kind() string { return d.Name }

// MarshalJSON writes what was read.
func (d UnknownData) MarshalJSON() ([]byte, error) { return d.Raw, nil }

var dataTypes = typesByKind(
	HeaderData{}, SteadyData{}, FaultData{}, HealedData{}, CarrierData{}, DarkData{}, ImpairData{}, VLANData{}, StageData{}, RefuseData{},
	HolderData{}, RoutesData{}, DaemonData{}, OpticData{}, PowerData{}, ErrDisableData{}, BondData{}, TreeData{}, ProofData{}, UnprovenData{},
	SkewData{}, DownData{}, UpData{}, GuestData{}, IntegrityData{}, PathsData{}, ControllerData{}, VolumeData{}, DisksData{}, ReconnectData{}, HangUpData{}, StatsData{}, OddsData{}, BoundsData{}, BlameData{}, JumpData{},
	ActionData{}, TaskData{}, PartData{}, MilestoneData{}, NoticeData{}, ChangeData{}, IdleData{}, ShareData{},
	DisagreeData{}, StarvedData{}, UnsupportedData{}, VerdictData{}, EndData{},
	CommandData{}, PhaseData{}, InjectData{}, AskedData{}, DecidedData{}, WorkData{}, PostedData{}, MessageData{}, RemarkData{}, RatingData{}, FindingData{}, RerunData{},
)

func typesByKind(all ...Data) map[string]reflect.Type {
	types := map[string]reflect.Type{}
	for _, d := range all {
		types[d.Kind()] = reflect.TypeOf(d)
	}
	return types
}

func decodeData(kind string, raw json.RawMessage) (Data, error) {
	t, known := dataTypes[kind]
	if !known {
		return UnknownData{kind, raw}, nil
	}
	v := reflect.New(t)
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, v.Interface()); err != nil {
			return nil, fmt.Errorf("read data of a %s event: %w", kind, err)
		}
	}
	return v.Elem().Interface().(Data), nil
}
