package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Later says that a scenario is well written but uses words that this version of dcdrill cannot play.
type Later struct {
	// Words are what cannot be played, each with its place: `houston.yaml:3:1: parts`.
	Words []string
}

// Error lists the words.
func (l *Later) Error() string {
	return "not in this version of dcdrill:\n  " + strings.Join(l.Words, "\n  ")
}

// add notes a word that parses and cannot run yet. It stays valid, so that files need no change when its time comes.
func (l *Later) add(at yamlfile.Pos, format string, args ...any) {
	word := at.String() + ": " + fmt.Sprintf(format, args...)
	if !slices.Contains(l.Words, word) {
		l.Words = append(l.Words, word)
	}
}

// err is nil when everything can run.
func (l *Later) err() error {
	if len(l.Words) == 0 {
		return nil
	}
	return l
}
