package sweep

import (
	"slices"
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

// String names a fate by its first element, and says what else would do the same.
func (f *Fate) String() string {
	name := f.Elements[0].String()
	optics := 0
	var others []string
	for _, e := range f.Elements[1:] {
		if e.Kind == Transceiver {
			optics++
		} else {
			others = append(others, e.String())
		}
	}
	switch optics {
	case 1:
		others = slices.Insert(others, 0, "its transceiver")
	case 2:
		others = slices.Insert(others, 0, "a transceiver of it")
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
