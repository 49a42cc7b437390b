package gate

import (
	"slices"

	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
)

// Base is what a plant is compared with.
type Base struct {
	// Name is a file, or a file as of a commit.
	Name     string
	Findings []finding.Finding
	Notes    []string
	// Touched are the lines that the plant's file has and the base's does not, where both are known.
	Touched map[int]bool
}

// Against holds a report against a base: what of it is new, worse or better, and what is gone.
func Against(r *finding.Report, base *Base) {
	r.Base = base.Name
	for _, note := range missing(base.Notes, r.Notes) {
		r.Notes = append(r.Notes, "of the base: "+note)
	}
	before := map[string]*finding.Finding{}
	for i := range base.Findings {
		before[base.Findings[i].Fingerprint()] = &base.Findings[i]
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		b := before[f.Fingerprint()]
		delete(before, f.Fingerprint())
		if compare(f, b); f.Regressed() {
			blame(f, r.File, base.Touched)
		}
	}
	for _, b := range base.Findings {
		if before[b.Fingerprint()] != nil && b.Severity != finding.Note {
			b.Change = finding.Gone
			r.Gone = append(r.Gone, b)
		}
	}
}

// compare says what a finding is against that of the base; nil is none.
func compare(f, b *finding.Finding) {
	if b == nil {
		f.Change = finding.New
		return
	}
	f.Was = b.Message
	added := missing(f.Parts, b.Parts) // what is no more may have given way to something smaller, and is not better
	switch {
	case worse(f, b) || len(added) > 0:
		f.Change = finding.Worse
	case worse(b, f):
		f.Change = finding.Better
	default:
		f.Change = finding.Same
	}
	if len(added) > 0 {
		f.Message += "; new: " + report.Few(added, 4)
	}
}

// worse says whether a is worse than b in any respect: severity, measure, or whom or what it is about.
func worse(a, b *finding.Finding) bool {
	return a.Severity.WorseThan(b.Severity) || a.Measure > b.Measure || len(missing(a.Workloads, b.Workloads)) > 0
}

// missing lists what is not in another list.
func missing(list, in []string) []string {
	have := make(map[string]bool, len(in))
	for _, x := range in {
		have[x] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return have[x] })
}

// blame moves a finding to the line that did it: the last of its places in a file whose line the change touched.
func blame(f *finding.Finding, file string, lines map[int]bool) {
	touched := func(at topology.Pos) bool { return at.File == file && lines[at.Line] }
	if touched(f.Pos) {
		return
	}
	for i, at := range slices.Backward(f.Also) {
		if touched(at) {
			f.Also[i], f.Pos = f.Pos, at
			return
		}
	}
}
