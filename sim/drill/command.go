package drill

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// Command is something that somebody in the room has done. It goes into the log as it was given.
type Command struct {
	By   string            `json:"by,omitempty"`
	Verb string            `json:"verb"`
	Args map[string]string `json:"args,omitempty"`
}

// verbs are all commands, by name.
var verbs = map[string]func(*Room, Command) error{
	"startex": startex, "run": running, "pause": pause, "jump": jump, "emergency": emergency, "endex": endex,
	"fire": fire, "hold": hold, "tell": tell,
	"decide": decide, "do": do, "post": post,
	"note": note, "rate": rateObjective, "finding": finding,
}

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

// Do carries out a command and writes it down; one that makes no sense is an error, and nothing has happened.
func (r *Room) Do(c Command) error {
	verb, known := verbs[c.Verb]
	if !known {
		return topology.NewUnknown("command", c.Verb, Verbs())
	}
	for name, text := range c.Args {
		if len(text) > longest {
			return fmt.Errorf("%s is longer than %d characters", name, longest)
		}
	}
	if afterwards := c.Verb == "note" || c.Verb == "rate" || c.Verb == "finding"; r.phase == Ended && !afterwards {
		return fmt.Errorf("%s after ENDEX: the drill is over", c.Verb)
	}
	was := r.cause
	r.cause = r.log.Add(0, c.By, sim.CommandData{Verb: c.Verb, Args: c.Args})
	err := verb(r, c)
	r.cause = was
	r.changed()
	return err
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
	r.clock.Run(0)
	r.enter(Paused, "")
	return nil
}

// jump goes to a moment, or to whatever is next.
func jump(r *Room, c Command) error {
	if r.phase == Waiting {
		return fmt.Errorf("jump: give STARTEX first")
	}
	to := r.run.Loop().Next()
	if text := c.Args["to"]; text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d < r.clock.Now() {
			return fmt.Errorf("jump to %q: want a scenario time that is still to come, such as 4h5m", text)
		}
		to = d
	}
	if to == sim.Never {
		return fmt.Errorf("jump: nothing more is to come")
	}
	r.clock.Jump(to)
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
	if x.given == sim.Never {
		r.give(x)
	}
	x.decided = c.Args["option"]
	r.log.Add(r.cause, x.id, sim.DecidedData{Option: x.decided, By: c.By, Why: c.Args["why"]})
	for _, op := range o.does {
		op = op.shared(r.Script.Staff)
		if o.Takes > 0 {
			op.Takes = o.Takes
		}
		r.begin(op, c.By, x.id+": "+x.decided)
	}
	return nil
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
	}
	r.begin(op, c.By, c.Args["why"])
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

func finding(r *Room, c Command) error {
	if strings.TrimSpace(c.Args["text"]) == "" {
		return fmt.Errorf("a finding of what? there is no text")
	}
	if err := r.objective(c, true); err != nil {
		return err
	}
	r.log.Add(r.cause, "", sim.FindingData{
		Objective: c.Args["objective"], Text: c.Args["text"], Action: c.Args["action"], Owner: c.Args["owner"],
		Until: c.Args["until"], Remedy: c.Args["remedy"],
	})
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
