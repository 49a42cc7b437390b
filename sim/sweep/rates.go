package sweep

import (
	_ "embed"
	"slices"
	"time"

	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

//go:embed rates.yaml
var defaultRates string

// Rates say how often what fails and how long it takes to repair: by the kind of a node or element, by what a group
// shares, or by the model of a node or transceiver.
type Rates map[string]Rate

// Rate is how often one part fails in a year, and how long until it is repaired: the lowest and the highest that may be
// believed.
type Rate struct {
	PerYear [2]float64
	Repair  [2]time.Duration
	Source  string
}

// rateSpec is a rate as typed.
type rateSpec struct {
	Pos     yamlfile.Pos
	PerYear []float64       `yaml:"per_year,required" doc:"failures in a year: one number, or the lowest and the highest"`
	Repair  []time.Duration `yaml:"repair,required" doc:"how long until it works again: one time, or the lowest and the highest"`
	Source  string          `yaml:"source" doc:"where the figures are from"`
}

// rateWords are what a rate can be about beside models and what groups share.
var rateWords = []string{
	string(topology.Switch), string(topology.Router), string(topology.Host), string(topology.Storage), string(topology.External),
	string(Link), string(Transceiver), string(Feed), string(Conduit), string(Group), hands,
}

// hands is the word for what people have to do at a workload that does not come back by itself.
const hands = "by-hand"

// DefaultRates are those that come with the program, as a file to copy and change.
func DefaultRates() string { return defaultRates }

// ParseRates reads rates over the default ones. Words must be kinds, or something of the plant; the error is
// yamlfile.Problems.
func ParseRates(name string, data []byte, p *topology.Plant) (Rates, error) {
	rates, known := Rates{}, wordsOf(p)
	var ps yamlfile.Problems
	for _, f := range []struct {
		name string
		data []byte
	}{{"rates", []byte(defaultRates)}, {name, data}} {
		n, err := yamlfile.Parse(f.name, f.data)
		ps.Take(yamlfile.Pos{File: f.name}, err)
		var typed yamlfile.Ordered[rateSpec]
		yamlfile.Decode(n, &typed, &ps)
		for _, item := range typed {
			if !slices.Contains(known, item.Key) && f.name != "rates" {
				ps.Add(item.Pos, yamlfile.Suggest(item.Key, known), "%q is no kind, and no model or shared fate of this plant", item.Key)
			}
			rates[item.Key] = item.Value.rate(&ps)
		}
	}
	return rates, ps.Err()
}

// wordsOf lists all that a rate can be about in a plant.
func wordsOf(p *topology.Plant) []string {
	words := slices.Clone(rateWords)
	for _, n := range p.Nodes {
		words = append(words, n.Model)
	}
	for _, l := range p.Links {
		for _, end := range l.Ends() {
			if end.Optic != nil {
				words = append(words, end.Optic.Model)
			}
		}
	}
	for _, g := range p.Groups {
		words = append(words, g.Shares...)
	}
	slices.Sort(words)
	return slices.DeleteFunc(slices.Compact(words), func(w string) bool { return w == "" })
}

func (s rateSpec) rate(ps *yamlfile.Problems) Rate {
	r := Rate{PerYear: span(s.PerYear), Repair: span(s.Repair), Source: s.Source}
	switch {
	case len(s.PerYear) > 2 || len(s.Repair) > 2:
		ps.Add(s.Pos, "write [low, high]", "a rate has one or two numbers")
	case r.PerYear[0] < 0 || r.PerYear[0] > r.PerYear[1]:
		ps.Add(s.Pos, "write [low, high]", "per_year goes from %g to %g", r.PerYear[0], r.PerYear[1])
	case r.Repair[0] < 0 || r.Repair[0] > r.Repair[1]:
		ps.Add(s.Pos, "write [low, high]", "repair goes from %s to %s", r.Repair[0], r.Repair[1])
	}
	return r
}

// span is the lowest and the highest of one or two.
func span[T any](list []T) (low2high [2]T) {
	if len(list) > 0 {
		low2high = [2]T{list[0], list[len(list)-1]}
	}
	return low2high
}

// of is the rate of an element: by its model or what it shares, else by its kind.
func (r Rates) of(p *topology.Plant, e Element) (string, Rate) {
	words := []string{string(e.Kind)}
	switch e.Kind {
	case Node:
		n := p.Node(e.ID)
		words = []string{n.Model, string(n.Kind)}
	case Transceiver:
		words = []string{p.Port(e.ID).Optic.Model, string(Transceiver)}
	case Group:
		words = append(slices.Clone(e.Shares), string(Group))
	}
	for _, w := range words {
		if rate, known := r[w]; known {
			return w, rate
		}
	}
	return "", Rate{}
}

// year is the mean of the Gregorian calendar: 365.2425 days.
const year = 31556952 * time.Second

// wear is how often a fate comes, in a year, and how long it stays: that of all its elements together.
type wear struct {
	often  float64
	repair time.Duration
}

// wear gives the low or the high end, 0 or 1, of a fate.
func (r Rates) wear(p *topology.Plant, f *Fate, end int) wear {
	var sum wear
	down := 0.0
	for _, e := range f.Elements {
		_, rate := r.of(p, e)
		sum.often += rate.PerYear[end]
		down += rate.PerYear[end] * float64(rate.Repair[end])
	}
	if sum.often > 0 {
		sum.repair = time.Duration(down / sum.often)
	}
	return sum
}

// meet is how often a set of fates is down at once, in a year, and for how long at a time: each fails by itself, and
// is repaired without regard to the others (a Markov model's first term).
func meet(all []wear) wear {
	out, rate := 1.0, 0.0 // the part of time that all are down, and how soon one of them is back
	for _, w := range all {
		if w.repair <= 0 {
			return wear{}
		}
		out *= w.often * float64(w.repair) / float64(year)
		rate += 1 / float64(w.repair)
	}
	return wear{often: out * rate * float64(year), repair: time.Duration(1 / rate)}
}
