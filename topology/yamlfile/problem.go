package yamlfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Problem is one thing wrong with a file.
type Problem struct {
	Pos
	Msg  string // `no node "cor1"`
	Hint string // `did you mean "core1"?`; may be empty
	Line string // the line that Pos points at
}

// Problems is everything wrong with one or more files. It is an error once it holds something.
type Problems []Problem

// Add writes down a problem; hint may be empty.
func (ps *Problems) Add(at Pos, hint, format string, args ...any) {
	*ps = append(*ps, Problem{Pos: at, Msg: fmt.Sprintf(format, args...), Hint: hint, Line: at.Source()})
}

// Take writes down all problems of err, or err itself at the given place when it is no Problems; nil is nothing.
func (ps *Problems) Take(at Pos, err error) {
	var more Problems
	switch {
	case err == nil:
	case errors.As(err, &more):
		*ps = append(*ps, more...)
	default:
		ps.Add(at, "", "%s", err)
	}
}

// Err is nil when there are no problems, else all of them in order of file and line.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	sorted := slices.Clone(ps)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		if a.Pos.Line != b.Pos.Line {
			return a.Pos.Line - b.Pos.Line
		}
		return a.Col - b.Col
	})
	return slices.CompactFunc(sorted, func(a, b Problem) bool { return a == b })
}

// Error is every problem as a compiler prints it.
func (ps Problems) Error() string {
	all := make([]string, len(ps))
	for i, p := range ps {
		all[i] = p.String()
	}
	return strings.Join(all, "\n")
}

// longestExcerpt bounds what is shown of a line, in characters.
const longestExcerpt = 160

// String is the problem, its line and a caret under the place.
func (p Problem) String() string {
	s := p.Msg
	if p.Hint != "" {
		s += ", " + p.Hint
	}
	if where := p.Pos.String(); where != "" {
		s = where + ": " + s
	}
	runes := []rune(strings.ToValidUTF8(p.Line, "\uFFFD"))
	if len(strings.TrimSpace(p.Line)) == 0 || p.Col > len(runes)+1 {
		return s
	}
	from := max(0, p.Col-1-longestExcerpt/2)
	line := string(runes[from:min(len(runes), from+longestExcerpt)])
	margin := fmt.Sprintf("%4d | ", p.Pos.Line)
	return s + "\n" + margin + line + "\n" + strings.Repeat(" ", len(margin)-2) + "| " + indent(line, p.Col-1-from) + "^"
}

// indent is as wide as the first n characters of the line: tabs stay tabs.
func indent(line string, n int) string {
	var b strings.Builder
	for _, r := range line {
		if b.Len() >= n {
			break
		}
		if r != '\t' {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String() + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(line)))
}
