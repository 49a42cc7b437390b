package yamlfile

import (
	"encoding"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"
)

// Schemer is a type that reads itself from a node and so must describe itself.
type Schemer interface {
	Describe(s *Schemas) *jsonschema.Schema
}

// Schemas describes types as JSON Schema (draft 2020-12) by the tags that Decode goes by, so that an editor knows what
// Decode knows. Structs become definitions.
type Schemas struct {
	defs jsonschema.Definitions
}

// Schema describes the type of v.
func Schema(v any, title string) *jsonschema.Schema {
	s := &Schemas{defs: jsonschema.Definitions{}}
	top := s.Of(reflect.TypeOf(v))
	return s.Whole(top, title)
}

// NewSchemas is for schemas put together from several types.
func NewSchemas() *Schemas { return &Schemas{defs: jsonschema.Definitions{}} }

// Whole makes a document of a schema and all definitions so far.
func (s *Schemas) Whole(top *jsonschema.Schema, title string) *jsonschema.Schema {
	return &jsonschema.Schema{Version: jsonschema.Version, Title: title, Ref: top.Ref, AnyOf: top.AnyOf, Definitions: s.defs}
}

// Of describes a type.
func (s *Schemas) Of(t reflect.Type) *jsonschema.Schema {
	pointer := reflect.New(t)
	if self, ok := pointer.Interface().(Schemer); ok {
		return self.Describe(s)
	}
	switch {
	case t == nodeType:
		return jsonschema.TrueSchema
	case t.Kind() == reflect.Pointer:
		return s.Of(t.Elem())
	case t == durationType:
		return duration()
	}
	if _, ok := pointer.Interface().(encoding.TextUnmarshaler); ok {
		return scalar()
	}
	return s.ofKind(t)
}

func (s *Schemas) ofKind(t reflect.Type) *jsonschema.Schema {
	switch t.Kind() {
	case reflect.Struct:
		return s.Struct(t)
	case reflect.Slice:
		item := s.Of(t.Elem())
		return anyOf(item, &jsonschema.Schema{Type: "array", Items: item})
	case reflect.Map:
		return &jsonschema.Schema{Type: "object", AdditionalProperties: s.Of(t.Elem())}
	case reflect.Bool:
		return &jsonschema.Schema{Enum: []any{true, false, "yes", "no", "on", "off"}}
	case reflect.String:
		return scalar()
	case reflect.Float32, reflect.Float64:
		return &jsonschema.Schema{Type: "number"}
	}
	return &jsonschema.Schema{Type: "integer"}
}

// Struct describes a struct as a definition and refers to it. An empty value is a struct with nothing set.
func (s *Schemas) Struct(t reflect.Type) *jsonschema.Schema {
	name := defName(t)
	ref := &jsonschema.Schema{Ref: "#/$defs/" + name}
	if s.defs[name] != nil {
		return ref
	}
	s.defs[name] = &jsonschema.Schema{}
	*s.defs[name] = *s.structure(t)
	return ref
}

// Define puts a definition of its own under a name and refers to it.
func (s *Schemas) Define(name string, def *jsonschema.Schema) *jsonschema.Schema {
	s.defs[name] = def
	return &jsonschema.Schema{Ref: "#/$defs/" + name}
}

func defName(t reflect.Type) string {
	return strings.ToLower(strings.TrimSuffix(t.Name(), "Spec"))
}

func (s *Schemas) structure(t reflect.Type) *jsonschema.Schema {
	fields := fieldsOf(t)
	object := s.Object(t)
	shapes := []*jsonschema.Schema{object}
	if len(object.Required) == 0 {
		shapes = append(shapes, &jsonschema.Schema{Type: "null"})
	}
	if short, ok := shorthand(fields); ok {
		shapes = append(shapes, s.Of(short.typ))
	}
	return anyOf(shapes...)
}

// Object describes a struct as a map, without its shorthand, so that more keys can be added.
func (s *Schemas) Object(t reflect.Type) *jsonschema.Schema {
	object := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
	for _, f := range fieldsOf(t) {
		object.Properties.Set(f.key, s.field(f))
		if f.required {
			object.Required = append(object.Required, f.key)
		}
	}
	return object
}

func (s *Schemas) field(f field) *jsonschema.Schema {
	of := s.Of(f.typ)
	if f.enum != "" {
		of = &jsonschema.Schema{}
		for _, word := range strings.Split(f.enum, "|") {
			of.Enum = append(of.Enum, word)
		}
		if f.typ.Kind() == reflect.Slice {
			of = anyOf(of, &jsonschema.Schema{Type: "array", Items: of})
		}
	}
	if f.doc == "" {
		return of
	}
	if of == jsonschema.TrueSchema {
		return &jsonschema.Schema{Description: f.doc}
	}
	described := *of
	described.Description = f.doc
	return &described
}

func anyOf(shapes ...*jsonschema.Schema) *jsonschema.Schema {
	if len(shapes) == 1 {
		return shapes[0]
	}
	return &jsonschema.Schema{AnyOf: shapes}
}

// scalar is any word, which YAML may take for a number or a boolean.
func scalar() *jsonschema.Schema {
	return anyOf(&jsonschema.Schema{Type: "string"}, &jsonschema.Schema{Type: "number"}, &jsonschema.Schema{Type: "boolean"})
}

func duration() *jsonschema.Schema {
	return anyOf(&jsonschema.Schema{Type: "string", Pattern: durationPattern}, &jsonschema.Schema{Const: 0})
}

const durationPattern = `^([0-9.]+d)?([0-9.]+(h|m|s|ms|us|ns))*$`

// Describe says that it is a duration or never.
func (OrNever) Describe(*Schemas) *jsonschema.Schema {
	return anyOf(duration(), &jsonschema.Schema{Const: "never"})
}

// Describe says that it is a percentage.
func (Percent) Describe(*Schemas) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^[0-9.]+ *%$`}
}

// Describe says that it is any word.
func (Word) Describe(*Schemas) *jsonschema.Schema { return scalar() }

// Describe says that it is a map of anything to V.
func (Ordered[V]) Describe(s *Schemas) *jsonschema.Schema {
	return anyOf(&jsonschema.Schema{Type: "object", AdditionalProperties: s.Of(reflect.TypeFor[V]())}, &jsonschema.Schema{Type: "null"})
}
