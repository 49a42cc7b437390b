package drill

import (
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Script is what a facilitator has beside the scenario: what is practised, what the table is told and when, and what it
// has to decide. It is the scenario's `drill:`.
type Script struct {
	Pos        topology.Pos
	Title      string                      `yaml:"title" doc:"what players see it called: the scenario's name may tell too much; Drill by default"`
	Purpose    string                      `yaml:"purpose" doc:"what the drill is for, in a sentence"`
	Lasts      time.Duration               `yaml:"lasts,positive" doc:"real time that the table has; 60m by default"`
	Briefing   string                      `yaml:"briefing" doc:"what players know when it begins: read it aloud"`
	Staff      int                         `yaml:"staff,positive" doc:"how many people work side by side on many parts of one sort; 1 by default"`
	Monitoring string                      `yaml:"monitoring" doc:"the workload that is the table's own monitoring: it has no data while it is not served, and of what it does not reach"`
	Roles      yamlfile.Ordered[Role]      `yaml:"roles" doc:"who sits at the table, keyed by a short name"`
	Contacts   yamlfile.Ordered[Contact]   `yaml:"contacts" doc:"who players can write to in a functional drill, keyed by a short name; vendor, customer, manager and press by default"`
	Objectives yamlfile.Ordered[Objective] `yaml:"objectives,required" doc:"what is practised, keyed by name: injects, ratings and findings name one"`
	Injects    yamlfile.Ordered[Inject]    `yaml:"injects" doc:"what the table is told, keyed by name"`
	Decisions  yamlfile.Ordered[Decision]  `yaml:"decisions" doc:"what the table has to decide, keyed by name"`

	// Remedies are the scenario's variants, by name: patches as YAML. They are the scenario's, and no part of the section.
	Remedies map[string]string `yaml:"-"`
}

// DefaultLasts is a drill that fits between two meetings (facts/incidents.md E: 60-minute team tabletop).
const DefaultLasts = time.Hour

// Role is somebody at the table.
type Role struct {
	Pos   topology.Pos
	Title string `yaml:"title,scalar" doc:"what the role is called: Incident commander"`
	Brief string `yaml:"brief" doc:"what only this role is told before it begins"`
	// Can are the role's tools. Nil: all.
	Can []string `yaml:"can" doc:"what it can do in a functional drill: operations such as look or reboot, and post for notices to customers; everything by default, [] for nothing"`
}

// Posting is the tool of who tells customers something.
const Posting = "post"

// may says whether a role has a tool.
func (r *Role) may(tool string) bool { return r.Can == nil || slices.Contains(r.Can, tool) }

// Contact is somebody outside the room. The control cell answers for them.
type Contact struct {
	Pos   topology.Pos
	Title string `yaml:"title,scalar" doc:"what they are called: Vendor's hotline"`
	Brief string `yaml:"brief" doc:"what they know and how they answer, for the control cell; players never see it"`
}

// outside are the contacts of a script that names none.
var outside = yamlfile.Ordered[Contact]{
	{Key: "vendor", Value: Contact{Title: "Vendor's hotline", Brief: "Asks for serial numbers and logs first."}},
	{Key: "customer", Value: Contact{Title: "A customer", Brief: "Wants to know when it will be back, and why nobody called."}},
	{Key: "manager", Value: Contact{Title: "The management", Brief: "Wants a time, and what it rests on."}},
	{Key: "press", Value: Contact{Title: "The press", Brief: "Takes every word for the company's."}},
}

// People are those outside the room who can be written to.
func (s *Script) People() yamlfile.Ordered[Contact] {
	if len(s.Contacts) == 0 {
		return outside
	}
	return s.Contacts
}

// title is what players call a role or somebody outside; anything else is called as it is.
func (s *Script) title(name string) string {
	if r := s.Roles.Lookup(name); r != nil && r.Title != "" {
		return r.Title
	}
	if c := s.People().Lookup(name); c != nil && c.Title != "" {
		return c.Title
	}
	return name
}

// Axis is what an objective is about. A drill is judged on each by itself, never by one number.
type Axis string

// Axes, in the order in which an incident goes.
const (
	Detect      Axis = "detect"
	Diagnose    Axis = "diagnose"
	Decide      Axis = "decide"
	Restore     Axis = "restore"
	Verify      Axis = "verify"
	Communicate Axis = "communicate"
	Safety      Axis = "safety"
	DataSafety  Axis = "data"
)

// Objective is something that the table is to show it can do.
type Objective struct {
	Pos    topology.Pos
	Text   string        `yaml:"text,scalar,required" doc:"what the table should do, so that one can see whether it did"`
	Axis   Axis          `yaml:"axis" enum:"detect|diagnose|decide|restore|verify|communicate|safety|data" doc:"what it is about"`
	Within time.Duration `yaml:"within" doc:"scenario time from the first fault by which it should be done"`
	Look   string        `yaml:"look_for" doc:"what an evaluator looks for"`
}

// Inject is something that the table is told: by an alarm, a ticket, a call.
type Inject struct {
	Pos       topology.Pos
	At        *time.Duration `yaml:"at" doc:"scenario time; without it and without when, the facilitator fires it"`
	When      *Moment        `yaml:"when" doc:"what it waits for instead of a time"`
	After     time.Duration  `yaml:"after" doc:"how long after that"`
	To        string         `yaml:"to" doc:"the role that gets it; everybody without it"`
	Via       string         `yaml:"via" enum:"alarm|ticket|call|mail|chat|visit|press" doc:"how it comes; call by default"`
	From      string         `yaml:"from" doc:"who says it: a customer, the vendor, a manager"`
	Text      string         `yaml:"text,required" doc:"what is said"`
	Expect    string         `yaml:"expect" doc:"what the table should do about it; players never see it"`
	Objective string         `yaml:"objective,required" doc:"the objective that it serves"`
	False     bool           `yaml:"false_lead" doc:"it leads nowhere; players never see that"`
}

// Moment is something that an inject or decision waits for.
type Moment struct {
	Pos      topology.Pos
	Inject   string `yaml:"inject" doc:"an inject that was delivered"`
	Decision string `yaml:"decision" doc:"a decision that was taken"`
	Option   string `yaml:"option" doc:"that option of it; any without it"`
	Down     string `yaml:"down" doc:"a workload that is no longer served"`
	Up       string `yaml:"up" doc:"a workload that is served again"`
	Fault    string `yaml:"fault" doc:"an entry of the timeline that begins"`
}

// Decision is a question to the table. What each option leads to is for the facilitator alone.
type Decision struct {
	Pos       topology.Pos
	At        *time.Duration           `yaml:"at" doc:"when it is put to the table; without it and without when, the facilitator puts it"`
	When      *Moment                  `yaml:"when" doc:"what it waits for instead of a time"`
	After     time.Duration            `yaml:"after" doc:"how long after that"`
	To        string                   `yaml:"to" doc:"the role that decides"`
	Text      string                   `yaml:"text,required" doc:"the question"`
	Objective string                   `yaml:"objective,required" doc:"the objective that it serves"`
	Options   yamlfile.Ordered[Option] `yaml:"options,required" doc:"what can be decided, keyed by name"`
}

// Option is one way to decide.
type Option struct {
	Pos   topology.Pos
	Text  string         `yaml:"text,scalar,required" doc:"what is decided"`
	Takes time.Duration  `yaml:"takes,positive" doc:"how long it takes people before it takes effect"`
	Cost  string         `yaml:"cost" doc:"what it costs, in words"`
	Does  *yamlfile.Node `yaml:"does" doc:"what it does to the plant: operations keyed by kind, such as reseat: core1:Ethernet1/1"`
	Truth string         `yaml:"truth" doc:"what comes of it; players never see it before the end"`

	does []Operation
}

// Called is what players see it called.
func (s *Script) Called() string {
	if s.Title != "" {
		return s.Title
	}
	return "Drill"
}

// Lasting is how long the table has.
func (s *Script) Lasting() time.Duration {
	if s.Lasts > 0 {
		return s.Lasts
	}
	return DefaultLasts
}

// Read makes a script of the scenario's drill:, and finds all that is wrong with it.
func Read(n *yamlfile.Node, sc *sim.Scenario, ps *yamlfile.Problems) *Script {
	s := &Script{}
	before := len(*ps)
	yamlfile.Decode(n, s, ps)
	if len(*ps) > before || sc.Plant == nil {
		return s
	}
	r := reader{Script: s, sc: sc, ps: ps}
	r.known("workload", s.Monitoring, r.workloads(), s.Pos)
	if s.Staff < 0 {
		ps.Add(s.Pos, "", "staff is %d: somebody has to do the work", s.Staff)
	}
	r.roles()
	r.contacts()
	r.injects()
	r.decisions()
	return s
}
