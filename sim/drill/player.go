package drill

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// anonymous is who speaks in the hot wash: what is said there is said by nobody in particular.
const anonymous = "a player"

// played is what a player's command means. Players know questions and work by their numbers, for names tell too much.
func (r *Room) played(c Command) (Command, error) {
	role := r.Script.Roles.Lookup(c.As)
	if role == nil {
		return c, topology.NewUnknown("role", c.As, r.Script.Roles.Keys())
	}
	if r.phase == Waiting {
		return c, fmt.Errorf("the drill has not begun")
	}
	switch c.Verb {
	case "decide":
		return r.chosen(c)
	case "do":
		if c.Args = only(c.Args, "what", "target", "why"); operations.Lookup(c.Args["what"]) != nil && !role.may(c.Args["what"]) {
			return c, fmt.Errorf("%s is not among your tools", c.Args["what"])
		}
	case "stop":
		c.Args = only(c.Args, "work")
		if t := r.task(c.Args["work"]); t == nil || t.by != c.As {
			return c, fmt.Errorf("you have no such work")
		}
	case "write":
		c.Args = only(c.Args, "to", "text")
	case Posting:
		if c.Args = only(c.Args, "text", "eta"); !role.may(Posting) {
			return c, fmt.Errorf("notices to customers are not yours to give")
		}
	case "note":
		return r.washed(c)
	}
	return c, nil
}

// chosen is a decision by the numbers of the question and of the option.
func (r *Room) chosen(c Command) (Command, error) {
	x := r.asked(c.As, c.Args["question"])
	if x == nil {
		return c, fmt.Errorf("you are not asked that, or no longer")
	}
	n, err := strconv.Atoi(c.Args["option"])
	if err != nil || n < 1 || n > len(x.decision.Options) {
		return c, fmt.Errorf("option %q: there are 1 to %d", c.Args["option"], len(x.decision.Options))
	}
	c.Args = map[string]string{"decision": x.id, "option": x.decision.Options[n-1].Key, "why": c.Args["why"]}
	return c, nil
}

// asked is an open question to a role; nil when there is none of this number.
func (r *Room) asked(role, number string) *item {
	for _, x := range r.items {
		if x.decision != nil && x.open() && x.decision.isFor(role) && strconv.Itoa(x.number) == number {
			return x
		}
	}
	return nil
}

// open says whether an item is a question that waits for an answer.
func (x *item) open() bool { return x.given != sim.Never && x.decided == "" }

// isFor says whether a decision is a role's to take.
func (d *Decision) isFor(role string) bool { return d.To == "" || d.To == role }

// washed is what a player says in the hot wash.
func (r *Room) washed(c Command) (Command, error) {
	c.By, c.Args = anonymous, only(c.Args, "text", "part")
	switch {
	case r.phase != HotWash:
		return c, fmt.Errorf("keep it for the hot wash")
	case !slices.Contains([]string{"well", "hurt", "surprised"}, c.Args["part"]):
		return c, fmt.Errorf("say whether it went well, hurt or surprised")
	}
	return c, nil
}

// task finds a piece of work by its number, from 1; nil when there is none.
func (r *Room) task(number string) *task {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(r.tasks) {
		return nil
	}
	return r.tasks[n-1]
}
