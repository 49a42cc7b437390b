package yamlfile

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func mustParse(t *testing.T, s string) *Node {
	t.Helper()
	n, err := Parse("f.yaml", []byte(s))
	require.NoError(t, err)
	return n
}

func TestNodesKnowTheirPlace(t *testing.T) {
	n := mustParse(t, "# plant\na: 1\nb:\n  c: [x, 'y']\n  d: |\n    two\n    lines\n")
	assert.Equal(t, []string{"a", "b"}, n.Keys())
	assert.Equal(t, "f.yaml:2:4", n.Lookup("a").Pos().String())
	c := n.Lookup("b").Lookup("c")
	assert.Equal(t, "f.yaml:4:6", c.Pos().String())
	assert.Equal(t, "f.yaml:4:10", c.Items()[1].Pos().String())
	assert.True(t, c.Items()[1].Quoted())
	assert.Equal(t, "  c: [x, 'y']", c.Pos().Source())
	assert.Equal(t, "f.yaml:4:3", n.Lookup("b").Pos().String())
	assert.Equal(t, Null, n.Lookup("nothing").Kind())
}

func TestScalarsKeepTheirText(t *testing.T) {
	n := mustParse(t, "[0x1F, 1.50, yes, on, 2019w14, 22:00, 010, ~, null, 1e3, .inf, 40G, -3]")
	var texts []string
	for _, i := range n.Items() {
		texts = append(texts, i.Text())
	}
	assert.Equal(t, []string{"0x1F", "1.50", "yes", "on", "2019w14", "22:00", "010", "", "", "1e3", ".inf", "40G", "-3"}, texts)
	assert.Equal(t, Null, n.Items()[7].Kind())
}

// Endpoints of links are typed like this, mostly within braces.
func TestAColonWithoutASpaceIsPartOfAWord(t *testing.T) {
	for text, want := range map[string][]string{
		"e: [core1:Ethernet1/49, hv1:eth0]":                    {"core1:Ethernet1/49", "hv1:eth0"},
		"{e: [core1:Ethernet1/49, hv1:eth0], networks: [lan]}": {"core1:Ethernet1/49", "hv1:eth0"},
		"{e: [array1:a/e0, sw1:1, s:x:y]}":                     {"array1:a/e0", "sw1:1", "s:x:y"},
		"{e: [köln:eth0, 'a:b', c]}":                           {"köln:eth0", "a:b", "c"},
		"{e: [core1:Ethernet1,\n  hv1:eth0]}":                  {"core1:Ethernet1", "hv1:eth0"},
	} {
		e := mustParse(t, text).Lookup("e")
		require.Equal(t, List, e.Kind(), text)
		var texts []string
		for _, i := range e.Items() {
			assert.Equal(t, Scalar, i.Kind(), text)
			assert.True(t, i.Quoted() || strings.HasPrefix(i.Pos().from(), i.Text()), "%s: %q is at %s", text, i.Text(), i.Pos())
			texts = append(texts, i.Text())
		}
		assert.Equal(t, want, texts, text)
	}
	for _, text := range []string{"{e: [a: b]}", "{e: [{a: b}]}", "{e: [{a:b}]}"} {
		assert.Equal(t, Map, mustParse(t, text).Lookup("e").Items()[0].Kind(), "%s holds a map", text)
	}
}

func TestAByteOrderMarkIsNoText(t *testing.T) {
	n := mustParse(t, "\uFEFFname: x\n")
	assert.Equal(t, []string{"name"}, n.Keys())
	assert.Equal(t, "f.yaml:1:1", n.Pos().String())
}

func TestAnchorsAndMergeKeys(t *testing.T) {
	n := mustParse(t, "base: &b {x: 1, y: 2}\nhv: {<<: *b, y: 3}\nsame: *b\n")
	assert.Equal(t, "3", n.Lookup("hv").Lookup("y").Text())
	assert.Equal(t, "1", n.Lookup("hv").Lookup("x").Text())
	assert.Same(t, n.Lookup("base"), n.Lookup("same"))
}

func TestRefusedFiles(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'j'; c++ {
		p := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+p+", ", 9) + "*" + p + "]\n"
	}
	for name, tt := range map[string]struct{ in, want string }{
		"big":              {strings.Repeat("# comment\n", 1<<20), "more than"},
		"bomb":             {bomb, "aliases make more than"},
		"deep brackets":    {strings.Repeat("[", 1e5), "nested more than 64 deep"},
		"deep dashes":      {strings.Repeat("- ", 1e5), "nested more than 64 deep"},
		"deep anchors":     {strings.Repeat("&a ", 1e5), "nested more than 64 deep"},
		"deep maps":        {deepMaps(100), "nested more than 64 deep"},
		"twice":            {"a: 1\nb: 2\na: 3\n", `f.yaml:3:1: "a" is here twice, first on line 1`},
		"no anchor":        {"a: *x\n", "no anchor &x"},
		"two documents":    {"a: 1\n---\nb: 2\n", "a second document"},
		"unclosed":         {"a: [1, 2\n", "f.yaml:1:4"},
		"null as a key":    {"~: 2\n", "a key must be a word"},
		"map as a key":     {"{a: 1}: 2\n", "f.yaml:1:7"},
		"list as a key":    {"? [a]\n: 2\n", "f.yaml:"},
		"tab for a indent": {"a:\n\tb: 1\n", "f.yaml:2:1: found character '\t' that cannot start any token, indent with spaces"},
		"crooked":          {"a:\n    b: {c: 1}\n   d: {c: 1}\n", "f.yaml:3:4: value is not allowed in this context, is it indented"},
		"no colon":         {"a:\n  kind host\n  b: 1\n", "f.yaml:2:3: unexpected key name, a key is followed by a colon"},
		"Latin-1":          {"a: 1\nb: ü K\xf6ln\n", "f.yaml:2:7: this is not UTF-8, save"},
		"UTF-16":           {"\xff\xfea\x00:\x00", "f.yaml:1:1: this is not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("f.yaml", []byte(tt.in))
			require.Error(t, err)
			assert.IsType(t, Problems{}, err)
			assert.Contains(t, err.Error(), tt.want)
		})
	}
}

func deepMaps(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a: 1", "- x\n- {y: [1, 2]}", "a: &x {b: 1}\nc: {<<: *x}", "? a\n: b", "!!str 1", "a: |\n  x\n", "\"\\u263a\": 'it''s'"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Parse("f.yaml", data)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		if n.size > 1000 {
			return // printed in full it would be another file than ours to parse: the parser's time grows with the square
		}
		printed := n.String()
		again, err := Parse("again.yaml", []byte(printed))
		require.NoError(t, err, "%s", printed)
		require.Equal(t, printed, again.String())
	})
}
