package yamlfile

import (
	"reflect"
	"strings"
	"sync"
)

// field is what the tag `yaml:"key,required,scalar,positive" doc:"..."` says of a struct's field.
type field struct {
	key      string
	doc      string
	enum     string
	required bool
	scalar   bool // takes a value or list that stands for the whole struct
	positive bool // zero means that nobody says, so nobody can say zero
	index    []int
	typ      reflect.Type
}

// known are the fields of types that were asked for: a large file asks for those of one type a hundred thousand times.
var known sync.Map

// fieldsOf lists the fields of a struct that files fill, those of embedded structs among them. Nobody may change it.
func fieldsOf(t reflect.Type) []field {
	if all, ok := known.Load(t); ok {
		return all.([]field)
	}
	all := listFields(t)
	known.Store(t, all)
	return all
}

func listFields(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.Anonymous && key == "" && f.Type.Kind() == reflect.Struct {
			for _, sub := range fieldsOf(f.Type) {
				sub.index = append([]int{i}, sub.index...)
				all = append(all, sub)
			}
			continue
		}
		if key == "" || key == "-" || !f.IsExported() {
			continue
		}
		all = append(all, field{
			key: key, doc: f.Tag.Get("doc"), enum: f.Tag.Get("enum"), index: []int{i}, typ: f.Type,
			required: strings.Contains(options, "required"), scalar: strings.Contains(options, "scalar"),
			positive: strings.Contains(options, "positive"),
		})
	}
	return all
}

// shorthand is the field that a scalar or list fills when it stands for the whole struct.
func shorthand(fields []field) (field, bool) {
	for _, f := range fields {
		if f.scalar {
			return f, true
		}
	}
	return field{}, false
}

// Keys lists the keys that a struct is filled from, in order of its fields.
func Keys(v any) []string {
	var keys []string
	for _, f := range fieldsOf(reflect.TypeOf(v)) {
		keys = append(keys, f.key)
	}
	return keys
}

// Field is what a struct says about one of its keys, for documents.
type Field struct {
	Key, Doc string
	Required bool
	Scalar   bool // a scalar or list in place of the map is this field
	// Words are all that it can be; nil where it can be more than some words.
	Words    []string
	Positive bool // zero cannot be said: it means that nobody says
	Type     reflect.Type
}

// Fields lists the keys that a struct, or what v points to, is filled from, in order of its fields.
func Fields(v any) []Field {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var all []Field
	for _, f := range fieldsOf(t) {
		var words []string
		if f.enum != "" {
			words = strings.Split(f.enum, "|")
		}
		all = append(all, Field{f.key, f.doc, f.required, f.scalar, words, f.positive, f.typ})
	}
	return all
}
