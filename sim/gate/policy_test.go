package gate

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/topology"
)

func TestAPolicySaysWhatMustSurvive(t *testing.T) {
	plant := strings.Replace(healthy, "workloads:", "workloads:\n  backup: {kind: tcp, from: h3, to: h1, network: lan}", 1)
	pairs := func(policy string) []string {
		return told(check(t, plant, policy), "single-point", "cut-set", "shared-fate")
	}
	assert.Empty(t, pairs("default: 1"))
	assert.Contains(t, pairs("default: 2"), "error plant.yaml:6:5 sw1 + sw2")
	assert.Empty(t, pairs("{default: 2, workloads: {calls: 1, backup: 0}}"))

	lone := strings.Replace(plant, "nic1: {to: sw2", "nic1: {to: sw1", 1)
	assert.Contains(t, alone(check(t, lone, "default: 1")), "feed a")
	assert.Empty(t, alone(check(t, lone, "default: 0")))

	r := check(t, plant, "workloads: {calls: {failures: 2}}")
	for _, f := range r.Findings {
		if f.Rule == "cut-set" && f.Severity == finding.Error {
			assert.Equal(t, []string{"calls"}, f.Workloads, f.Message)
		}
	}
}

// alone lists what cuts alone.
func alone(r *finding.Report) (subjects []string) {
	for _, f := range r.Findings {
		if f.Rule == "single-point" {
			subjects = append(subjects, f.Subject)
		}
	}
	return subjects
}

func TestRulesCanBeMadeWorseOrLeftOut(t *testing.T) {
	assert.Equal(t, []string{"error plant.yaml:5:5 sw1", "error plant.yaml:6:5 sw2"}, told(check(t, healthy, "rules: {single-fed: error}"), "single-fed"))
	assert.Empty(t, told(check(t, healthy, "rules: {single-fed: off}"), "single-fed"))
}

func TestAcceptedFindingsDoNotCountUntilTheirDay(t *testing.T) {
	one := strings.Replace(healthy, "nic1: {to: sw2", "nic1: {to: sw1", 1)
	accept := func(finding, until string) *finding.Report {
		return check(t, one, "accept: [{finding: '"+finding+"', reason: moving house, owner: noc, until: "+until+"}]")
	}
	r := accept("bond-one-switch h:team", today.Format(day))
	assert.Empty(t, told(r, waiverExpired, waiverUnused), "the last day counts")
	for _, f := range r.Findings {
		assert.Equal(t, f.Rule == "bond-one-switch", f.Accepted != nil, f.Rule)
	}

	r = accept("bond-one-switch h:team", today.AddDate(0, 0, -1).Format(day))
	assert.Equal(t, []string{"error policy.yaml:1:20 bond-one-switch h:team"}, told(r, waiverExpired))
	for _, f := range r.Findings {
		assert.Nil(t, f.Accepted)
	}

	r = accept("bond-one-swich h:team", "2031-01-01")
	assert.Equal(t, []string{"warning policy.yaml:1:20 bond-one-swich h:team"}, told(r, waiverUnused))
	for _, f := range r.Findings {
		if f.Rule == waiverUnused {
			assert.Equal(t, `did you mean "bond-one-switch h:team"?`, f.Remedy)
		}
	}
}

func TestWrongPoliciesAreRefusedWithTheirPlaces(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    `policy.yaml:1:1: the policy asks for nothing`,
		"[]":                                  `policy.yaml:1:1: the policy asks for nothing`,
		"default: 4":                          `policy.yaml:1:10: failures is 4, want 0 to 3`,
		"workloads: {calls: -1}":              `policy.yaml:1:20: failures is -1`,
		"default: {failures: 0, within: 10s}": `policy.yaml:1:10: what may be lost need not be back within 10s`,
		"rules: {single-fd: off}":             `policy.yaml:1:9: no rule "single-fd", did you mean "single-fed"?`,
		"rules: {single-fed: loud}":           `policy.yaml:1:21: "loud" is no severity`,
		"accept: [{finding: x}]":              `"reason" is missing here`,
		"accept: [{finding: x, reason: r, owner: o, until: soon}]": `policy.yaml:1:51: "soon" is no date, write it as 2027-01-31`,
		"acept: []": `unknown key "acept", did you mean "accept"?`,
		"default: 1\naccept: [{finding: x, reason: r, owner: o, until: 2031-01-01}, {finding: x, reason: r, owner: o, until: 2031-01-01}]": `"x" is accepted twice`,
	} {
		_, err := ParsePolicy("policy.yaml", []byte(text))
		if assert.Error(t, err, text) {
			assert.Contains(t, err.Error(), want)
		}
	}
}

func TestAPolicyNamesWhatThePlantHas(t *testing.T) {
	p, err := ParsePolicy("policy.yaml", []byte("workloads: {cals: 1}"))
	require.NoError(t, err)
	_, err = Check(context.Background(), read(t, healthy), Options{Policy: p, Today: today})
	assert.ErrorContains(t, err, `policy.yaml:1:13: no workload "cals"`)
	assert.ErrorContains(t, err, `did you mean "calls"?`)

	_, err = Snapshot(context.Background(), read(t, healthy), Options{Policy: p, Today: today})
	assert.NoError(t, err, "a base may lack what the proposed plant has")
}

func TestAPlantInPiecesIsRefused(t *testing.T) {
	pieces := strings.Replace(healthy, "  links:", "    far: {kind: switch}\n    f: {kind: host, count: 2, ports: {e0: {to: far, networks: [lan]}}}\n  links:", 1)
	_, err := Check(context.Background(), read(t, pieces), Options{Today: today})
	spare := strings.Replace(healthy, "  links:", "    spare: {kind: switch}\n  links:", 1)
	_, spareErr := Check(context.Background(), read(t, spare), Options{Today: today})
	assert.NoError(t, spareErr, "what is wired to nothing is no piece")
	assert.ErrorContains(t, err, "plant.yaml:15:5: no link joins far, f1 and f2 to the rest of the plant (sw1, sw2 and h[1-3])")
}

func TestDaysEndAtMidnightWhereTheyAreRead(t *testing.T) {
	w := Waiver{Acceptance: finding.Acceptance{Until: "2030-06-01"}}
	east := time.FixedZone("east", 14*3600)
	assert.False(t, w.expired(time.Date(2030, 6, 1, 23, 59, 0, 0, east)))
	assert.True(t, w.expired(time.Date(2030, 6, 2, 0, 1, 0, 0, east)))
}

// TestTheSchemaKnowsWhatTheReaderKnows holds policies against both.
func TestTheSchemaKnowsWhatTheReaderKnows(t *testing.T) {
	text, err := json.Marshal(Schema())
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("policy.json", doc))
	schema, err := compiler.Compile("policy.json")
	require.NoError(t, err)
	for policy, right := range map[string]bool{
		"default: 1": true,
		"workloads: {calls: {failures: 2, within: 30s, downtime: 4h}, web: 0}": true,
		"{scenarios: [a.yaml], rules: {mtu: warning}}":                         true,
		"rules: {mtu: 'off'}": true,
		"accept: [{finding: mtu x, reason: r, owner: o, until: '2031-01-01'}]": true,
		"rules: {mtu: loud}":            false,
		"acept: []":                     false,
		"accept: [{finding: mtu x}]":    false,
		"workloads: {calls: {with: 1}}": false,
	} {
		_, err := ParsePolicy("policy.yaml", []byte(policy))
		assert.Equal(t, right, err == nil, "%s: %v", policy, err)
		var plain any
		require.NoError(t, yaml.Unmarshal([]byte(policy), &plain))
		again, err := json.Marshal(plain)
		require.NoError(t, err)
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(again))
		require.NoError(t, err)
		assert.Equal(t, right, schema.Validate(value) == nil, "%s: %v", policy, schema.Validate(value))
	}
}

// FuzzPolicy looks for policies that crash the reader, or are read and cannot be asked.
func FuzzPolicy(f *testing.F) {
	for _, seed := range []string{
		"default: 1", "workloads: {calls: {failures: 2, within: 30s}}", "scenarios: [core-pair-reboot]", "rules: {mtu: off}",
		"accept: [{finding: mtu x, reason: r, owner: o, until: 2031-01-01}]", "default: {failures: {}}", "accept: {finding: [x]}", "rules: [off]",
	} {
		f.Add(seed)
	}
	plant, err := topology.Parse("plant.yaml", []byte(healthy))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePolicy("policy.yaml", []byte(text))
		if err != nil {
			assert.Nil(t, p)
			return
		}
		assert.NotEmpty(t, p.String())
		assert.LessOrEqual(t, p.depth(), 3)
		c := &Case{Plant: plant, Policy: p}
		c.accept(nil, today)
	})
}
