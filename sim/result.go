package sim

import "fmt"

// Result is what a log comes to: the two answers, and what keeps them from being answers.
type Result struct {
	// Survived of Of workloads; NotKnown are those of which the log cannot say.
	Survived, Of, NotKnown int
	// AsExpected of Expectations; Undecided are those that are inconclusive.
	AsExpected, Expectations, Undecided int
	// Question is true when there are no expectations, so that survival decides.
	Question bool
	// Doubts are reasons why the run proves nothing, in the order of the log.
	Doubts []string
	// Reason is why the run ended; "interrupted" for a log cut short.
	Reason string
}

// Exit codes that a result can come to. They are fixed for ever: scripts branch on them.
const (
	ExitAsAsked      = 0
	ExitNotAsAsked   = 1
	ExitInconclusive = 4
	ExitInterrupted  = 130
)

// ResultOf reads a log, and nothing else.
func ResultOf(log *Log) Result {
	r := Result{Question: log.Header().Question, Reason: "interrupted"}
	broken := false
	for _, e := range log.Events() {
		r.see(e)
		_, fault := e.Data.(FaultData)
		broken = broken || fault
	}
	if !broken && (r.Reason == "played" || r.Reason == "horizon") {
		r.Doubts = append(r.Doubts, "nothing was broken: the timeline began no fault")
	}
	if decides, _, _ := r.decides(); decides == 0 {
		r.Doubts = append(r.Doubts, "there was nothing to check")
	}
	return r
}

func (r *Result) see(e Event) {
	if doubt := DoubtOf(e); doubt != "" {
		r.Doubts = append(r.Doubts, doubt)
	}
	switch d := e.Data.(type) {
	case VerdictData:
		r.count(d)
	case EndData:
		r.Reason = d.Reason
	}
}

func (r *Result) count(d VerdictData) {
	held, of, unknown := &r.Survived, &r.Of, &r.NotKnown
	if d.Part == "expect" {
		held, of, unknown = &r.AsExpected, &r.Expectations, &r.Undecided
	}
	*of++
	switch d.Outcome {
	case Passed:
		*held++
	case Inconclusive:
		*unknown++
	}
}

// DoubtOf says why an event keeps a run from proving anything; empty when it does not.
func DoubtOf(e Event) string {
	switch d := e.Data.(type) {
	case SteadyData:
		if d.Members == 0 {
			return "there is no workload to watch"
		}
		if len(d.Unserved) > 0 {
			return fmt.Sprintf("not served before the first fault: %s, %d in all", d.Unserved[0], len(d.Unserved))
		}
	case UnprovenData:
		return fmt.Sprintf("not proven: %s: %s", e.Subject, d.Missing)
	case UnsupportedData:
		return d.What
	case StarvedData:
		return fmt.Sprintf("this machine was too busy to measure: %s was %s late", e.Subject, d.Late)
	case DisagreeData:
		return fmt.Sprintf("%s: the model says %s, measured is %s", e.Subject, d.Predicted, d.Measured)
	}
	return ""
}

// decides are the counts that the exit code goes by.
func (r *Result) decides() (of, held, unknown int) {
	if r.Question {
		return r.Of, r.Survived, r.NotKnown
	}
	return r.Expectations, r.AsExpected, r.Undecided
}

// ExitCode is 0 as asked, 1 not so, 4 inconclusive, 130 interrupted. Doubt outweighs every verdict: a run that proves
// nothing is neither green nor red.
func (r *Result) ExitCode() int {
	of, held, unknown := r.decides()
	switch {
	case r.Reason == "interrupted":
		return ExitInterrupted
	case len(r.Doubts) > 0 || r.Reason != "played" && r.Reason != "horizon":
		return ExitInconclusive
	case held+unknown < of:
		return ExitNotAsAsked
	case unknown > 0:
		return ExitInconclusive
	}
	return ExitAsAsked
}
