package report

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
)

// Moment is one line of the story of a run.
type Moment struct {
	At   time.Duration `json:"-"`
	Text string        `json:"text"`
	// Trouble marks what makes a run inconclusive.
	Trouble bool `json:"trouble,omitempty"`
	// Fault marks what was done to the plant, as against what followed.
	Fault bool `json:"fault,omitempty"`
}

// Story condenses events into lines that people can follow: what happens
// together is told together, "hv[1-4]: bond team0 moves to vmnic1".
type Story struct {
	// Tell is called with each line, in order.
	Tell func(Moment)

	steady  bool
	group   []sim.Event
	telling []Moment // lines of the group being told
	last    []Moment // lines of the group told last
	again   []time.Duration
	stages  map[int]bool // sequence numbers of stage events: carriers that follow from them go without saying
	members map[string]int
	round   round // of machines being restarted
	date    time.Time
}

// together is how near in time events are told as one: the slowest of the common reactions that nobody tells apart, a
// bond that looks at its carriers every 100 ms and a sender that notices after a few requests.
const together = 500 * time.Millisecond

// Feed takes the next event.
func (s *Story) Feed(e sim.Event) {
	switch d := e.Data.(type) {
	case sim.HeaderData:
		s.members = map[string]int{}
		s.date, _ = time.Parse(time.RFC3339, d.Start) // the zero time where there is none
		for _, u := range d.Uses {
			s.members[u.ID] = u.Members
		}
	case sim.SteadyData:
		s.steady = true
	case sim.StageData:
		if s.stages == nil {
			s.stages = map[int]bool{}
		}
		s.stages[e.Seq] = true
	}
	if !s.steady || s.round.takes(e) {
		return
	}
	if len(s.group) > 0 && e.At > s.group[0].At+together {
		s.Flush()
	}
	s.group = append(s.group, e)
}

// Waiting says since when lines are held back because more may join them.
func (s *Story) Waiting() (since time.Duration, some bool) {
	if len(s.group) == 0 {
		return 0, false
	}
	return s.group[0].At, true
}

// Flush tells what is held back.
func (s *Story) Flush() {
	group := s.group
	s.group = nil
	if len(group) == 0 {
		return
	}
	t := telling{story: s, group: group}
	for _, tell := range []func(*telling){
		tellRoom, tellFaults, tellFeeds, tellOptics, tellStages, tellCarriers, tellDark, tellImpaired, tellVLANs, tellRefusals, tellErrDisabled,
		tellBonds, tellTrees, tellGateways, tellRoutes, tellDaemons, tellArrays, tellPaths, tellDown, tellUp, tellGuests, tellPings, tellWork, tellTroubles,
	} {
		tell(&t)
	}
	s.utter(group[0].At)
}

// utter tells the lines of a group; one that says the same as the group before is only counted.
func (s *Story) utter(at time.Duration) {
	lines := s.telling
	s.telling = nil
	if len(lines) == 0 {
		return
	}
	same := func(a, b Moment) bool { return a.Text == b.Text }
	if slices.EqualFunc(lines, s.last, same) {
		s.again = append(s.again, at)
		return
	}
	s.repeated()
	s.last = lines
	for _, m := range lines {
		s.Tell(m)
	}
}

// repeated says how often the last lines would have been told again.
func (s *Story) repeated() {
	switch n := len(s.again); {
	case n == 1:
		s.Tell(Moment{At: s.again[0], Text: "the same again"})
	case n > 1:
		s.Tell(Moment{At: s.again[0], Text: fmt.Sprintf("the same %d times more, until %s", n, Clock(s.again[n-1]))})
	}
	s.again = nil
}

// End tells what is still held back; no more events will come.
func (s *Story) End() {
	s.Flush()
	s.repeated()
}

// telling is one group being told.
type telling struct {
	story *Story
	group []sim.Event
}

func (t *telling) say(format string, args ...any) {
	t.tell(Moment{Text: fmt.Sprintf(format, args...)})
}

func (t *telling) tell(m Moment) {
	m.At = t.group[0].At
	t.story.telling = append(t.story.telling, m)
}

// pick lists the subjects of the group's events of one kind by what is said of each, in order of first appearance.
func pick[D sim.Data](t *telling, key func(sim.Event, D) (says, subject string)) (says []string, subjects map[string][]string) {
	subjects = map[string][]string{}
	for _, e := range t.group {
		d, ok := e.Data.(D)
		if !ok {
			continue
		}
		said, subject := key(e, d)
		if said == "" {
			continue
		}
		if !slices.Contains(says, said) {
			says = append(says, said)
		}
		if !slices.Contains(subjects[said], subject) {
			subjects[said] = append(subjects[said], subject)
		}
	}
	return says, subjects
}

// few is how many names a line of the story bears.
const few = 4

func tellFaults(t *telling) {
	for _, e := range t.group {
		switch d := e.Data.(type) {
		case sim.FaultData:
			t.tell(Moment{Text: called(e.Subject, d) + lasting(d), Fault: true})
		case sim.HealedData:
			t.tell(Moment{Text: e.Subject + ": over", Fault: true})
		}
	}
}

// called names a fault by its entry and its words; an entry named after its kind says nothing that these do not.
func called(id string, d sim.FaultData) string {
	if id == d.Fault {
		return d.Text
	}
	return id + ": " + d.Text
}

func lasting(d sim.FaultData) string {
	s := ""
	if d.For > 0 {
		s = " for " + Duration(time.Duration(d.For))
	}
	if d.By != "" {
		s += ", by " + d.By
	}
	return s
}

func tellFeeds(t *telling) {
	says, subjects := pick(t, func(e sim.Event, d sim.PowerData) (string, string) {
		return word(d.Live, "live", "dead"), e.Subject
	})
	for _, said := range says {
		t.say("feed %s is %s", And(subjects[said]), said)
	}
}

func tellOptics(t *telling) {
	says, subjects := pick(t, func(e sim.Event, d sim.OpticData) (string, string) { return d.State, e.Subject })
	for _, said := range says {
		t.say("optic %s in %s", said, Few(subjects[said], few))
	}
}

// stageWords are what the stages mean to a bystander; the others go without saying.
var stageWords = map[string]string{
	"off":        "off",
	"ports-up":   "ports up, forwarding nothing",
	"peering":    "looking for the peer",
	"forwarding": "forwarding",
}

func tellStages(t *telling) {
	says, subjects := pick(t, func(e sim.Event, d sim.StageData) (string, string) {
		said := stageWords[d.Stage]
		if said != "" && d.Why != "" && d.Stage == "forwarding" && !strings.HasPrefix(d.Why, "found ") {
			said += " (" + d.Why + ")"
		}
		return said, e.Subject
	})
	for _, said := range says {
		t.say("%s: %s", Few(subjects[said], few), said)
	}
}

func tellCarriers(t *telling) {
	says, subjects := pick(t, func(e sim.Event, d sim.CarrierData) (string, string) {
		if t.story.stages[e.Cause] {
			return "", ""
		}
		return word(d.Up, "carrier back", "no carrier"), e.Subject
	})
	for _, said := range says {
		t.say("%s: %s", Few(subjects[said], few), said)
	}
}

func tellDark(t *telling) {
	says, subjects := pick(t, func(e sim.Event, d sim.DarkData) (string, string) {
		return word(d.On, "carrier up, sending into the dark", "heard again"), e.Subject
	})
	for _, said := range says {
		t.say("%s: %s", Few(subjects[said], few), said)
	}
}

// tellImpaired tells of ports whose impairment is not what their fault says anyway: two on one link, or one that is over.
func tellImpaired(t *telling) {
	says, subjects := pick(t, func(e sim.Event, d sim.ImpairData) (string, string) { return d.Impairment().String(), e.Subject })
	for _, said := range says {
		if said == "nothing" {
			t.say("%s: frames pass unharmed", Few(subjects[said], few))
		} else {
			t.say("%s: frames suffer %s", Few(subjects[said], few), said)
		}
	}
}

func tellVLANs(t *telling) {
	says, subjects := pick(t, func(e sim.Event, d sim.VLANData) (string, string) {
		return fmt.Sprintf("VLAN %d (%s) ", d.ID, d.Network) + word(d.On, "passes again at", "missing at"), e.Subject
	})
	for _, said := range says {
		t.say("%s %s", said, Few(subjects[said], few))
	}
}

func tellRefusals(t *telling) {
	says, subjects := pick(t, func(e sim.Event, d sim.RefuseData) (string, string) {
		return e.Subject + word(d.On, " loses all that comes from ", " hears again "), d.From
	})
	for i, said := range says {
		if i == few {
			t.say("and %d more nodes likewise", len(says)-few)
			return
		}
		t.say("%s%s", said, Few(subjects[said], few))
	}
}

func tellErrDisabled(t *telling) {
	for _, e := range t.group {
		if d, ok := e.Data.(sim.ErrDisableData); ok {
			t.say("%s: shut by its switch%s (err-disable)", e.Subject, errDisableWords(d))
		}
	}
}

// errDisableWords say why a switch shut a port.
func errDisableWords(d sim.ErrDisableData) string {
	if d.Guard != "" {
		return ", too few links of " + d.Guard
	}
	return " after " + Plural(d.Flaps, "flap")
}

func tellBonds(t *telling) {
	says, subjects := pick(t, func(e sim.Event, d sim.BondData) (string, string) {
		node, bond, _ := strings.Cut(e.Subject, ":")
		if d.Active == "" {
			return "bond " + bond + " has no member left", node
		}
		return "bond " + bond + " uses " + d.Active, node
	})
	for _, said := range says {
		t.say("%s: %s", Few(subjects[said], few), said)
	}
}

func tellTrees(t *telling) {
	says, subjects := pick(t, func(e sim.Event, d sim.TreeData) (string, string) {
		return word(d.Forwards, "forwards ", "blocks ") + d.Network + " by the spanning tree", e.Subject
	})
	for _, said := range says {
		t.say("%s: %s", Few(subjects[said], few), said)
	}
}

func tellGateways(t *telling) {
	says, subjects := pick(t, func(e sim.Event, d sim.HolderData) (string, string) {
		return e.Subject + word(d.On, " answers for ", " answers no longer for "), d.Network
	})
	for _, said := range says {
		t.say("%s%s", said, And(subjects[said]))
	}
}

func tellRoutes(t *telling) {
	_, subjects := pick(t, func(e sim.Event, d sim.RoutesData) (string, string) { return "new", e.Subject })
	if n := len(subjects["new"]); n > few {
		t.say("new routes on %d nodes", n)
	} else if n > 0 {
		t.say("new routes on %s", Few(subjects["new"], few))
	}
}

func tellDaemons(t *telling) {
	for _, e := range t.group {
		if d, ok := e.Data.(sim.DaemonData); ok && d.State == sim.DaemonEnded {
			t.say("%s: daemon %s ended (%s)", e.Subject, d.Name, d.Text)
		}
	}
}

func tellDown(t *telling) {
	var gone []string
	for _, e := range t.group {
		if _, ok := e.Data.(sim.DownData); ok && !isWatch(e.Subject) {
			gone = append(gone, e.Subject)
		}
	}
	if len(gone) > 0 {
		t.say("gone: %s", t.story.workloads(gone))
	}
}

func tellUp(t *telling) {
	var back []string
	var longest time.Duration
	for _, e := range t.group {
		if d, ok := e.Data.(sim.UpData); ok && d.To > d.From && !isWatch(e.Subject) {
			back = append(back, e.Subject)
			longest = max(longest, time.Duration(d.To-d.From))
		}
	}
	if len(back) > 0 {
		t.say("back after %s: %s", Duration(longest), t.story.workloads(back))
	}
}

func tellTroubles(t *telling) {
	if starved, _ := pick(t, func(e sim.Event, d sim.StarvedData) (string, string) { return e.Subject, "" }); len(starved) > 0 {
		t.tell(Moment{Text: "this machine was too busy to measure " + Plural(len(starved), "conversation"), Trouble: true})
	}
	for _, e := range t.group {
		if _, told := e.Data.(sim.StarvedData); told {
			continue
		}
		if text := sim.DoubtOf(e); text != "" {
			t.tell(Moment{Text: text, Trouble: true})
		}
	}
}

// workloads names the workloads of members: "mail (all 8), ad (1 of 2)".
func (s *Story) workloads(members []string) string {
	count := map[string]int{}
	for _, m := range members {
		count[s.workloadOf(m)]++
	}
	var names []string
	for w := range count {
		names = append(names, w)
	}
	sort.Strings(names)
	for i, w := range names {
		if all := s.members[w]; count[w] < all {
			names[i] = fmt.Sprintf("%s (%d of %d)", w, count[w], all)
		} else if all > 1 {
			names[i] = fmt.Sprintf("%s (all %d)", w, all)
		}
	}
	if len(names) > 2*few {
		return fmt.Sprintf("%s and %d more workloads", strings.Join(names[:2*few-1], ", "), len(names)-2*few+1)
	}
	return And(names)
}

// workloadOf takes the member's number off its subject.
func (s *Story) workloadOf(member string) string {
	if s.members[member] > 0 {
		return member
	}
	if i := strings.LastIndexByte(member, '/'); i > 0 {
		return member[:i]
	}
	return member
}

func word(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}
