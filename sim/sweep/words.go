package sweep

import (
	"strings"

	"github.com/dcdrill/dcdrill/sim/report"
)

// String names an element as engineers do.
func (e Element) String() string {
	switch e.Kind {
	case Node:
		return e.ID
	case Group:
		return "all of " + e.ID + " (shared " + report.And(e.Shares) + ")"
	}
	return string(e.Kind) + " " + e.ID
}

// String names a fate by its first element, and says what else would do the same. A link's transceivers always would,
// and are not worth a word each time.
func (f *Fate) String() string {
	name := f.Elements[0].String()
	var others []string
	for _, e := range f.Elements[1:] {
		if e.Kind != Transceiver {
			others = append(others, e.String())
		}
	}
	if len(others) > 0 {
		name += " (or " + strings.Join(others, ", or ") + ")"
	}
	return name
}

// together joins what has to fail at the same time.
func together(fates []*Fate) string {
	names := make([]string, len(fates))
	for i, f := range fates {
		names[i] = f.String()
	}
	return strings.Join(names, " + ")
}
