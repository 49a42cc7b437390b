package sim

// Figure is a number that only some kinds of workloads have of a member, beside those of StatsData that all have: how
// good a voice was, how many calls were dropped.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	// Unit is empty for counts and scores.
	Unit string `json:"unit,omitempty"`
	Fold Fold   `json:"fold"`
}

// Fold says what a workload's figure is, given those of its members.
type Fold string

// Sum adds them up; Least and Most are the one that is worst.
const (
	Sum   Fold = "sum"
	Least Fold = "least"
	Most  Fold = "most"
)

// Of puts two values together.
func (f Fold) Of(a, b float64) float64 {
	switch f {
	case Least:
		return min(a, b)
	case Most:
		return max(a, b)
	}
	return a + b
}

// Figured is a Talk whose real traffic, or a Machine whose law, has figures. They are asked for when it has ended.
type Figured interface {
	Figures() []Figure
}
