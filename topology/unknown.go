package topology

import (
	"errors"
	"fmt"
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
