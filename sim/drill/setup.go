package drill

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
)

// Setup is what a page needs besides its view, and what does not change during a drill.
type Setup struct {
	Seat  string `json:"seat"`
	Title string `json:"title"`
	// Brief is what the role alone is told, Briefing what everybody is.
	Brief    string `json:"brief,omitempty"`
	Briefing string `json:"briefing,omitempty"`
	// Operations are those that the seat may have done, Posts whether it may tell customers something.
	Operations []Tool   `json:"operations,omitempty"`
	Posts      bool     `json:"posts,omitempty"`
	Contacts   []Person `json:"contacts,omitempty"`
	Roles      []Person `json:"roles,omitempty"`
	Vias       []string `json:"vias,omitempty"`
	// Steering are the commands that are refused when somebody else has steered the clock since they were decided on.
	Steering []string `json:"steering,omitempty"`
	Ratings  []Grade  `json:"ratings,omitempty"`
	// Remedies are the scenario's variants, which a finding can name.
	Remedies []string `json:"remedies,omitempty"`
	Format   Format   `json:"format"`
	// Start is the local time at which the scenario begins, in seconds since midnight; nil where it has none.
	Start *int `json:"start,omitempty"`
}

// Tool is an operation that a page offers.
type Tool struct {
	Kind string `json:"kind"`
	Doc  string `json:"doc"`
	// Takes is how long one person needs for one part.
	Takes sim.Seconds `json:"takes"`
	// Targets are what it can be done to.
	Targets []string `json:"targets"`
}

// Person is a role, or somebody outside the room. Players do not see what they know.
type Person struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Brief string `json:"brief,omitempty"`
}

// Grade is a rating that can be given.
type Grade struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Setup is that of a seat in a drill of a scenario.
func (s *Script) Setup(sc *sim.Scenario, f Format, seat Seat) Setup {
	set := Setup{Seat: seat.Name, Title: seat.Title, Format: f, Start: beginning(sc)}
	switch kindOf(seat.Name) {
	case Facilitator:
		set.Steering = slices.Concat(steering, stopping)
		set.Operations, set.Posts, set.Roles, set.Vias, set.Ratings = s.tools(sc, nil), true, s.players(), vias(), grades()
		set.Briefing, set.Remedies = s.Briefing, slices.Sorted(maps.Keys(s.Remedies))
	case Control:
		set.Contacts, set.Roles, set.Briefing = s.persons(true), s.players(), s.Briefing
	case Evaluator:
		set.Ratings, set.Briefing = grades(), s.Briefing
	case player:
		role := s.Roles.Lookup(seat.Name)
		set.Brief, set.Briefing = role.Brief, s.Briefing
		set.Operations, set.Posts, set.Contacts = s.tools(sc, role), role.may(Posting), s.persons(false)
	}
	return set
}

func beginning(sc *sim.Scenario) *int {
	if sc.Start.IsZero() {
		return nil
	}
	h, m, s := sc.Start.Clock()
	at := (h*60+m)*60 + s
	return &at
}

// tools lists the operations of a role, all for nil.
func (s *Script) tools(sc *sim.Scenario, role *Role) []Tool {
	var all []Tool
	for _, o := range operations {
		if role == nil || role.may(o.Key) {
			all = append(all, Tool{o.Key, o.Value.doc, sim.Seconds(o.Value.takes), o.Value.targets(sc)})
		}
	}
	return all
}

// players lists the roles.
func (s *Script) players() []Person {
	var all []Person
	for _, r := range s.Roles {
		all = append(all, Person{Name: r.Key, Title: s.title(r.Key)})
	}
	return all
}

// persons lists those outside the room, with what they know for who speaks for them.
func (s *Script) persons(briefed bool) []Person {
	var all []Person
	for _, c := range s.People() {
		p := Person{Name: c.Key, Title: s.title(c.Key)}
		if briefed {
			p.Brief = c.Value.Brief
		}
		all = append(all, p)
	}
	return all
}

// vias lists how an inject can come.
func vias() []string {
	f, _ := reflect.TypeFor[Inject]().FieldByName("Via")
	return strings.Split(f.Tag.Get("enum"), "|")
}

func grades() []Grade {
	var all []Grade
	for _, name := range []string{"P", "S", "M", "U"} {
		all = append(all, Grade{name, Ratings[name]})
	}
	return all
}

func linkNames(sc *sim.Scenario) []string {
	var all []string
	for _, l := range sc.Plant.Links {
		all = append(all, l.ID)
	}
	return all
}

func portNames(sc *sim.Scenario) []string {
	var all []string
	for _, n := range sc.Plant.Nodes {
		for _, p := range n.Ports {
			all = append(all, p.String())
		}
	}
	return all
}

func nodeNames(sc *sim.Scenario) []string {
	var all []string
	for _, n := range sc.Plant.Nodes {
		all = append(all, n.ID)
	}
	return all
}

// machineNames lists the workloads that are virtual machines.
func machineNames(sc *sim.Scenario) []string {
	var all []string
	for _, m := range sc.Guests() {
		all = append(all, m.Workload.ID)
	}
	return slices.Compact(all)
}
