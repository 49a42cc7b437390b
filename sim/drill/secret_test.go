package drill_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/drill"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// wire is a browser of a seat: it remembers every byte that was ever sent to it, headers and all.
type wire struct {
	t       testing.TB
	name    string
	address string
	client  http.Client

	mu   sync.Mutex
	read bytes.Buffer
	news chan struct{} // closed when there is more
}

// sit opens a seat's link as a browser does: the page, the token in the body of a request, then the seat itself.
func sit(t testing.TB, address string, seat drill.Seat) *wire {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	w := &wire{t: t, name: seat.Name, address: address, client: http.Client{Jar: jar}, news: make(chan struct{})}
	_, token, _ := strings.Cut(seat.Link(address), "#")
	assert.Equal(t, http.StatusOK, w.get("/"))
	assert.Equal(t, http.StatusOK, w.ask("POST", "/join", `{"token":"`+token+`"}`))
	return w
}

// Write takes what was read.
func (w *wire) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.news)
	w.news = make(chan struct{})
	return w.read.Write(b)
}

func (w *wire) text() (string, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.read.String(), w.news
}

func (w *wire) get(path string) int { return w.ask("GET", path, "") }

// at is a path of the seat.
func (w *wire) at(path string) string { return "/seat/" + w.name + "/" + path }

func (w *wire) ask(method, path, body string) int {
	w.t.Helper()
	answer := w.send(method, path, body)
	defer answer.Body.Close()
	_, err := io.Copy(w, answer.Body)
	require.NoError(w.t, err)
	return answer.StatusCode
}

func (w *wire) send(method, path, body string) *http.Response {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.address+path, strings.NewReader(body))
	require.NoError(w.t, err)
	r.Header.Set("Content-Type", "application/json")
	answer, err := w.client.Do(r)
	require.NoError(w.t, err)
	require.NoError(w.t, answer.Header.WriteSubset(w, map[string]bool{"Set-Cookie": true})) // its own token
	return answer
}

// do gives a command and returns the status of the answer.
func (w *wire) do(verb string, args map[string]string) int {
	w.t.Helper()
	body, err := json.Marshal(drill.Command{Verb: verb, Args: args})
	require.NoError(w.t, err)
	return w.ask("POST", w.at("do"), string(body))
}

// watch follows the seat's events until the test ends.
func (w *wire) watch() {
	w.t.Helper()
	answer := w.send("GET", w.at("events"), "")
	require.Equal(w.t, http.StatusOK, answer.StatusCode)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(w, answer.Body) // it ends when it is closed
	}()
	w.t.Cleanup(func() {
		_ = answer.Body.Close()
		<-ended
	})
}

// until waits until something was read.
func (w *wire) until(text string) {
	w.t.Helper()
	for {
		read, more := w.text()
		if strings.Contains(read, text) {
			return
		}
		select {
		case <-more:
		case <-w.t.Context().Done():
			require.Fail(w.t, w.name+" never reads "+text)
		}
	}
}

// TestAPlayersConnectionNeverCarriesTheTruth plays a whole drill over the wire. Every role asks for everything that there
// is, its own and others', and gives commands that are none; all that they were ever sent is searched for all that a
// script has and they were not told.
func TestAPlayersConnectionNeverCarriesTheTruth(t *testing.T) {
	for _, name := range []string{"sconet-2023", "one-optic"} {
		t.Run(name, func(t *testing.T) { searchWire(t, name) })
	}
}

func searchWire(t *testing.T, name string) {
	h := hold(t, name, nil)
	seats := h.script.Seats(drill.Functional, drill.Staffing{Facilitators: 2, Evaluators: 2})
	address := serve(t, h, drill.Functional, seats)
	wires := map[string]*wire{}
	for _, seat := range seats {
		wires[seat.Name] = sit(t, address, seat)
		wires[seat.Name].watch()
	}
	players := append(h.script.Roles.Keys(), drill.Wall)
	play(t, h, wires, players, seats)

	secrets := hidden(h)
	told := given(h)
	for _, player := range players {
		read, _ := wires[player].text()
		for what, secret := range secrets {
			if !told[player][secret] {
				assert.False(t, contains(read, secret), "%s was sent %s: %s", player, what, secret)
			}
		}
		for _, seat := range seats {
			_, token, _ := strings.Cut(seat.Link(""), "#")
			assert.True(t, seat.Name == player || !strings.Contains(read, token), "%s was sent the token of %s", player, seat.Name)
		}
	}
	searchTeeth(t, wires, secrets)
}

// searchTeeth sees that the search finds what is there: the facilitator was sent most of it, and after the hot wash
// everybody is sent what came of decisions.
func searchTeeth(t *testing.T, wires map[string]*wire, secrets map[string]string) {
	t.Helper()
	read, _ := wires[drill.Facilitator].text()
	found := 0
	for _, secret := range secrets {
		if contains(read, secret) {
			found++
		}
	}
	assert.Greater(t, found, len(secrets)/2, "the search finds what was sent to the facilitator")
	require.Equal(t, http.StatusNoContent, wires[drill.Facilitator].do("hotwash", nil))
	for _, w := range wires {
		w.until(`"hot_wash"`)
	}
}

// play goes through a drill; everybody who may not know does all they can think of.
func play(t *testing.T, h *held, wires map[string]*wire, players []string, seats []drill.Seat) {
	t.Helper()
	f := wires[drill.Facilitator]
	steer := func(verb string, args ...string) {
		t.Helper()
		h.must(verb, args...)
		for _, player := range players {
			pry(wires[player], seats)
		}
	}
	steer("startex")
	steer("pause")
	steer("jump", "to", "10m")
	assert.Equal(t, http.StatusNoContent, wires[drill.Evaluator].do("rate", map[string]string{"objective": h.script.Objectives[0].Key, "rating": "M", "text": "RATED-BY-ONE"}))
	assert.Equal(t, http.StatusNoContent, wires["evaluator-2"].do("note", map[string]string{"text": "NOTED-BY-ONE"}))
	assert.Equal(t, http.StatusNoContent, f.do("note", map[string]string{"text": "FACILITATOR-SAYS"}))
	assert.Equal(t, http.StatusNoContent, f.do("finding", map[string]string{"text": "FOUND-THAT", "objective": h.script.Objectives[0].Key}))
	first := players[0]
	assert.Equal(t, http.StatusNoContent, wires[first].do("write", map[string]string{"to": h.script.People()[0].Key, "text": "WRITTEN-BY-FIRST"}))
	assert.Equal(t, http.StatusNoContent, wires[drill.Control].do("answer", map[string]string{"from": h.script.People()[0].Key, "to": first, "text": "ANSWERED-TO-FIRST"}))
	wires[first].until("ANSWERED-TO-FIRST")
	steer("jump", "to", "30m")
	for _, d := range h.script.Decisions {
		_ = h.do("decide", "decision", d.Key, "option", d.Value.Options[0].Key) // some are not to be decided any more
		steer("jump", "to", (h.now() + 30e9).String())
	}
	steer("jump", "to", "5h")
	steer("emergency", "why", "REAL")
	steer("endex")
	for _, player := range players {
		wires[player].until(`"phase":"endex"`)
	}
}

// pry asks for all that there is, and says what makes no sense.
func pry(w *wire, seats []drill.Seat) {
	for _, path := range drill.SeatPaths() {
		if path != "events" { // its own never ends, and is watched already
			w.get(w.at(path))
		}
		for _, seat := range seats {
			if seat.Name != w.name {
				assert.Equal(w.t, http.StatusForbidden, w.get("/seat/"+seat.Name+"/"+path))
			}
		}
	}
	for _, path := range []string{"/", "/page/", "/page/facilitator.html", "/page/facilitator.js", "/page/room.js", "/page/drill.css", "/events", "/after.md", "/log.jsonl", "/do"} {
		w.get(path)
	}
	for _, c := range []string{
		`{"verb":"decide","args":{"decision":"x","option":"x"}}`, `{"verb":"fire","args":{"item":"x"}}`, `{"verb":"dance"}`,
		`{"verb":"do","args":{"what":"kick","target":"core1"}}`, `{"verb":"do","args":{"what":"look","target":"nothing"}}`,
		`{"verb":"rate","args":{"objective":"x"}}`, `{"as":"facilitator","by":"facilitator","verb":"note","args":{"objective":"x","text":"x"}}`, `{`,
	} {
		if w.ask("POST", w.at("do"), c) == http.StatusTooManyRequests {
			return // it is limited, as it should be
		}
	}
}

// contains says whether something was sent, as it is or as JSON has it.
func contains(read, secret string) bool {
	quoted, _ := json.Marshal(secret)
	return strings.Contains(read, secret) || strings.Contains(read, strings.Trim(string(quoted), `"`))
}

// shortest is the shortest text that is searched for: shorter ones are words that others use, too.
const shortest = 12

// hidden is every text of a scenario and its script that players are not told as such, by where it stands; and what is said
// in the room that is not for them.
func hidden(h *held) map[string]string {
	all := map[string]string{
		"the scenario's name": `"` + h.sc.Name + `"`, "its story": strings.TrimSpace(h.sc.Story)[:40],
		"a rating": "RATED-BY-ONE", "a note": "NOTED-BY-ONE", "the facilitator's": "FACILITATOR-SAYS", "a finding": "FOUND-THAT",
		"a fault that nobody has found": "dead optic",
		"a letter":                      "WRITTEN-BY-FIRST", "an answer": "ANSWERED-TO-FIRST",
	}
	for _, e := range h.sc.Timeline {
		all["entry "+e.ID] = e.Text
	}
	texts("script", reflect.ValueOf(*h.script), all)
	for what, keys := range map[string][]string{
		"injects": h.script.Injects.Keys(), "decisions": h.script.Decisions.Keys(), "objectives": h.script.Objectives.Keys(),
	} {
		all["the names of all "+what] = strings.Join(keys, ", ") // as an error would list them
	}
	return all
}

// texts collects all texts in a value, and all keys of what is keyed by name, as JSON would have them.
func texts(at string, v reflect.Value, all map[string]string) {
	switch v.Kind() {
	case reflect.String:
		if text := strings.TrimSpace(v.String()); len(text) >= shortest {
			all[at] = text
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts(fmt.Sprintf("%s[%d]", at, i), v.Index(i), all)
		}
	case reflect.Pointer:
		if !v.IsNil() && v.Type() != reflect.TypeFor[*yamlfile.Node]() {
			texts(at, v.Elem(), all)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[topology.Pos]() {
			return
		}
		if key := v.FieldByName("Key"); key.IsValid() {
			at += "." + key.String()
			if strings.Contains(at, "Injects") || strings.Contains(at, "Decisions") || strings.Contains(at, "Objectives") {
				all["key "+at] = `"` + key.String() + `"`
			}
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Key" {
				texts(at+"."+f.Name, v.Field(i), all)
			}
		}
	}
}

// given is what each player may have been sent: what everybody knows, its own brief, and what it was told, asked and
// found.
func given(h *held) map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, player := range append(h.script.Roles.Keys(), drill.Wall) {
		is := map[string]bool{}
		may := func(texts ...string) {
			for _, text := range texts {
				is[strings.TrimSpace(text)] = true
			}
		}
		s := h.script
		may(s.Title, s.Briefing)
		for _, word := range known(h) {
			may(word, `"`+word+`"`)
		}
		for _, r := range s.Roles {
			may(r.Value.Title)
		}
		for _, c := range s.Contacts {
			may(c.Value.Title)
		}
		if role := s.Roles.Lookup(player); role != nil {
			may(role.Brief)
		}
		if player == s.Roles[0].Key {
			may("WRITTEN-BY-FIRST", "ANSWERED-TO-FIRST")
		}
		h.on(func() { mayHaveRead(h, player, may) })
		all[player] = is
	}
	return all
}

// known are words that everybody knows: what can be done, to what, for whom, and how it is told. A script may call
// something else by them.
func known(h *held) []string {
	words, _ := drill.Operations()
	words = append(append(words, drill.Posting, "part"), h.script.People().Keys()...)
	words = append(words, "call", "alarm", "ticket", "mail", "chat", "visit", "press")
	for _, n := range h.sc.Plant.Nodes {
		words = append(words, n.ID)
	}
	for _, u := range h.sc.Uses {
		words = append(words, u.ID)
	}
	return words
}

// mayHaveRead adds what a player was told and asked.
func mayHaveRead(h *held, player string, may func(...string)) {
	fired := map[string]bool{}
	for _, e := range h.room.Events() {
		fired[e.Data.Kind()+" "+e.Subject] = true
	}
	for _, x := range h.script.Injects {
		if fired["inject "+x.Key] && (x.Value.To == "" || x.Value.To == player) {
			may(x.Value.Text, x.Value.From)
		}
	}
	for _, d := range h.script.Decisions {
		if fired["asked "+d.Key] && (d.Value.To == "" || d.Value.To == player) {
			may(d.Value.Text)
			for _, o := range d.Value.Options {
				may(o.Value.Text, o.Value.Cost)
			}
		}
	}
}

// TestTheSearchedTextsAreMany: a search for nothing finds nothing.
func TestTheSearchedTextsAreMany(t *testing.T) {
	h := hold(t, "sconet-2023", nil)
	secrets := hidden(h)
	assert.Greater(t, len(secrets), 60)
	for _, want := range []string{"script.Decisions[0].diagnose.Value.Options[0].look-at-ports.Value.Truth", "key script.Injects[0].blackout"} {
		assert.Contains(t, secrets, want)
	}
	assert.Regexp(t, regexp.MustCompile(`Two dead transceivers`), secrets["script.Decisions[0].diagnose.Value.Options[0].look-at-ports.Value.Truth"])
}
