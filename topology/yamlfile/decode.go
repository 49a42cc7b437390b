package yamlfile

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Unmarshaler is a type that reads itself from a node.
type Unmarshaler interface {
	UnmarshalNode(n *Node, ps *Problems)
}

var (
	nodeType     = reflect.TypeFor[*Node]()
	posType      = reflect.TypeFor[Pos]()
	durationType = reflect.TypeFor[time.Duration]()
)

// Decode fills what into points at from a node and adds everything that does not fit to ps.
//
// Structs are filled by their tags: `yaml:"key"`, `yaml:"key,required"`,
// `yaml:"key,scalar"` (a scalar or list in place of the map fills this field), `yaml:"key,positive"` (zero is refused, since
// it stands for what is not said), `enum:"a|b"`. Embedded structs are read
// as if their fields were the outer one's; a field Pos of type Pos gets the node's place; a *Node is kept as it is.
// Scalars are read by encoding.TextUnmarshaler, as durations with a unit, as numbers, booleans or strings. Where a
// list is wanted, anything else is a list of one.
func Decode(n *Node, into any, ps *Problems) {
	decode(n, reflect.ValueOf(into).Elem(), ps)
}

func decode(n *Node, v reflect.Value, ps *Problems) {
	switch {
	case v.Type() == nodeType:
		v.Set(reflect.ValueOf(n))
	case v.Kind() == reflect.Pointer:
		decodePointer(n, v, ps)
	case decodeBySelf(n, v, ps):
	case v.Kind() == reflect.Struct:
		decodeStruct(n, v, ps)
	case v.Kind() == reflect.Slice:
		decodeList(n, v, ps)
	case v.Kind() == reflect.Map:
		decodeMap(n, v, ps)
	case n.Kind() == Null:
	case n.Kind() != Scalar:
		ps.Add(n.pos, "", "want %s, this is %s", wants(v.Type()), n.kind)
	default:
		if err := setScalar(n, v); err != nil {
			ps.Add(n.pos, "", "%s", err)
		}
	}
}

// decodePointer leaves a pointer nil when its value cannot be read: the reader then knows that there is none.
func decodePointer(n *Node, v reflect.Value, ps *Problems) {
	value, before := reflect.New(v.Type().Elem()), len(*ps)
	if !v.IsNil() {
		value.Elem().Set(v.Elem())
	}
	decode(n, value.Elem(), ps)
	if len(*ps) == before || value.Elem().Kind() == reflect.Struct {
		v.Set(value)
	}
}

// decodeBySelf lets a type read itself; false when it cannot.
func decodeBySelf(n *Node, v reflect.Value, ps *Problems) bool {
	switch self := v.Addr().Interface().(type) {
	case Unmarshaler:
		self.UnmarshalNode(n, ps)
	case encoding.TextUnmarshaler:
		if n.Kind() == Null {
			return true
		}
		if n.kind != Scalar {
			ps.Add(n.pos, "", "want a value, this is %s", n.kind)
			return true
		}
		if err := self.UnmarshalText([]byte(n.text)); err != nil {
			ps.Add(n.pos, "", "%s", err)
		}
	default:
		return false
	}
	return true
}

func decodeStruct(n *Node, v reflect.Value, ps *Problems) {
	setPos(n, v)
	fields := fieldsOf(v.Type())
	if short, ok := shorthand(fields); ok && (n.Kind() == Scalar || n.Kind() == List) {
		short.key = "it" // nobody wrote its name
		decodeField(n, v.FieldByIndex(short.index), short, ps)
		return
	}
	if n.Kind() != Map && n.Kind() != Null {
		ps.Add(n.pos, "", "want a map (%s), this is %s", keyList(fields), n.kind)
		return
	}
	meant := map[string]bool{}
	for _, e := range n.Entries() {
		f, ok := fieldOf(fields, e.Key)
		if !ok {
			ps.Add(e.KeyPos, hintKey(e.Key, fields), "unknown key %q", e.Key)
			if f, ok = fieldOf(fields, Nearest(e.Key, keysOf(fields))); !ok || n.Lookup(f.key) != nil {
				continue
			}
			meant[f.key] = true // and goes on as if it had been typed: what follows from a slip is not told as well
		}
		decodeField(e.Value, v.FieldByIndex(f.index), f, ps)
		checkEnum(e.Value, v.FieldByIndex(f.index), f, ps)
	}
	for _, f := range fields {
		if f.required && n.Lookup(f.key).Kind() == Null && !meant[f.key] {
			ps.Add(n.Pos(), "", "%q is missing here", f.key)
		}
	}
}

// decodeField reads a value of a struct. A zero that would be taken for nothing said is refused.
func decodeField(n *Node, v reflect.Value, f field, ps *Problems) {
	before := len(*ps)
	decode(n, v, ps)
	if f.positive && n.Kind() == Scalar && len(*ps) == before && v.IsZero() {
		ps.Add(n.pos, "leave it out for what it is by default", "%s cannot be %s", f.key, n.text)
	}
}

func setPos(n *Node, v reflect.Value) {
	if f := v.FieldByName("Pos"); f.IsValid() && f.Type() == posType {
		f.Set(reflect.ValueOf(n.Pos()))
	}
}

func fieldOf(fields []field, key string) (field, bool) {
	for _, f := range fields {
		if f.key == key {
			return f, true
		}
	}
	return field{}, false
}

func hintKey(key string, fields []field) string {
	if near := Suggest(key, keysOf(fields)); near != "" {
		return near
	}
	return "known here: " + keyList(fields)
}

func keysOf(fields []field) []string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	return keys
}

func keyList(fields []field) string { return strings.Join(keysOf(fields), ", ") }

// checkEnum holds a string against the words that its field's enum tag lists, and takes the one that was meant.
func checkEnum(n *Node, v reflect.Value, f field, ps *Problems) {
	if f.enum == "" {
		return
	}
	words := strings.Split(f.enum, "|")
	for _, item := range n.Items() {
		if item.kind != Scalar || isOneOf(item.text, words) {
			continue
		}
		hint := Suggest(item.text, words)
		if hint == "" {
			hint = "it can be " + strings.Join(words, ", ")
		}
		ps.Add(item.pos, hint, "%s cannot be %q", f.key, item.text)
		if near := Nearest(item.text, words); near != "" && v.Kind() == reflect.String {
			v.SetString(near)
		}
	}
}

func isOneOf(s string, words []string) bool {
	for _, w := range words {
		if w == s {
			return true
		}
	}
	return false
}

func decodeList(n *Node, v reflect.Value, ps *Problems) {
	items := n.Items()
	out := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		decode(item, out.Index(i), ps)
	}
	v.Set(out)
}

func decodeMap(n *Node, v reflect.Value, ps *Problems) {
	if n.Kind() != Map && n.Kind() != Null {
		ps.Add(n.pos, "", "want a map, this is %s", n.kind)
		return
	}
	out := reflect.MakeMap(v.Type())
	for _, e := range n.Entries() {
		value := reflect.New(v.Type().Elem()).Elem()
		decode(e.Value, value, ps)
		key := reflect.New(v.Type().Key()).Elem()
		decode(&Node{kind: Scalar, text: e.Key, pos: e.KeyPos, quoted: true}, key, ps)
		out.SetMapIndex(key, value)
	}
	v.Set(out)
}

func setScalar(n *Node, v reflect.Value) error {
	if v.Type() == durationType {
		d, err := ParseDuration(n.text)
		v.SetInt(int64(d))
		return err
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.text)
		return nil
	case reflect.Bool:
		b, ok := parseBool(n.text)
		if !ok {
			return fmt.Errorf("want true or false, this is %q", n.text)
		}
		v.SetBool(b)
		return nil
	}
	return setNumber(n, v)
}

func setNumber(n *Node, v reflect.Value) (err error) {
	text := strings.ReplaceAll(n.text, "_", "")
	switch v.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		var i int64
		i, err = strconv.ParseInt(text, 10, v.Type().Bits())
		v.SetInt(i)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		var u uint64
		u, err = strconv.ParseUint(text, 10, v.Type().Bits())
		v.SetUint(u)
	case reflect.Float32, reflect.Float64:
		var f float64
		f, err = strconv.ParseFloat(text, v.Type().Bits())
		v.SetFloat(f)
	default:
		panic("decode YAML into a " + v.Type().String())
	}
	if err != nil {
		return fmt.Errorf("want %s, this is %q", wants(v.Type()), n.text)
	}
	return nil
}

// wants says what a type is read from, for errors.
func wants(t reflect.Type) string {
	switch {
	case t == durationType:
		return "a duration such as 90s"
	case t.Kind() == reflect.String:
		return "a word"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uint64:
		return "a whole number that is not negative"
	case t.Kind() == reflect.Float64 || t.Kind() == reflect.Float32:
		return "a number"
	}
	return "a whole number"
}
