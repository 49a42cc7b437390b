package drill

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// Command is something that somebody in the room has done. It goes into the log as it was given.
type Command struct {
	// As is the seat that it comes from, which says what it may be; empty for the room's own keeper.
	As   string            `json:"as,omitempty"`
	By   string            `json:"by,omitempty"`
	Verb string            `json:"verb"`
	Args map[string]string `json:"args,omitempty"`
	// Seen is how often the clock had been steered (Truth.Steered) when this was decided on; nil from who does not look.
	Seen *int `json:"seen,omitempty"`
}

// verbs are all commands, by name.
var verbs = map[string]func(*Room, Command) error{
	"startex": startex, "run": running, "pause": pause, "jump": jump, "emergency": emergency, "endex": endex, "hotwash": hotWashed,
	"fire": fire, "hold": hold, "tell": tell,
	"decide": decide, "do": do, "stop": stop, Posting: post, "write": write, "answer": answer,
	"note": note, "rate": rateObjective, "finding": finding,
	limited: func(*Room, Command) error { return nil }, // it is in the log: that is all there is to it
}

// limited is what the pages' keeper commands when a seat has sent so much that some of it was not heard.
const limited = "limited"

// afterwards are the commands that are left once the drill is over.
var afterwards = []string{"note", "rate", "finding", "hotwash", limited}

// steering are those by which one facilitator could undo what another has just done. Those that are stopping are always
// heard: whoever wants time to stand is right.
var (
	steering = []string{"startex", "run", "jump", "endex", "hotwash"}
	stopping = []string{"pause", "emergency"}
)

// Verbs lists the commands.
func Verbs() []string {
	var all []string
	for v := range verbs {
		all = append(all, v)
	}
	sort.Strings(all)
	return all
}

// longest is how long a text may be that somebody types into a page. Chosen: two screens.
const longest = 4000

// mostArgs is how many arguments a command may have: more than any has.
const mostArgs = 8

// Do carries out a command and writes it down; one that makes no sense, or is not for its seat, is an error, and nothing
// has happened.
func (r *Room) Do(c Command) error {
	c, err := r.allowed(c)
	if err != nil {
		return err
	}
	verb, known := verbs[c.Verb]
	if !known {
		return topology.NewUnknown("command", c.Verb, Verbs())
	}
	if err := r.timely(c); err != nil {
		return err
	}
	was := r.cause
	r.cause = r.log.Add(0, c.By, sim.CommandData{Verb: c.Verb, Args: c.Args})
	err = verb(r, c)
	if r.cause = was; err == nil {
		r.steers(c)
	}
	r.changed()
	return err
}

// timely finds what is wrong with a command at this moment, or with any of its kind.
func (r *Room) timely(c Command) error {
	if len(c.Args) > mostArgs {
		return fmt.Errorf("%s has more than %d arguments", c.Verb, mostArgs)
	}
	for name, text := range c.Args {
		if len(text) > longest {
			return fmt.Errorf("%s is longer than %d characters", name, longest)
		}
	}
	if r.over() && !slices.Contains(afterwards, c.Verb) {
		return fmt.Errorf("%s after ENDEX: the drill is over", c.Verb)
	}
	if c.Seen != nil && *c.Seen != r.steered && slices.Contains(steering, c.Verb) {
		return fmt.Errorf("%s: %s since you looked; see how it stands, and do it again if you still want to", c.Verb, r.steeredBy)
	}
	return nil
}

// steers remembers who has steered the clock, and how.
func (r *Room) steers(c Command) {
	if slices.Contains(steering, c.Verb) || slices.Contains(stopping, c.Verb) {
		r.steered++
		r.steeredBy = fmt.Sprintf("%s has commanded %s", c.By, c.Verb)
	}
}

func startex(r *Room, _ Command) error {
	if r.phase != Waiting {
		return fmt.Errorf("startex: the drill has begun")
	}
	r.enter(Running, "STARTEX")
	r.clock.Run(1)
	return nil
}

// running lets time go on, as fast as told.
func running(r *Room, c Command) error {
	if r.phase == Waiting {
		return fmt.Errorf("run: give STARTEX first")
	}
	speed, err := strconv.ParseFloat(arg(c, "speed", "1"), 64)
	if fastest := r.clock.Fastest(); err != nil || !(speed > 0 && speed <= fastest) {
		return fmt.Errorf("run at speed %q: want more than 0 and at most %g", c.Args["speed"], fastest)
	}
	if r.phase != Running {
		r.enter(Running, "")
	}
	r.clock.Run(speed)
	return nil
}

func pause(r *Room, _ Command) error {
	if r.phase == Waiting {
		return fmt.Errorf("pause: give STARTEX first")
	}
	r.clock.Run(0)
	r.enter(Paused, "")
	return nil
}

// jump goes to a moment, or to whatever is next.
func jump(r *Room, c Command) error {
	if r.phase == Waiting {
		return fmt.Errorf("jump: give STARTEX first")
	}
	if text := c.Args["to"]; text != "" {
		to, err := r.moment(text)
		if err == nil {
			r.clock.Jump(to)
		}
		return err
	}
	next := r.coming()
	if next == nil {
		return fmt.Errorf("jump: nothing more is to come")
	}
	r.clock.Jump(time.Duration(next.At))
	return nil
}

// emergency is something real: play stops, and everything is kept.
func emergency(r *Room, c Command) error {
	r.clock.Run(0)
	r.enter(Emergency, arg(c, "why", "REAL EMERGENCY: this is no exercise"))
	return nil
}

func endex(r *Room, _ Command) error {
	r.clock.Run(0)
	r.enter(Ended, "ENDEX")
	return nil
}

// hotWashed shows everybody what was hidden, and how it went.
func hotWashed(r *Room, _ Command) error {
	if !r.over() {
		return fmt.Errorf("hot wash: give ENDEX first")
	}
	r.enter(HotWash, "")
	return nil
}

func fire(r *Room, c Command) error {
	x, err := r.item(c.Args["item"])
	if err != nil {
		return err
	}
	if x.given != sim.Never {
		return fmt.Errorf("fire %s: it was given already", x.id)
	}
	r.give(x)
	return nil
}

// hold keeps an item back until it is fired, or lets it go again.
func hold(r *Room, c Command) error {
	x, err := r.item(c.Args["item"])
	if err != nil {
		return err
	}
	if x.given != sim.Never {
		return fmt.Errorf("hold %s: it was given already", x.id)
	}
	x.held = c.Args["off"] == ""
	if !x.held && x.at <= r.clock.Now() {
		r.give(x)
	}
	return nil
}

// tell is an inject that the facilitator has just made up.
func tell(r *Room, c Command) error {
	text := strings.TrimSpace(c.Args["text"])
	if text == "" {
		return fmt.Errorf("tell what? there is no text")
	}
	if to := c.Args["to"]; to != "" && r.Script.Roles.Lookup(to) == nil {
		return topology.NewUnknown("role", to, r.Script.Roles.Keys())
	}
	r.typed++
	r.log.Add(r.cause, fmt.Sprintf("typed-%d", r.typed), sim.InjectData{To: c.Args["to"], Via: via(c.Args["via"]), From: c.Args["from"], Text: text})
	return nil
}

// decide takes a decision; what it does to the plant begins.
func decide(r *Room, c Command) error {
	x, err := r.item(c.Args["decision"])
	if err != nil {
		return err
	}
	if x.decision == nil || x.decided != "" {
		return fmt.Errorf("decide %s: there is nothing to decide any more", x.id)
	}
	o := x.decision.Options.Lookup(c.Args["option"])
	if o == nil {
		return topology.NewUnknown("option", c.Args["option"], x.decision.Options.Keys())
	}
	work, err := r.worked(o)
	if err != nil {
		return fmt.Errorf("decide %s: %w", x.id, err)
	}
	if x.given == sim.Never {
		r.give(x)
	}
	x.decided = c.Args["option"]
	r.log.Add(r.cause, x.id, sim.DecidedData{Option: x.decided, By: c.By, Why: c.Args["why"]})
	for _, op := range work {
		r.begin(&task{Operation: op, by: c.By, why: x.id + ": " + x.decided})
	}
	return nil
}

// worked is what an option does, with how long each takes.
func (r *Room) worked(o *Option) ([]Operation, error) {
	var all []Operation
	for _, op := range o.does {
		op = op.shared(r.Script.Staff)
		if o.Takes > 0 {
			op.Takes = o.Takes
		} else {
			var err error
			if op, err = r.means(op); err != nil {
				return nil, err
			}
		}
		all = append(all, op)
	}
	return all, nil
}

// do has people do something to the plant.
func do(r *Room, c Command) error {
	op, err := ReadOperation(r.sc, c.Args["what"], targets(c.Args["target"]))
	if err != nil {
		return err
	}
	op = op.shared(r.Script.Staff)
	if text := c.Args["takes"]; text != "" {
		if op.Takes, err = time.ParseDuration(text); err != nil || op.Takes < 0 {
			return fmt.Errorf("%s takes %q: write it as 20m", op, text)
		}
	} else if op, err = r.means(op); err != nil {
		return err
	}
	r.line(&task{Operation: op, by: c.By, why: c.Args["why"], hands: r.Script.Roles.Lookup(c.By) != nil})
	return nil
}

// stop has people leave work that is not done.
func stop(r *Room, c Command) error {
	t := r.task(c.Args["work"])
	if t == nil || !t.pending() {
		return fmt.Errorf("stop: there is no such work, or it is done")
	}
	r.leave(t)
	return nil
}

// write is a role's word to somebody outside the room.
func write(r *Room, c Command) error {
	return r.message(sim.MessageData{From: c.By, To: c.Args["to"], Text: strings.TrimSpace(c.Args["text"])}, c.Args["to"], c.By)
}

// answer is a word of somebody outside the room to a role, by the control cell.
func answer(r *Room, c Command) error {
	d := sim.MessageData{From: c.Args["from"], To: c.Args["to"], Text: strings.TrimSpace(c.Args["text"]), By: c.By}
	return r.message(d, d.From, d.To)
}

func (r *Room) message(d sim.MessageData, contact, role string) error {
	switch {
	case d.Text == "":
		return fmt.Errorf("write what? there is no text")
	case r.Script.People().Lookup(contact) == nil:
		return topology.NewUnknown("contact", contact, r.Script.People().Keys())
	case r.Script.Roles.Lookup(role) == nil:
		return topology.NewUnknown("role", role, r.Script.Roles.Keys())
	}
	r.log.Add(r.cause, "", d)
	return nil
}

// targets splits what was typed at commas outside of brackets.
func targets(text string) []string {
	var all []string
	depth, from := 0, 0
	for i, c := range text + "," {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == ',' && depth == 0:
			if word := strings.TrimSpace(text[from:i]); word != "" {
				all = append(all, word)
			}
			from = i + 1
		}
	}
	return all
}

// post tells the customers something, with a time by which all will be well if it gives one.
func post(r *Room, c Command) error {
	d := sim.PostedData{Text: strings.TrimSpace(c.Args["text"]), By: c.By}
	if d.Text == "" {
		return fmt.Errorf("post what? there is no text")
	}
	if text := c.Args["eta"]; text != "" {
		eta, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("post with ETA %q: write how long from now, such as 2h", text)
		}
		at := sim.Seconds(r.clock.Now() + eta)
		d.ETA = &at
	}
	r.log.Add(r.cause, "", d)
	return nil
}

func note(r *Room, c Command) error {
	if strings.TrimSpace(c.Args["text"]) == "" {
		return fmt.Errorf("note what? there is no text")
	}
	if err := r.objective(c, false); err != nil {
		return err
	}
	r.log.Add(r.cause, c.Args["objective"], sim.RemarkData{By: c.By, Text: c.Args["text"], Part: arg(c, "part", "note")})
	return nil
}

// Ratings are those of the Homeland Security Exercise and Evaluation Program: people give them, no program does.
var Ratings = map[string]string{
	"P": "performed without challenges", "S": "performed with some challenges", "M": "performed with major challenges",
	"U": "unable to be performed",
}

func rateObjective(r *Room, c Command) error {
	if Ratings[c.Args["rating"]] == "" {
		return fmt.Errorf("rate %q: it can be P, S, M or U", c.Args["rating"])
	}
	if err := r.objective(c, true); err != nil {
		return err
	}
	r.log.Add(r.cause, c.Args["objective"], sim.RatingData{Rating: c.Args["rating"], By: c.By, Text: c.Args["text"]})
	return nil
}

// objective looks up the objective that a command names.
func (r *Room) objective(c Command, must bool) error {
	name := c.Args["objective"]
	if name == "" && !must || r.Script.Objectives.Lookup(name) != nil {
		return nil
	}
	return topology.NewUnknown("objective", name, r.Script.Objectives.Keys())
}

func arg(c Command, name, byDefault string) string {
	if v := c.Args[name]; v != "" {
		return v
	}
	return byDefault
}
