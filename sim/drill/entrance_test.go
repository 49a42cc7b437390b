package drill_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
)

// token is the key in a seat's link.
func token(s drill.Seat) string {
	_, token, _ := strings.Cut(s.Link(""), "#")
	return token
}

func TestTokensAreLongAndNew(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	seen := map[string]bool{}
	for range 2 {
		for _, seat := range h.script.Seats(drill.Functional, drill.Staffing{Facilitators: 2, Evaluators: 3}) {
			assert.GreaterOrEqual(t, len(token(seat))*5, 128, "five bits to a letter")
			assert.False(t, seen[token(seat)], "each is used once")
			seen[token(seat)] = true
		}
	}
	assert.Len(t, seen, 2*(2+1+3+1+5))
	for _, seat := range h.script.Seats(drill.Tabletop, drill.Staffing{}) {
		assert.Empty(t, token(seat))
	}
}

func TestNobodyIsLetInWithoutTheirToken(t *testing.T) {
	h := hold(t, "one-optic", nil)
	seats := h.script.Seats(drill.Functional, drill.Staffing{})
	address := serve(t, h, drill.Functional, seats)
	post := func(path, body string, cookies ...*http.Cookie) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		for _, c := range cookies {
			r.AddCookie(c)
		}
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer
	}
	assert.Equal(t, http.StatusForbidden, post("/join", `{"token":"`+strings.Repeat("A", 26)+`"}`).StatusCode)
	assert.Equal(t, http.StatusForbidden, post("/join", `{"token":""}`).StatusCode)
	assert.Equal(t, http.StatusBadRequest, post("/join", `{"token":"`+strings.Repeat("A", 2000)+`"}`).StatusCode)
	assert.Equal(t, http.StatusForbidden, post("/seat/facilitator/do", `{"verb":"startex"}`).StatusCode)
	assert.Equal(t, http.StatusForbidden, post("/seat/nobody/do", `{"verb":"startex"}`).StatusCode, "no answer tells which seats there are")

	in := post("/join", `{"token":"`+token(seats[len(seats)-1])+`"}`)
	require.Len(t, in.Cookies(), 1)
	c := in.Cookies()[0]
	assert.True(t, c.HttpOnly)
	assert.Equal(t, http.SameSiteStrictMode, c.SameSite)
	assert.Equal(t, "/seat/network/", c.Path)
	assert.Equal(t, http.StatusForbidden, post("/seat/facilitator/do", `{"verb":"startex"}`, c).StatusCode, "a player's token opens no other seat")
	assert.Equal(t, http.StatusUnprocessableEntity, post("/seat/network/do", `{"verb":"startex"}`, c).StatusCode)
	assert.Equal(t, drill.Waiting, h.wall().Phase)
}

// TestAFloodIsLimitedForItsSeatAndLogged: one seat sends far more than it may; another is heard all the same, and the log
// says what happened without being flooded itself.
func TestAFloodIsLimitedForItsSeatAndLogged(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	seats := h.script.Seats(drill.Functional, drill.Staffing{})
	address := serve(t, h, drill.Functional, seats)
	h.must("startex")
	h.must("pause")
	wires := map[string]*wire{}
	for _, seat := range seats {
		wires[seat.Name] = sit(t, address, seat)
	}
	now := time.Now()
	h.changed.Load().At(now)
	tries := map[int]int{}
	for range 40 {
		tries[wires["network"].ask("POST", "/join", `{"token":"guess"}`)]++
	}
	assert.Equal(t, map[int]int{http.StatusForbidden: 30, http.StatusTooManyRequests: 10}, tries)
	sit(t, address, seats[0]) // a right token is let in all the same
	write := func(seat string) int {
		return wires[seat].do("write", map[string]string{"to": "support", "text": "hello?"})
	}
	answers := map[int]int{}
	for range 100 {
		answers[write("network")]++
	}
	assert.Equal(t, map[int]int{http.StatusNoContent: 30, http.StatusTooManyRequests: 70}, answers)
	assert.Equal(t, http.StatusNoContent, write("storage"), "others are heard")
	h.changed.Load().At(now.Add(time.Second))
	assert.Equal(t, http.StatusNoContent, write("network"), "after a second it is heard again")
	h.stop()
	var limited []string
	for _, e := range h.log.Events() {
		if d, ok := e.Data.(sim.CommandData); ok && d.Verb == "limited" {
			limited = append(limited, e.Subject+" "+d.Args["commands"])
		}
	}
	assert.Equal(t, []string{"a stranger 1", "network 1", "network 69"}, limited, "one when it begins, and one when it is over")
}

// TestNoTokenIsInTheLog: not after everybody came in and was busy.
func TestNoTokenIsInTheLog(t *testing.T) {
	h := hold(t, "one-optic", nil)
	seats := h.script.Seats(drill.Functional, drill.Staffing{})
	address := serve(t, h, drill.Functional, seats)
	h.must("startex")
	for _, seat := range seats {
		w := sit(t, address, seat)
		w.do("note", map[string]string{"text": "here"})
		w.do("write", map[string]string{"to": "vendor", "text": "here"})
	}
	h.stop()
	var log bytes.Buffer
	for _, e := range h.log.Events() {
		require.NoError(t, sim.WriteEvent(&log, e))
	}
	for _, seat := range seats {
		assert.NotContains(t, log.String(), token(seat))
	}
	assert.Contains(t, log.String(), `"here"`)
}
