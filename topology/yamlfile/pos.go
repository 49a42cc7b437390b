package yamlfile

import (
	"fmt"
	"strings"
)

// Pos is a place in a file, for errors and findings. Line and Col count from 1; zero means generated.
type Pos struct {
	File      string
	Line, Col int

	text *text
}

// text is a whole file, so that a Pos can show its line.
type text struct {
	name  string
	lines []string
}

func newText(name string, data []byte) *text {
	return &text{name: name, lines: strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")}
}

func (t *text) pos(line, col int) Pos {
	return Pos{File: t.name, Line: line, Col: max(col, 1), text: t}
}

// String is file:line:col.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Source is the line of the file that it points at; empty when there is none.
func (p Pos) Source() string {
	if p.text == nil || p.Line < 1 || p.Line > len(p.text.lines) {
		return ""
	}
	return p.text.lines[p.Line-1]
}

// from is what its line holds from there on.
func (p Pos) from() string {
	line := []rune(p.Source())
	return string(line[min(max(p.Col-1, 0), len(line)):])
}

// Places gives the places of a file that is no YAML, for problems that show their lines.
func Places(name string, data []byte) func(line, col int) Pos { return newText(name, data).pos }
