package scenarios

import (
	"maps"
	"reflect"
	"slices"

	"github.com/invopop/jsonschema"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Schema is the JSON Schema of scenario files, with every registered kind of fault, workload and check, for editors.
// What it takes may still be refused: names are looked up by Load alone.
func Schema() *jsonschema.Schema {
	s := yamlfile.NewSchemas()
	workloads := workloadsSchema(s)
	plant := topology.Schema(s, workloads)
	root := s.Object(reflect.TypeFor[file]())
	over := func(key string, schema *jsonschema.Schema) {
		old, _ := root.Properties.Get(key)
		described := *schema
		described.Description = old.Description
		root.Properties.Set(key, &described)
	}
	base := &jsonschema.Schema{Type: "object", Required: []string{"base"}, Properties: jsonschema.NewProperties()}
	base.Properties.Set("base", &jsonschema.Schema{Type: "string", Description: "the plant that the rest is patched over: a file or a built-in name"})
	over("topology", any1(word(), base, &jsonschema.Schema{Ref: plant.Ref}))
	over("workloads", workloads)
	over("timeline", keyed(entrySchema(s)))
	over("must_survive", keyed(any1(empty(), kindSchema(s, sim.Checks, "survives", "workload"))))
	over("expect", keyed(expectationSchema(s)))
	over("variants", &jsonschema.Schema{Type: "object", AdditionalProperties: &jsonschema.Schema{Type: "object"}})
	for _, key := range []string{"start", "zone"} {
		over(key, word())
	}
	return s.Whole(s.Define("scenario", root), "dcdrill scenario")
}

// TopologySchema is the JSON Schema of topology files, with every registered kind of workload.
func TopologySchema() *jsonschema.Schema {
	s := yamlfile.NewSchemas()
	return topology.Schema(s, workloadsSchema(s))
}

func word() *jsonschema.Schema  { return &jsonschema.Schema{Type: "string"} }
func empty() *jsonschema.Schema { return &jsonschema.Schema{Type: "null"} }

func any1(shapes ...*jsonschema.Schema) *jsonschema.Schema { return &jsonschema.Schema{AnyOf: shapes} }

// keyed is a map of anything by id, or a list.
func keyed(of *jsonschema.Schema) *jsonschema.Schema {
	return any1(&jsonschema.Schema{Type: "object", AdditionalProperties: of}, &jsonschema.Schema{Type: "array", Items: any1(word(), of)})
}

// kindSchema describes what a registered kind is read from, without some keys that the file gives elsewhere.
func kindSchema[T any](s *yamlfile.Schemas, r *sim.Registry[T], name string, without ...string) *jsonschema.Schema {
	k, ok := r.Lookup(name)
	if !ok {
		return jsonschema.TrueSchema
	}
	object := s.Object(reflect.TypeOf(k.New()).Elem())
	for _, key := range without {
		object.Properties.Delete(key)
		object.Required = slices.DeleteFunc(object.Required, func(x string) bool { return x == key })
	}
	return object
}

// entrySchema is a timeline entry: its timing, and one of the faults.
func entrySchema(s *yamlfile.Schemas) *jsonschema.Schema {
	entry := s.Object(reflect.TypeFor[timing]())
	at, _ := entry.Properties.Get("at")
	entry.Properties.Set("at", &jsonschema.Schema{AnyOf: []*jsonschema.Schema{word(), {Type: "integer"}}, Description: at.Description})
	var one []*jsonschema.Schema
	for _, k := range sim.Faults.Kinds() {
		fault := s.Struct(reflect.TypeOf(k.New()).Elem())
		entry.Properties.Set(k.Name, &jsonschema.Schema{Ref: fault.Ref, Description: k.Doc})
		one = append(one, &jsonschema.Schema{Required: []string{k.Name}})
	}
	entry.OneOf = one
	return s.Define("entry", entry)
}

// expectationSchema is one check, or bounds of a workload.
func expectationSchema(s *yamlfile.Schemas) *jsonschema.Schema {
	object := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties()}
	for _, k := range sim.Checks.Kinds() {
		check := s.Struct(reflect.TypeOf(k.New()).Elem())
		object.Properties.Set(k.Name, &jsonschema.Schema{Ref: check.Ref, Description: k.Doc})
	}
	for _, name := range []string{"from", "to"} {
		object.Properties.Set(name, &jsonschema.Schema{Description: "a milestone or a time: ping and write are looked at between the two"})
	}
	object.Properties.Set("between", &jsonschema.Schema{Description: "with a milestone: between which two moments it is reached"})
	bounds := any1(kindSchema(s, sim.Checks, "outage", "workload"), kindSchema(s, sim.Checks, "during", "workload"))
	object.AdditionalProperties = bounds
	return s.Define("expectation", object)
}

// workloadsSchema is a map of workloads: common keys, and those of the kind.
func workloadsSchema(s *yamlfile.Schemas) *jsonschema.Schema {
	var kinds []*jsonschema.Schema
	for _, k := range sim.Workloads.Kinds() {
		object := kindSchema(s, sim.Workloads, k.Name)
		common := s.Object(reflect.TypeFor[placing]())
		for _, key := range slices.Sorted(maps.Keys(properties(common))) {
			object.Properties.Set(key, properties(common)[key])
		}
		object.Properties.Set("kind", &jsonschema.Schema{Const: k.Name, Description: k.Doc})
		object.Required = append(object.Required, "kind")
		kinds = append(kinds, object)
	}
	workload := s.Define("workload", &jsonschema.Schema{AnyOf: kinds})
	return any1(&jsonschema.Schema{Type: "object", AdditionalProperties: workload}, empty())
}

func properties(s *jsonschema.Schema) map[string]*jsonschema.Schema {
	all := map[string]*jsonschema.Schema{}
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		all[p.Key] = p.Value
	}
	return all
}
