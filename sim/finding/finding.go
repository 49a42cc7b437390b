package finding

import (
	"cmp"
	"slices"

	"github.com/dcdrill/dcdrill/topology"
)

// Severity is how bad a finding is.
type Severity string

// An error contradicts the policy or the plant's own words, a warning wants a look, a note is for comparison only.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Change is what a finding is against a base; empty where there is no base.
type Change string

// Same is in the base as it is, Worse and Better are there too, and New is not. What only the base has is Gone.
const (
	New    Change = "new"
	Worse  Change = "worse"
	Same   Change = "same"
	Better Change = "better"
	Gone   Change = "gone"
)

// Finding is one thing to be put right, or to know about.
type Finding struct {
	Rule     string
	Severity Severity
	// Subject is what it is about, in names: "hv:team0", "conduit south-duct".
	Subject string
	// Workloads are those that suffer from it.
	Workloads []string
	// Parts are what it counts, where it is about several things that a reader may want one by one.
	Parts []string
	// Pos is where it was typed, Also where the rest of it was.
	Pos  topology.Pos
	Also []topology.Pos
	// Message says what is wrong in a sentence without a full stop, Remedy what to do about it.
	Message, Remedy string
	// Measure says how bad it is where that can be counted, in whatever unit the rule has; more is worse.
	Measure float64

	Change Change
	// Was is the base's message, of one that is there too.
	Was string
	// Accepted is by whom and why it is put up with; nil for one that counts.
	Accepted *Acceptance
}

// Acceptance is why a finding does not count.
type Acceptance struct {
	Reason string `json:"reason"`
	Owner  string `json:"owner"`
	Until  string `json:"until"`
}

// Fingerprint identifies a finding for as long as it is about the same things.
func (f *Finding) Fingerprint() string { return f.Rule + " " + f.Subject }

// Counts says whether it is a problem that nobody has accepted.
func (f *Finding) Counts() bool { return f.Severity != Note && f.Accepted == nil }

// Regressed says whether it is new, or worse than in the base.
func (f *Finding) Regressed() bool { return f.Change == New || f.Change == Worse }

// regressed says whether it is to be told as worse: a note that is new is not.
func (f *Finding) regressed() bool {
	return f.Accepted == nil && f.Regressed() && (f.Severity != Note || f.Change == Worse)
}

// Sort puts findings in the order in which they are told: errors first, then as they stand in the files.
func Sort(all []Finding) {
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity)),
			cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col),
		)
	})
}

var severities = []Severity{Error, Warning, Note}

// WorseThan says whether it is worse than another.
func (s Severity) WorseThan(other Severity) bool {
	return slices.Index(severities, s) < slices.Index(severities, other)
}
