package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// byteOrderMark is what some editors begin a file with (YAML 1.2.2, 5.2).
var byteOrderMark = []byte("\uFEFF")

// Parse reads one YAML document. The error is Problems; name is the file's name in them.
func Parse(name string, data []byte) (*Node, error) {
	data = bytes.TrimPrefix(data, byteOrderMark)
	r := &reader{text: newText(name, nil), anchors: map[string]*Node{}}
	if len(data) > MaxSize {
		r.ps.Add(Pos{File: name}, "", "the file has %d bytes, more than %d", len(data), MaxSize)
		return nil, r.ps.Err()
	}
	r.text = newText(name, data)
	if at := notUTF8(data); at >= 0 {
		line := bytes.Count(data[:at], []byte("\n"))
		column := utf8.RuneCount(data[bytes.LastIndexByte(data[:at], '\n')+1 : at])
		r.ps.Add(r.text.pos(line+1, column+1), "save the file as UTF-8", "this is not UTF-8")
		return nil, r.ps.Err()
	}
	body := r.syntax(string(data))
	if len(r.ps) > 0 {
		return nil, r.ps.Err()
	}
	n := r.node(body, 0)
	if n.size > MaxNodes {
		r.ps.Add(n.pos, "", "aliases make more than %d values of it", MaxNodes)
	}
	return n, r.ps.Err()
}

// notUTF8 is the place of the first octet that cannot be part of UTF-8 text; -1 when all can.
func notUTF8(data []byte) int {
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// reader turns the syntax tree of goccy/go-yaml into Nodes.
type reader struct {
	text    *text
	anchors map[string]*Node
	ps      Problems
}

// syntax parses the one document of a file.
func (r *reader) syntax(s string) (body ast.Node) {
	defer func() {
		// The parser's bugs are not to end the program; its fuzzing found such in the past.
		if bug := recover(); bug != nil {
			r.ps.Add(Pos{File: r.text.name}, "", "this is not YAML")
		}
	}()
	tokens := lexer.Tokenize(s)
	if at, err := nesting(tokens); err != nil {
		r.ps.Add(r.at(at), "", "%s", err)
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntaxError(err)
		return nil
	}
	for _, doc := range file.Docs {
		if body != nil && doc.Body != nil {
			r.ps.Add(r.at(doc.Body.GetToken().Position), "", "a second document, only one is read")
			return nil
		}
		if _, directive := doc.Body.(*ast.DirectiveNode); doc.Body != nil && !directive {
			body = doc.Body
		}
	}
	return body
}

// slips are what people did, mostly, when the parser says what it found.
var slips = map[string]string{
	"value is not allowed in this context":             "is it indented like its neighbours?",
	"unexpected key name":                              "a key is followed by a colon and a space",
	"found character '\t' that cannot start any token": "indent with spaces, not with tabs",
}

func (r *reader) syntaxError(err error) {
	var known yaml.Error
	if errors.As(err, &known) && known.GetToken() != nil {
		r.ps.Add(r.at(known.GetToken().Position), slips[known.GetMessage()], "%s", known.GetMessage())
		return
	}
	r.ps.Add(Pos{File: r.text.name}, "", "%s", err)
}

func (r *reader) at(p *token.Position) Pos {
	if p == nil {
		return Pos{File: r.text.name}
	}
	return r.text.pos(p.Line, p.Column)
}

// node converts one value. Depth is checked here for what nesting cannot see: block maps by indentation.
func (r *reader) node(a ast.Node, depth int) *Node {
	if a == nil {
		return &Node{pos: r.text.pos(1, 1), size: 1}
	}
	if depth > MaxDepth {
		r.ps.Add(r.at(a.GetToken().Position), "", "nested more than %d deep", MaxDepth)
		return &Node{size: 1}
	}
	switch a := a.(type) {
	case *ast.MappingNode:
		return r.mapping(a, a.Values, a.IsFlowStyle, depth)
	case *ast.MappingValueNode:
		return r.mapping(a, []*ast.MappingValueNode{a}, false, depth)
	case *ast.SequenceNode:
		return r.list(a, depth)
	case *ast.AnchorNode:
		return r.anchor(a, depth)
	case *ast.AliasNode:
		return r.alias(a)
	case *ast.TagNode:
		return r.node(a.Value, depth+1)
	case *ast.MappingKeyNode:
		return r.node(a.Value, depth+1)
	}
	return r.scalar(a)
}

func (r *reader) scalar(a ast.Node) *Node {
	n := &Node{kind: Scalar, pos: r.at(a.GetToken().Position), size: 1}
	switch a := a.(type) {
	case *ast.NullNode:
		n.kind = Null
	case *ast.StringNode:
		n.text = a.Value
		n.quoted = a.Token.Type == token.SingleQuoteType || a.Token.Type == token.DoubleQuoteType
	case *ast.LiteralNode:
		n.text, n.quoted = a.Value.Value, true
	default:
		n.text = a.GetToken().Value
	}
	return n
}

func (r *reader) list(a *ast.SequenceNode, depth int) *Node {
	n := &Node{kind: List, pos: r.at(a.Start.Position), flow: a.IsFlowStyle, size: 1}
	for _, v := range a.Values {
		item, ok := r.plainWithColon(v)
		if !ok {
			item = r.node(v, depth+1)
		}
		n.items = append(n.items, item)
		n.grow(item)
	}
	return n
}

// plainWithColon puts core1:eth1 together again. In a list within braces ({endpoints: [core1:eth1, hv1:eth0]}) the parser
// takes it for a key and a value, though a colon is only that when a space follows (YAML 1.2.2, 7.3.3).
func (r *reader) plainWithColon(a ast.Node) (*Node, bool) {
	pair, ok := a.(*ast.MappingNode)
	if !ok || pair.IsFlowStyle || len(pair.Values) != 1 {
		return nil, false
	}
	key, value := r.scalar(pair.Values[0].Key), r.scalar(pair.Values[0].Value)
	word := key.text + ":" + value.text
	if key.quoted || value.quoted || !strings.HasPrefix(key.pos.from(), word) {
		return nil, false
	}
	return &Node{kind: Scalar, text: word, pos: key.pos, size: 1}, true
}

// grow counts a part into the size, which stays small enough not to overflow.
func (n *Node) grow(part *Node) { n.size = min(n.size+part.size, MaxNodes+1) }

func (r *reader) mapping(a ast.Node, values []*ast.MappingValueNode, flow bool, depth int) *Node {
	n := &Node{kind: Map, pos: r.at(a.GetToken().Position), flow: flow, size: 1}
	if len(values) > 0 && !flow {
		n.pos = r.at(values[0].Key.GetToken().Position)
	}
	seen := map[string]Pos{}
	var merged []Entry
	for _, v := range values {
		if _, merge := v.Key.(*ast.MergeKeyNode); merge {
			merged = append(merged, r.mergeKey(v, depth)...)
			continue
		}
		e, ok := r.entry(v, depth)
		if !ok {
			continue
		}
		if first, twice := seen[e.Key]; twice {
			r.ps.Add(e.KeyPos, fmt.Sprintf("first on line %d", first.Line), "%q is here twice", e.Key)
			continue
		}
		seen[e.Key] = e.KeyPos
		n.entries = append(n.entries, e)
		n.grow(e.Value)
	}
	n.inherit(merged, seen)
	return n
}

// inherit takes over the entries of a merge key (<<) that the map does not have itself.
func (n *Node) inherit(merged []Entry, have map[string]Pos) {
	for _, e := range merged {
		if _, own := have[e.Key]; !own {
			have[e.Key] = e.KeyPos
			n.entries = append(n.entries, e)
			n.grow(e.Value)
		}
	}
}

func (r *reader) entry(v *ast.MappingValueNode, depth int) (Entry, bool) {
	key := r.node(v.Key, depth+1)
	if key.kind != Scalar {
		r.ps.Add(r.at(v.Key.GetToken().Position), "", "a key must be a word, this is %s", key.kind)
		return Entry{}, false
	}
	return Entry{Key: key.text, KeyPos: key.pos, Value: r.node(v.Value, depth+1)}, true
}

// mergeKey lists the entries of "<<: *base" or "<<: [*a, *b]", the first winning.
func (r *reader) mergeKey(v *ast.MappingValueNode, depth int) []Entry {
	var entries []Entry
	for _, n := range r.node(v.Value, depth+1).Items() {
		if n.kind != Map {
			r.ps.Add(n.pos, "", "<< takes in a map, this is %s", n.kind)
		}
		entries = append(entries, n.entries...)
	}
	return entries
}

func (r *reader) anchor(a *ast.AnchorNode, depth int) *Node {
	n := r.node(a.Value, depth+1)
	r.anchors[a.Name.GetToken().Value] = n
	return n
}

func (r *reader) alias(a *ast.AliasNode) *Node {
	name := a.Value.GetToken().Value
	n := r.anchors[name]
	if n == nil {
		r.ps.Add(r.at(a.Start.Position), "", "no anchor &%s before this", name)
		return &Node{pos: r.at(a.Start.Position), size: 1}
	}
	return n
}
