package scenarios

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

func compiled(t *testing.T, schema any) *jsonschema.Schema {
	t.Helper()
	text, err := json.Marshal(schema)
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("schema.json", doc))
	s, err := c.Compile("schema.json")
	require.NoError(t, err)
	return s
}

// plainJSON is what a YAML 1.2 editor hands to a schema checker.
func plainJSON(n *yamlfile.Node) any {
	switch n.Kind() {
	case yamlfile.Map:
		m := map[string]any{}
		for _, e := range n.Entries() {
			m[e.Key] = plainJSON(e.Value)
		}
		return m
	case yamlfile.List:
		list := []any{}
		for _, item := range n.Items() {
			list = append(list, plainJSON(item))
		}
		return list
	case yamlfile.Null:
		return nil
	}
	if f, err := strconv.ParseFloat(n.Text(), 64); err == nil && !n.Quoted() {
		return f
	}
	if b, err := strconv.ParseBool(n.Text()); err == nil && len(n.Text()) > 1 && !n.Quoted() {
		return b
	}
	return n.Text()
}

func parsed(t *testing.T, text string) any {
	t.Helper()
	n, err := yamlfile.Parse("f", []byte(text))
	require.NoError(t, err)
	return plainJSON(n)
}

func TestScenarioSchemaTakesTheLibrary(t *testing.T) {
	schema := compiled(t, Schema())
	for _, name := range Names() {
		text, _ := Text(name)
		assert.NoError(t, schema.Validate(parsed(t, text)), name)
	}
	drafts, err := filepath.Glob("../testdata/scenarios/design/*.yaml")
	require.NoError(t, err)
	for _, name := range drafts {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.NoError(t, schema.Validate(parsed(t, string(text))), name)
	}
}

func TestTopologySchemaTakesTheShapes(t *testing.T) {
	schema := compiled(t, TopologySchema())
	for _, name := range Topologies() {
		text, err := topology.Text(name)
		require.NoError(t, err)
		assert.NoError(t, schema.Validate(parsed(t, text)), name)
	}
}

func TestScenarioSchemaRefusesWhatLoadRefuses(t *testing.T) {
	schema := compiled(t, Schema())
	const head = "topology: two-core\n"
	for _, text := range []string{
		"timeline: {a: {reboot: core}}",
		head + "timline: {a: {reboot: core}}",
		head + "timeline: {a: {rebot: core}}",
		head + "timeline: {a: {at: 0s}}",
		head + "timeline: {a: {reboot: core1, power-off: core2}}",
		head + "timeline: {a: {reboot: {target: core1, offsett: 8m}}}",
		head + "timeline: {a: {for: 5, reboot: core1}}",
		head + "timeline: {a: {when: {node: core1, stage: booted}, reboot: core1}}",
		head + "workloads: {a: {kind: reech, from: hv, to: hv}}",
		head + "workloads: {a: {kind: reach, form: hv, to: hv}}",
		head + "seed: many",
	} {
		_, err := Parse("f", []byte(text), Options{})
		require.Error(t, err, text)
		assert.Error(t, schema.Validate(parsed(t, text)), text)
	}
}

// TestSchemasNameEveryKind: what is registered can be completed in an editor, with a line about it.
func TestSchemasNameEveryKind(t *testing.T) {
	text, err := json.Marshal(Schema())
	require.NoError(t, err)
	for _, doc := range kindDocs() {
		quoted, err := json.Marshal(doc)
		require.NoError(t, err)
		assert.Contains(t, string(text), `"description":`+string(quoted))
	}
}
