package topology

import (
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Describe says that links are a map, or a list as containerlab has it.
func (LinksSpec) Describe(s *yamlfile.Schemas) *jsonschema.Schema {
	link := s.Of(reflect.TypeFor[LinkSpec]())
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
		{Type: "object", AdditionalProperties: link}, {Type: "array", Items: link}, {Type: "null"},
	}}
}

// Schema is the JSON Schema of topology files. Workloads may be nil: then any are allowed; else it describes the value
// of the key workloads, and s holds its definitions.
func Schema(s *yamlfile.Schemas, workloads *jsonschema.Schema) *jsonschema.Schema {
	plant := s.Object(reflect.TypeFor[Spec]())
	if workloads != nil {
		plant.Properties.Set("workloads", workloads)
	}
	return s.Whole(s.Define("plant", plant), "dcdrill topology")
}
