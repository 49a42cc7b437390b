package sim

// Check is something that must be true of a run. It reads the log and nothing else. The struct is the YAML.
type Check interface {
	Judge(*Log) Judgement
}

// Resolver is a check that names workloads, nodes or entries: it looks them up before anything runs. A name that is none
// is an error, best a *topology.Unknown.
type Resolver interface {
	Resolve(*Scenario) error
}

// Judgement is what a check found.
type Judgement struct {
	Outcome  Outcome
	Want     string // "longest outage at most 30m"
	Got      string // "6m12s (from 0s), core1 and core2 rebooting"
	Evidence []int  // sequence numbers of the events it rests on
}

// Outcome of a check. The zero value is Failed, so that a forgotten one cannot pass.
type Outcome int

// Inconclusive is neither: the log does not hold what the check needs.
const (
	Failed Outcome = iota
	Passed
	Inconclusive
)

var outcomeNames = [...]string{"failed", "passed", "inconclusive"}

// String is the outcome as logs write it.
func (o Outcome) String() string { return outcomeNames[o] }

// MarshalText writes the name.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the name.
func (o *Outcome) UnmarshalText(text []byte) error {
	for i, name := range outcomeNames {
		if name == string(text) {
			*o = Outcome(i)
		}
	}
	return nil
}
