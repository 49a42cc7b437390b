package recovery

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Team is people who can do the same. Each does one thing at a time.
type Team struct {
	Pos      yamlfile.Pos
	People   int           `yaml:"people,required,scalar" doc:"how many there are"`
	Skills   []string      `yaml:"skills" enum:"network|vm|app" doc:"what they can do: network (ports and parts), vm (restart and repair), app (test and verify); all by default"`
	Shift    string        `yaml:"shift" doc:"when they are there, such as 22:00-07:00; always by default"`
	Handover time.Duration `yaml:"handover" doc:"how long each of them listens at the beginning of a shift before working on"`
	Travel   time.Duration `yaml:"travel" doc:"how far they are from the plant: what has to be done there waits for them this long, once"`
	Fatigue  *Fatigue      `yaml:"fatigue" doc:"how much slower they get who have been at it for long; not at all by default"`
	Loss     *Loss         `yaml:"knowledge_loss" doc:"how much slower they are who come in after it began; not at all by default"`

	from, to time.Duration // of the shift, since midnight
}

// Fatigue slows people down from some time after their shift began, or after the incident did where they have none. How much
// is for who knows the people to say: it is the risk of accidents that has been counted (13 % more in the tenth hour of a
// shift, 27 % more in the twelfth: Folkard and Tucker, Occupational Medicine 53, 2003), not the speed.
type Fatigue struct {
	After  time.Duration    `yaml:"after,required" doc:"how long they are fresh"`
	Slower yamlfile.Percent `yaml:"slower,required" doc:"how much longer everything takes them then"`
}

// Loss is what a hand-over does not hand over: for some time after they have come, people look up what those before them knew.
type Loss struct {
	For    time.Duration    `yaml:"for,required" doc:"how long after their shift began"`
	Slower yamlfile.Percent `yaml:"slower,required" doc:"how much longer everything takes them then"`
}

const day = 24 * time.Hour

// mostPeople bounds a team: more do not fit into a building.
const mostPeople = 1000

func (t *Team) check(name string, start time.Time, until time.Duration, ps *yamlfile.Problems) {
	if t.People < 1 || t.People > mostPeople {
		ps.Add(t.Pos, "", "team %s has %d people: it must have between 1 and %d", name, t.People, mostPeople)
	}
	if t.Travel >= until {
		ps.Add(t.Pos, "let the run last longer: until", "team %s never comes: it travels for %s, and the run is over after %s", name, t.Travel, until)
	}
	if t.Shift == "" {
		return
	}
	var err error
	switch t.from, t.to, err = parseHours(t.Shift); {
	case err != nil:
		ps.Add(t.Pos, "", "shift of %s: %s", name, err)
	case start.IsZero():
		ps.Add(t.Pos, "give the scenario a start", "team %s: a shift needs a time of day", name)
	case t.next(start, 0) >= until:
		ps.Add(t.Pos, "", "team %s never comes: its shift begins after %s, when the run is over", name, until)
	}
}

// parseHours reads 22:00-07:00.
func parseHours(text string) (from, to time.Duration, err error) {
	a, b, found := strings.Cut(text, "-")
	from, errA := parseHour(a)
	to, errB := parseHour(b)
	switch {
	case !found || errA != nil || errB != nil:
		return 0, 0, fmt.Errorf("%q is no span of the day: write it as 22:00-07:00", text)
	case from == to:
		return 0, 0, fmt.Errorf("%q never comes: it ends when it begins", text)
	}
	return from, to, nil
}

func parseHour(text string) (time.Duration, error) {
	t, err := time.Parse("15:04", strings.TrimSpace(text))
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err
}

// on says whether the team is there at a moment of the scenario.
func (t *Team) on(start time.Time, now time.Duration) bool {
	return t.Shift == "" || within(start, now, t.from, t.to)
}

// next is when it is there from, at or after a moment.
func (t *Team) next(start time.Time, now time.Duration) time.Duration {
	if t.on(start, now) {
		return now
	}
	return opening(start, now, t.from)
}

// within says whether a moment lies in a span of the day, which may reach over midnight.
func within(start time.Time, now, from, to time.Duration) bool {
	at := sinceMidnight(start.Add(now))
	if from < to {
		return from <= at && at < to
	}
	return at >= from || at < to
}

// opening is the next moment with this time of day.
func opening(start time.Time, now, from time.Duration) time.Duration {
	wait := from - sinceMidnight(start.Add(now))
	if wait <= 0 {
		wait += day
	}
	return now + wait
}

func sinceMidnight(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(t.Nanosecond())
}

// since is when those began who are there at a moment: with their shift, or with the incident.
func (t *Team) since(start time.Time, now, incident time.Duration) time.Duration {
	if t.Shift == "" {
		return incident
	}
	return opening(start, now, t.from) - day
}

// slowed is how long something takes them that takes others a while.
func (t *Team) slowed(takes time.Duration, start time.Time, now, incident time.Duration) time.Duration {
	been, more := now-t.since(start, now, incident), yamlfile.Percent(0)
	if f := t.Fatigue; f != nil && been >= f.After {
		more += f.Slower
	}
	if l := t.Loss; l != nil && been < l.For && !t.on(start, incident) {
		more += l.Slower
	}
	return takes + time.Duration(float64(takes)*float64(more)).Round(time.Second)
}

// can says whether they know how to do something.
func (t *Team) can(skill string) bool {
	return skill == "" || len(t.Skills) == 0 || slices.Contains(t.Skills, skill)
}
