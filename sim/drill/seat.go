package drill

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Format is how a drill is held.
type Format string

// In a tabletop the table talks and a facilitator enters what it decides. In a functional drill every role has a page and
// acts on the plant itself.
const (
	Tabletop   Format = "tabletop"
	Functional Format = "functional"
)

// Names of seats, and whose views there are. Any other name is that of a role. Where there are several facilitators or
// evaluators, the second is "facilitator-2".
const (
	Facilitator = "facilitator" // who knows the truth and runs the drill
	Control     = "control"     // the control cell: speaks for everybody outside the room
	Evaluator   = "evaluator"   // notes and rates
	Wall        = "wall"        // the wall screen: what everybody may see
	Table       = "table"       // the wall screen of a tabletop: what the table knows together
)

// Seat is a place in the room: who sits there sees so much and may do so much, and nobody else does so in their name.
type Seat struct {
	Name string
	// Title is what it is called: that of the role.
	Title string
	token string // empty: the seat is open to everybody who can reach the pages
}

// Staffing is how many people run a functional drill.
type Staffing struct{ Facilitators, Evaluators int }

// MostSeats is the most facilitators, or evaluators, that a drill may have. Chosen: more than any room holds.
const MostSeats = 20

// Seats are the places of a drill. Those of a functional one have a token each, new every time: 130 random bits.
func (s *Script) Seats(f Format, n Staffing) []Seat {
	if f == Tabletop {
		return []Seat{{Name: Facilitator, Title: "facilitator"}, {Name: Wall, Title: "wall screen"}}
	}
	all := numbered(Facilitator, "facilitator", n.Facilitators)
	all = append(all, Seat{Name: Control, Title: "control cell"})
	all = append(all, numbered(Evaluator, "evaluator", n.Evaluators)...)
	all = append(all, Seat{Name: Wall, Title: "wall screen"})
	for _, r := range s.Roles {
		all = append(all, Seat{Name: r.Key, Title: s.title(r.Key)})
	}
	for i := range all {
		all[i].token = rand.Text()
	}
	return all
}

func numbered(name, title string, n int) []Seat {
	all := []Seat{{Name: name, Title: title}}
	for i := 2; i <= n; i++ {
		all = append(all, Seat{Name: name + "-" + strconv.Itoa(i), Title: fmt.Sprintf("%s %d", title, i)})
	}
	return all
}

// Link is where the seat's page is, under the address of all pages. It holds the token, in the part of an address that
// browsers keep to themselves.
func (s Seat) Link(address string) string {
	if s.token == "" {
		return address + s.home()
	}
	return address + "/#" + s.token
}

// home is the path of the seat's page.
func (s Seat) home() string { return "/seat/" + url.PathEscape(s.Name) + "/" }

// opens says whether a token is the seat's, in a time that tells nothing about it.
func (s Seat) opens(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) == 1
}

// kindOf is what kind of seat a name is: a role's is Player.
func kindOf(seat string) string {
	for _, kind := range []string{Facilitator, Evaluator, Control, Wall, Table} {
		if seat == kind {
			return kind
		}
	}
	for _, kind := range []string{Facilitator, Evaluator} {
		number, numbered := strings.CutPrefix(seat, kind+"-")
		if _, err := strconv.Atoi(number); numbered && err == nil {
			return kind
		}
	}
	return player
}

// player is the sort of seat that roles have.
const player = "player"

// taken says whether a name is that of a seat that every drill has.
func taken(name string) bool { return kindOf(name) != player }

// may lists what each sort of seat can command; a facilitator can command everything. Whoever takes part may stop play for
// something real.
var may = map[string][]string{
	player:    {"decide", "do", "stop", "write", Posting, "note", "emergency"},
	Control:   {"answer", "emergency"},
	Evaluator: {"note", "rate", "emergency"},
}

// allowed is the command as the room carries it out, if whoever gives it may: what players cannot say is not taken from
// them. An error says nothing that they may not know.
func (r *Room) allowed(c Command) (Command, error) {
	kind := kindOf(c.As)
	if c.As == "" || kind == Facilitator {
		if c.By == "" {
			c.By = c.As
		}
		return c, nil
	}
	c.By = c.As
	if !slices.Contains(may[kind], c.Verb) {
		return c, fmt.Errorf("%s is not for you to do", c.Verb)
	}
	switch {
	case c.Verb == "emergency":
		c.Args = only(c.Args, "why")
	case kind == player:
		return r.played(c)
	case kind == Control:
		c.Args = only(c.Args, "from", "to", "text")
	case kind == Evaluator:
		c.Args = only(c.Args, "objective", "rating", "text", "part")
	}
	return c, nil
}

// only is what is left of arguments when all others are left out.
func only(args map[string]string, names ...string) map[string]string {
	kept := map[string]string{}
	for _, name := range names {
		if v, given := args[name]; given {
			kept[name] = v
		}
	}
	return kept
}
