package topology

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Unknown is a word that does not name what it should. Whoever knows where the word was typed adds the place.
type Unknown struct {
	Word string
	Msg  string // `nothing is called "cor1"`
	Hint string // `did you mean "core1"?`; may be empty
}

// Error is the message and the hint.
func (u *Unknown) Error() string {
	if u.Hint == "" {
		return u.Msg
	}
	return u.Msg + ", " + u.Hint
}

func (p *Plant) unknown(word string) *Unknown {
	return &Unknown{Word: word, Msg: fmt.Sprintf("nothing is called %q", word), Hint: p.hint(word)}
}

// NewUnknown is a name that is not among those there are; what says of what sort it should be.
func NewUnknown(what, name string, have []string) *Unknown {
	u := &Unknown{Word: name, Msg: fmt.Sprintf("no %s %q", what, name), Hint: yamlfile.Suggest(name, have)}
	switch {
	case u.Hint == "" && len(have) == 0:
		u.Hint = "there is none"
	case u.Hint == "":
		u.Hint = "there is " + strings.Join(have, ", ")
	}
	return u
}

func wrongSort(word, sort string) *Unknown {
	return &Unknown{Word: word, Msg: fmt.Sprintf("%q is no %s", word, sort)}
}

// Unknowns lists all the words that an error complains of, however it was wrapped or joined.
func Unknowns(err error) []*Unknown {
	var u *Unknown
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*Unknown
		for _, e := range joined.Unwrap() {
			all = append(all, Unknowns(e)...)
		}
		return all
	}
	if wrapped := errors.Unwrap(err); wrapped != nil {
		return Unknowns(wrapped)
	}
	if errors.As(err, &u) {
		return []*Unknown{u}
	}
	return nil
}
