package yamlfile

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type common struct {
	Tier int `yaml:"tier" doc:"0 first"`
}

type device struct {
	common
	Pos     Pos
	Kind    string           `yaml:"kind,required" enum:"switch|host"`
	Feeds   []string         `yaml:"feeds"`
	Ports   Ordered[port]    `yaml:"ports"`
	Delay   time.Duration    `yaml:"delay"`
	Auto    OrNever          `yaml:"auto"`
	Loss    Percent          `yaml:"loss"`
	STP     bool             `yaml:"stp"`
	Count   uint8            `yaml:"count"`
	Factor  *float64         `yaml:"factor"`
	Raw     *Node            `yaml:"raw"`
	Weights map[string]int   `yaml:"weights"`
	Lists   map[string][]int `yaml:"lists"`
}

type port struct {
	To       string   `yaml:"to,scalar"`
	Networks []string `yaml:"networks"`
}

func TestDecode(t *testing.T) {
	n := mustParse(t, `
kind: switch
feeds: a
tier: 2
ports: {z: core1, a: {to: core2, networks: lan}}
delay: 1h30m
auto: never
loss: 2.5%
stp: on
count: 200
factor: 1.5
raw: {anything: [goes]}
weights: {x: 1}
lists: {x: 1, y: [1, 2]}
`)
	var d device
	var ps Problems
	Decode(n, &d, &ps)
	require.NoError(t, ps.Err())
	assert.Equal(t, 2, d.Pos.Line)
	assert.Equal(t, []string{"a"}, d.Feeds)
	assert.Equal(t, 2, d.Tier)
	assert.Equal(t, []string{"z", "a"}, d.Ports.Keys())
	assert.Equal(t, port{To: "core1"}, d.Ports[0].Value)
	assert.Equal(t, port{To: "core2", Networks: []string{"lan"}}, *d.Ports.Lookup("a"))
	assert.Equal(t, 90*time.Minute, d.Delay)
	assert.True(t, d.Auto.Never)
	assert.InDelta(t, 0.025, float64(d.Loss), 1e-9)
	assert.True(t, d.STP)
	assert.Equal(t, uint8(200), d.Count)
	assert.InDelta(t, 1.5, *d.Factor, 1e-9)
	assert.Equal(t, []string{"anything"}, d.Raw.Keys())
	assert.Equal(t, map[string][]int{"x": {1}, "y": {1, 2}}, d.Lists)
}

func TestDecodeFindsEveryProblem(t *testing.T) {
	n := mustParse(t, `kind: swich
feds: [a]
delay: 30
auto: sometimes
loss: 5
stp: maybe
count: 300
ports: [a]
weights: 7
feeds: {a: b}
nonsense: 1
`)
	var d device
	var ps Problems
	Decode(n, &d, &ps)
	want := `f.yaml:1:7: kind cannot be "swich", did you mean "switch"?
   1 | kind: swich
     |       ^
f.yaml:2:1: unknown key "feds", did you mean "feeds"?
   2 | feds: [a]
     | ^
f.yaml:3:8: "30" has no unit: write 30s, 30m or 30ms
   3 | delay: 30
     |        ^
f.yaml:4:7: "sometimes" is not a duration: write it as 300ms, 90s, 8m, 1h30m or 2d, or never
   4 | auto: sometimes
     |       ^
f.yaml:5:7: "5" has no unit: write 5%
   5 | loss: 5
     |       ^
f.yaml:6:6: want true or false, this is "maybe"
   6 | stp: maybe
     |      ^
f.yaml:7:8: want a whole number that is not negative, this is "300"
   7 | count: 300
     |        ^
f.yaml:8:8: want a map keyed by name, this is a list
   8 | ports: [a]
     |        ^
f.yaml:9:10: want a map, this is a value
   9 | weights: 7
     |          ^
f.yaml:10:8: want a word, this is a map
  10 | feeds: {a: b}
     |        ^
f.yaml:11:1: unknown key "nonsense", known here: tier, kind, feeds, ports, delay, auto, loss, stp, count, factor, raw, weights, lists
  11 | nonsense: 1
     | ^`
	assert.Equal(t, want, ps.Err().Error())
}

func TestMissingKey(t *testing.T) {
	var d device
	var ps Problems
	Decode(mustParse(t, "tier: 1"), &d, &ps)
	assert.ErrorContains(t, ps.Err(), `"kind" is missing here`)
}

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"0": 0, "8m": 8 * time.Minute, "1h30m": 90 * time.Minute, "2d": 48 * time.Hour, "1d12h": 36 * time.Hour, "200ms": 200 * time.Millisecond,
	} {
		got, err := ParseDuration(in)
		require.NoError(t, err, in)
		assert.Equal(t, want, got, in)
	}
	for _, in := range []string{"", "5", "-5s", "5 minutes", "d", "1e9d", "-1d", "NaNd"} {
		_, err := ParseDuration(in)
		assert.Error(t, err, in)
	}
}

func TestASlipIsReadAsWhatWasMeant(t *testing.T) {
	var d device
	var ps Problems
	Decode(mustParse(t, "knid: Switch\nfeds: [a]\ndelay: 3s\ndealy: 1s\nweigh: 1\n"), &d, &ps)
	assert.Equal(t, "switch", d.Kind)
	assert.Equal(t, []string{"a"}, d.Feeds)
	assert.Equal(t, 3*time.Second, d.Delay, "what was typed rightly stays")
	var said []string
	for _, p := range ps {
		said = append(said, p.Msg)
	}
	assert.Equal(t, []string{
		`unknown key "knid"`, `kind cannot be "Switch"`, `unknown key "feds"`, `unknown key "dealy"`, `unknown key "weigh"`,
	}, said, "each is told, and kind is not missing")
}

func TestSuggest(t *testing.T) {
	have := []string{"core1", "core2", "array1", "hv1"}
	assert.Equal(t, `did you mean "core1"?`, Suggest("cor1", have))
	assert.Equal(t, `did you mean "core1"?`, Suggest("Core1", have))
	assert.Equal(t, `did you mean "array1"?`, Suggest("arary1", have))
	assert.Empty(t, Suggest("firewall", have))
	assert.Equal(t, "fw", Nearest("fww", []string{"fw1", "fw", "fw2"}), "a letter too many is no other digit")
	assert.Equal(t, "fw1", Nearest("fw3", []string{"fw1", "fw2"}), "of equally near ones the first")
	assert.Equal(t, "core1", Nearest("cor1", []string{"core1", "core"}))
	assert.Empty(t, Suggest("", have))
}

func TestMerge(t *testing.T) {
	base := mustParse(t, "a: {b: 1, c: 2}\nd: [1, 2]\ne: x\n")
	patch, err := Parse("patch.yaml", []byte("a: {c: null, n: {x: 1, y: null}}\nd: 3\nf: new\n"))
	require.NoError(t, err)
	m := Merge(base, patch)
	assert.Equal(t, "a: {b: 1, n: {x: 1}}\nd: 3\ne: x\nf: new\n", m.String())
	assert.Equal(t, "patch.yaml:2:4", m.Lookup("d").Pos().String())
	assert.Equal(t, "f.yaml:1:8", m.Lookup("a").Lookup("b").Pos().String())
	assert.Equal(t, "a: {b: 1, c: 2}\nd: [1, 2]\ne: x\n", base.String(), "the base must not change")
}

func TestProblemsOfOneFileStayTogether(t *testing.T) {
	var ps Problems
	ps.Add(Pos{File: "b", Line: 1, Col: 1}, "", "first")
	ps.Add(Pos{File: "a", Line: 2, Col: 9}, "", "second")
	ps.Add(Pos{File: "a", Line: 2, Col: 3}, "a hint", "third")
	ps.Take(Pos{File: "a", Line: 1, Col: 1}, errors.New("fourth"))
	ps.Take(Pos{}, ps)
	ps.Take(Pos{}, nil)
	assert.EqualError(t, ps.Err(), "a:1:1: fourth\na:2:3: third, a hint\na:2:9: second\nb:1:1: first")
}
