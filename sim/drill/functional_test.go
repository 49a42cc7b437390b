package drill_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
)

// as gives a command from a seat.
func (h *held) as(seat, verb string, args ...string) error {
	c := drill.Command{As: seat, Verb: verb, Args: map[string]string{}}
	for i := 0; i < len(args); i += 2 {
		c.Args[args[i]] = args[i+1]
	}
	var err error
	h.on(func() { err = h.room.Do(c) })
	return err
}

func (h *held) role(name string) drill.View { return seen[drill.View](h, name) }

func TestARoleSeesItsOwnAlone(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	require.ErrorContains(t, h.as("network", "do", "what", "look", "target", "stor-a"), "not begun")
	h.must("startex")
	h.must("pause")
	h.must("jump", "to", "20m")
	texts := func(v drill.View) (all []string) {
		for _, m := range v.Told {
			all = append(all, m.Text)
		}
		return all
	}
	assert.Equal(t, []string{"No data from 24 of 26 devices. Last seen 13:00:04.", "core1 up. core2 up. Internet answers."}, texts(h.role("network")))
	assert.Empty(t, texts(seen[drill.View](h, drill.Wall)), "nothing was said to everybody")
	require.Len(t, h.role("storage").Open, 1)
	assert.Empty(t, h.role("network").Open, "storage is asked")

	require.NoError(t, h.as("network", "do", "what", "look", "target", "stor-a, stor-b", "why", "no datastore"))
	h.must("jump", "to", "40m")
	require.Len(t, h.role("network").Work, 1)
	assert.Contains(t, h.role("network").Work[0].Found, "dead optic")
	assert.Empty(t, h.role("storage").Work, "who has not looked has not seen")
}

func TestARoleDecidesByNumbers(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	h.must("startex")
	h.must("pause")
	h.must("jump", "to", "20m")
	asked := h.role("storage").Open[0]
	question := fmt.Sprint(asked.Number)
	assert.ErrorContains(t, h.as("network", "decide", "question", question, "option", "1"), "not asked")
	assert.ErrorContains(t, h.as("storage", "decide", "question", question, "option", "9"), "there are 1 to 3")
	assert.ErrorContains(t, h.as("storage", "decide", "decision", "diagnose", "option", "look-at-ports"), "not asked", "players know no names")
	require.NoError(t, h.as("storage", "decide", "question", question, "option", "1", "why", "evidence first"))
	assert.Empty(t, h.role("storage").Open)
	assert.Equal(t, "look-at-ports", h.facilitator().Truth.Decisions[0].Decided)
}

func TestHandsDoOneThingAfterTheOther(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	h.must("startex")
	h.must("pause")
	look := func(seat, target string) {
		t.Helper()
		require.NoError(t, h.as(seat, "do", "what", "look", "target", target))
	}
	look("network", "stor-a")
	look("network", "stor-b")
	look("network", "peer-link")
	look("storage", "stor-a") // other hands
	assert.ErrorContains(t, h.as("network", "stop", "work", "4"), "no such work", "somebody else's")
	require.NoError(t, h.as("network", "stop", "work", "2"))
	h.must("jump", "to", "6m")
	work := h.role("network").Work
	require.Len(t, work, 3)
	assert.True(t, work[0].Done)
	assert.True(t, work[1].Left)
	assert.Equal(t, sim.Seconds(10*time.Minute), *work[2].Until, "it begins when the hands are free")
	assert.True(t, h.role("storage").Work[0].Done)
	require.NoError(t, h.as("network", "stop", "work", "3"))
	assert.ErrorContains(t, h.as("network", "stop", "work", "3"), "or it is done")
}

func TestLettersAreAnsweredByTheControlCell(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	h.must("startex")
	require.NoError(t, h.as("network", "write", "to", "vendor", "text", "Which release has the reload bug?"))
	control := func() []drill.Letter { return seen[drill.Backstage](h, drill.Control).Truth.Letters }
	require.Len(t, control(), 1)
	assert.True(t, control()[0].Waits)
	require.NoError(t, h.as(drill.Control, "answer", "from", "vendor", "to", "network", "text", "Please send the logs first."))
	assert.False(t, control()[0].Waits)
	told := h.role("network").Told
	require.Len(t, told, 2)
	assert.Equal(t, "Please send the logs first.", told[1].Text)
	assert.Empty(t, h.role("storage").Told)
	assert.ErrorContains(t, h.as("network", "answer", "from", "vendor", "to", "storage", "text", "x"), "not for you")
	assert.ErrorContains(t, h.as("network", "write", "to", "pope", "text", "x"), `no contact "pope"`)
	assert.ErrorContains(t, h.as("network", "write", "to", "vendor", "text", " "), "no text")
}

func TestEvaluatorsRateUnseenUntilTheHotWash(t *testing.T) {
	h := hold(t, "one-optic", nil)
	h.must("startex")
	require.NoError(t, h.as("evaluator", "rate", "objective", "cause", "rating", "M", "text", "guessed"))
	require.NoError(t, h.as("evaluator-2", "rate", "objective", "cause", "rating", "S"))
	require.NoError(t, h.as("evaluator", "note", "objective", "cause", "text", "nobody looked"))
	marks := func(seat string) []drill.Mark { return seen[drill.Backstage](h, seat).Truth.Goals[1].Ratings }
	assert.Equal(t, []drill.Mark{{By: "evaluator-2", Rating: "S"}}, marks("evaluator-2"), "each rates by themselves")
	assert.Len(t, marks(drill.Facilitator), 2, "and none undoes the other")
	assert.Empty(t, seen[drill.Backstage](h, drill.Control).Truth.Goals)
	assert.ErrorContains(t, h.as("network", "rate", "objective", "cause", "rating", "P"), "not for you")
	assert.ErrorContains(t, h.as("network", "note", "part", "well", "text", "x"), "hot wash")
	assert.ErrorContains(t, h.do("hotwash"), "ENDEX first")

	h.must("endex")
	assert.Nil(t, h.role("network").HotWash)
	h.must("hotwash")
	wash := h.role("network").HotWash
	require.NotNil(t, wash)
	assert.Len(t, wash.Goals[1].Ratings, 2)
	require.NoError(t, h.as("network", "note", "part", "hurt", "text", "no spare"))
	remarks := h.facilitator().Truth.Remarks
	assert.Equal(t, "a player", remarks[len(remarks)-1].By, "it has no name")
}

func TestFacilitatorsDoNotUndoEachOther(t *testing.T) {
	h := hold(t, "one-optic", nil)
	steer := func(seat, verb string, saw int) error {
		var err error
		h.on(func() { err = h.room.Do(drill.Command{As: seat, Verb: verb, Seen: &saw}) })
		return err
	}
	now := func() int { return h.facilitator().Truth.Steered }
	require.NoError(t, steer("facilitator", "startex", now()))
	saw := now()
	require.NoError(t, steer("facilitator", "jump", saw))
	assert.ErrorContains(t, steer("facilitator-2", "jump", saw), "facilitator has commanded jump since you looked")
	require.NoError(t, steer("facilitator-2", "emergency", saw), "what stops play is always heard")
	assert.ErrorContains(t, steer("facilitator", "run", saw), "facilitator-2 has commanded emergency")
	assert.Equal(t, drill.Emergency, h.wall().Phase)
	require.NoError(t, steer("facilitator", "run", now()))
	h.must("fire", "item", "customer")
}

func TestWhoeverTakesPartStopsPlayForSomethingReal(t *testing.T) {
	for _, seat := range []string{"network", drill.Control, drill.Evaluator, "facilitator-2"} {
		h := hold(t, "one-optic", nil)
		h.must("startex")
		require.NoError(t, h.as(seat, "emergency", "why", "the fire alarm"))
		assert.Equal(t, drill.Emergency, h.role("network").Phase, seat)
		h.must("run")
		assert.Equal(t, drill.Running, h.role("network").Phase, "and it is gone on with")
	}
	h := hold(t, "one-optic", nil)
	assert.Error(t, h.as(drill.Wall, "emergency"), "nobody sits at the wall")
}

func TestRolesHaveTheirTools(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	h.must("startex")
	for want, c := range map[string][]string{
		"reboot is not among your tools": {"commander", "do", "what", "reboot", "target", "core1"},
		"not yours to give":              {"network", "post", "text", "All is well."},
		"startex is not for you":         {"network", "startex"},
		"endex is not for you":           {"control", "endex"},
		"tell is not for you":            {"evaluator", "tell", "text", "x"},
		"do is not for you":              {"wall", "do", "what", "look", "target", "stor-a"},
		"limited is not for you":         {"storage", "limited"},
		`no role "nobody"`:               {"nobody", "write", "to", "vendor", "text", "x"},
	} {
		assert.ErrorContains(t, h.as(c[0], c[1], c[2:]...), want, c)
	}
	require.NoError(t, h.as("liaison", "post", "text", "We know, and look."))
	require.NoError(t, h.as("network", "do", "what", "shut", "target", "hv1:vmnic0", "takes", "0s"))
	assert.Equal(t, sim.Seconds(2*time.Minute), *h.role("network").Work[0].Until, "how long people take is not for players to say")
}

func TestAFunctionalDrillIsGoneOnWithFromItsLog(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	h.must("startex")
	h.must("pause")
	require.NoError(t, h.as("network", "do", "what", "look", "target", "stor-a"))
	require.NoError(t, h.as("network", "do", "what", "look", "target", "stor-b"))
	h.must("jump", "to", "20m")
	require.NoError(t, h.as("storage", "decide", "question", "1", "option", "1"))
	require.NoError(t, h.as("virtual", "write", "to", "management", "text", "All machines hang."))
	require.NoError(t, h.as("control", "answer", "from", "management", "to", "virtual", "text", "How long?"))
	h.stop()
	before := map[string]drill.View{}
	again := hold(t, "sconet-2023", drill.CommandsOf(h.log))
	for _, role := range h.script.Roles.Keys() {
		before[role] = again.role(role)
	}
	assert.Equal(t, drill.Paused, before["network"].Phase)
	require.Len(t, before["network"].Work, 2)
	assert.Contains(t, before["network"].Work[1].Found, "dead optic")
	assert.Empty(t, before["storage"].Open)
	assert.Len(t, before["virtual"].Told, 3)
	require.NoError(t, again.as("network", "do", "what", "reseat", "target", "core1:Ethernet1/1"))
}

// now is the scenario time.
func (h *held) now() (at time.Duration) {
	h.on(func() { at = h.room.Loop().Now() })
	return at
}
