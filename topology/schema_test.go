package topology

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := json.Marshal(Schema(yamlfile.NewSchemas(), nil))
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("topology.json", doc))
	schema, err := c.Compile("topology.json")
	require.NoError(t, err)
	return schema
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
	if n.Text() == "true" || n.Text() == "false" {
		return n.Text() == "true"
	}
	return n.Text()
}

func TestSchemaTakesWhatParseTakes(t *testing.T) {
	schema := compiled(t)
	taken := 0
	for name, text := range examples(t) {
		n, err := yamlfile.Parse(name, []byte(text))
		if err != nil {
			continue
		}
		if _, err := FromNode(n); err == nil {
			assert.NoError(t, schema.Validate(plainJSON(n)), name)
			taken++
		}
	}
	assert.Greater(t, taken, 5)
}

func TestSchemaRefusesWhatDecodingRefuses(t *testing.T) {
	schema := compiled(t)
	for _, text := range []string{
		"netwroks: {}\ntopology: {nodes: {a: {kind: host}}}",
		"topology: {nodes: {a: {kind: hots}}}",
		"topology: {nodes: {a: {}}}",
		"topology: {nodes: {a: {kind: host, bonds: {b: {members: [x], updelay: 5}}}}}",
		"topology: {nodes: {a: {kind: host, count: many}}}",
		"topology: {nodes: [a, b]}",
		"groups: {g: {pair: {auto_recovery: sometimes}}}\ntopology: {nodes: {a: {kind: host}}}",
		"networks: {lan: {vlan: 5000, subnet: 10.0.0.0/24}}\ntopology: {nodes: {a: {kind: host}}}",
		"name: x",
	} {
		n, err := yamlfile.Parse("f", []byte(text))
		require.NoError(t, err)
		_, err = FromNode(n)
		require.Error(t, err, text)
		assert.Error(t, schema.Validate(plainJSON(n)), text)
	}
}

func TestSchemaExplainsEveryKey(t *testing.T) {
	text, err := json.Marshal(Schema(yamlfile.NewSchemas(), nil))
	require.NoError(t, err)
	var doc struct {
		Defs map[string]struct {
			Properties map[string]struct{ Description string }
			AnyOf      []struct {
				Properties map[string]struct{ Description string }
			}
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(text, &doc))
	require.NotEmpty(t, doc.Defs)
	for def, d := range doc.Defs {
		for _, shape := range append(d.AnyOf, struct {
			Properties map[string]struct{ Description string }
		}{d.Properties}) {
			for key, p := range shape.Properties {
				assert.NotEmpty(t, p.Description, "%s.%s has no doc tag", def, key)
			}
		}
	}
}
