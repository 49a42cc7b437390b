package gate

import (
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Touched are the lines of a text, counted from 1, that a change added or altered.
func Touched(before, after string) map[int]bool {
	touched := map[int]bool{}
	line, inside := 0, false
	for text := range strings.Lines(string(diff.Diff("", []byte(before), "", []byte(after)))) {
		switch {
		case text[0] == '@':
			var skip int
			_, err := fmt.Sscanf(text, "@@ -%d,%d +%d,", &skip, &skip, &line)
			inside = err == nil
		case !inside: // the names of the files
		case text[0] == '+':
			touched[line] = true
			line++
		case text[0] == ' ':
			line++
		}
	}
	return touched
}
