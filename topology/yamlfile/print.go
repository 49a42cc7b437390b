package yamlfile

import (
	"regexp"
	"strconv"
	"strings"
)

// widest is how long a map or list may be to be printed on one line, as people type it.
const widest = 120

// String prints the node as YAML that reads back as the same values.
func (n *Node) String() string {
	var b strings.Builder
	n.print(&b, 0)
	return b.String()
}

// print writes a node in block style, its lines indented.
func (n *Node) print(b *strings.Builder, indent int) {
	pad := strings.Repeat("  ", indent)
	switch {
	case n.Kind() == Map && len(n.entries) > 0:
		for _, e := range n.entries {
			b.WriteString(pad + scalarText(e.Key, !plain(e.Key)) + ":")
			e.Value.printValue(b, indent)
		}
	case n.Kind() == List && len(n.items) > 0:
		for _, item := range n.items {
			b.WriteString(pad + "-")
			item.printValue(b, indent)
		}
	default:
		b.WriteString(pad + n.oneLine() + "\n")
	}
}

// printValue writes what follows "key:" or "-": on the same line where that is readable.
func (n *Node) printValue(b *strings.Builder, indent int) {
	nested := n.Kind() == Map && len(n.entries) > 0 || n.Kind() == List && len(n.items) > 0
	if nested && !n.flow {
		b.WriteString("\n")
		n.print(b, indent+1)
		return
	}
	if line := n.oneLine(); !nested || len(line) <= widest {
		b.WriteString(" " + line + "\n")
		return
	}
	b.WriteString("\n")
	n.print(b, indent+1)
}

// Line is the node as YAML on one line, however long.
func (n *Node) Line() string { return n.oneLine() }

// oneLine writes a node in flow style.
func (n *Node) oneLine() string {
	switch n.Kind() {
	case Map:
		parts := make([]string, len(n.entries))
		for i, e := range n.entries {
			parts[i] = scalarText(e.Key, !plain(e.Key)) + ": " + e.Value.oneLine()
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case List:
		parts := make([]string, len(n.items))
		for i, item := range n.items {
			parts[i] = item.oneLine()
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Null:
		return "null"
	}
	return scalarText(n.text, n.quoted || !plain(n.text))
}

func scalarText(s string, quote bool) string {
	if quote {
		return doubleQuoted(s)
	}
	return s
}

// doubleQuoted writes a string as YAML's double-quoted scalar, whose escapes are those of Go for all that Quote emits.
func doubleQuoted(s string) string { return strconv.Quote(strings.ToValidUTF8(s, "\uFFFD")) }

// safe are scalars that mean themselves without quotes, in blocks and in flow, under YAML 1.1 and 1.2. A colon is not: in
// flow some readers take core1:Ethernet1 for a map.
var safe = regexp.MustCompile(`^[A-Za-z0-9_./%+<>=^-][A-Za-z0-9_ ./%+<>=^()-]*$`)

// plain says whether a string may stand without quotes and still be read as that string.
func plain(s string) bool {
	switch s {
	case "-", ".", "...", "---", "=", "<<", "null", "Null", "NULL":
		return false
	}
	return safe.MatchString(s) && !strings.HasPrefix(s, "- ") && !strings.HasSuffix(s, " ") && s[0] != '>' && s[0] != '%'
}
