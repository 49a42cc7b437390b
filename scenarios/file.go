package scenarios

import (
	"time"

	"github.com/dcdrill/dcdrill/sim/recovery"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// file is a scenario as typed.
type file struct {
	Name        string         `yaml:"name" doc:"what the scenario is called"`
	Story       string         `yaml:"story" doc:"what happens, in a sentence or two that read aloud"`
	Topology    *yamlfile.Node `yaml:"topology,required" doc:"the plant: a file (relative to this one), a built-in name, or the plant itself"`
	Start       *yamlfile.Node `yaml:"start" doc:"local date and time of scenario time 0, such as 2023-06-01T13:00"`
	Zone        *yamlfile.Node `yaml:"zone" doc:"time zone of start, such as America/Chicago; UTC by default"`
	Seed        uint64         `yaml:"seed" doc:"seed of all dice; the same seed gives the same schedule"`
	Until       time.Duration  `yaml:"until,positive" doc:"when the run ends at the latest; 24h by default"`
	Load        *loading       `yaml:"load" doc:"has the demands of streams and the speeds of links play, so that what does not fit is lost"`
	Workloads   *yamlfile.Node `yaml:"workloads" doc:"workloads beside, or instead of, those of the plant, keyed by id"`
	Timeline    *yamlfile.Node `yaml:"timeline" doc:"what goes wrong and when, keyed by id"`
	MustSurvive *yamlfile.Node `yaml:"must_survive" doc:"which workloads must survive what, keyed by workload; by default every one, with what its kind tolerates"`
	Expect      *yamlfile.Node `yaml:"expect" doc:"how the incident was, keyed by id; decides the exit code"`
	Variants    *yamlfile.Node `yaml:"variants" doc:"patches over this scenario (RFC 7396), keyed by name"`

	recovery.Plan

	Change      *yamlfile.Node `yaml:"change" doc:"policy of change control: what every config-push of the timeline says unless the policy does"`
	Sensitivity sensitivity    `yaml:"sensitivity" doc:"what the author was not sure of, to be turned by run --sensitivity"`
	Drill       *yamlfile.Node `yaml:"drill" doc:"what a facilitator needs to practise it with people"`
	Variant     string         `yaml:"variant" doc:"which variant was laid over the file; written by the program"`
}

// Fields are the keys of a scenario file, and those of an entry of its timeline beside the kind of its fault.
func Fields() (scenario, entry []yamlfile.Field) {
	return yamlfile.Fields(file{}), yamlfile.Fields(timing{})
}

// timing are the keys of a timeline entry beside the kind of its fault.
type timing struct {
	ID    string         `yaml:"id" doc:"name of the entry, where the timeline is a list"`
	At    *yamlfile.Node `yaml:"at" doc:"scenario time, or with a start a time of day such as 13:05; 0s by default"`
	When  *when          `yaml:"when" doc:"an event to wait for instead of a time"`
	After time.Duration  `yaml:"after" doc:"how long after that event"`
	For   time.Duration  `yaml:"for,positive" doc:"how long it lasts; by default as long as its kind says, or to the end"`
	By    string         `yaml:"by" doc:"who did it"`
}

// when is the event an entry waits for.
type when struct {
	Pos    yamlfile.Pos
	Node   string `yaml:"node" doc:"a node that reaches a stage"`
	Stage  string `yaml:"stage" doc:"that stage" enum:"off|self-test|os|ports-up|control-plane|peering|forwarding"`
	Up     string `yaml:"up" doc:"a node that is in service again, or a workload that is served again"`
	Down   string `yaml:"down" doc:"a node that loses power, or a workload that is no longer served"`
	Fault  string `yaml:"fault" doc:"an entry of the timeline that begins"`
	Healed string `yaml:"healed" doc:"an entry of the timeline that ends"`
	Count  int    `yaml:"count,positive" doc:"the how-manieth such event; the first by default"`

	Task      string `yaml:"task" doc:"a kind of work, such as diagnose-part, that somebody begins"`
	Ended     bool   `yaml:"ended" doc:"or ends"`
	Milestone string `yaml:"milestone" doc:"a milestone of the recovery"`
}
