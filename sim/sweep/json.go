package sweep

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"slices"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
)

// Schema names the JSON form of a result. Fields are added under the same name; anything else gets a new one.
const Schema = "dcdrill/sweep/v2"

type resultJSON struct {
	Schema string `json:"schema"`
	Plant  string `json:"plant"`
	// Analysis says what the answer is: "structural" asks whether a physical path is left.
	Analysis     string             `json:"analysis"`
	Exact        bool               `json:"exact"`
	Depth        int                `json:"k"`
	Elements     map[Kind]int       `json:"elements"`
	Combinations []combinationsJSON `json:"combinations"`
	Findings     []finding.Finding  `json:"findings"`
	Workloads    []workloadJSON     `json:"workloads"`
	Bandwidth    *bandwidthJSON     `json:"bandwidth,omitempty"`
	// Behavioural is what was played; it has no part in what stands above.
	Behavioural  *behaviourJSON    `json:"behavioural,omitempty"`
	Availability *availabilityJSON `json:"availability,omitempty"`
	Recoveries   *recoveriesJSON   `json:"recoveries,omitempty"`
	Confirmed    []confirmedJSON   `json:"confirmed,omitempty"`
	Notes        []string          `json:"notes,omitempty"`
}

type behaviourJSON struct {
	Exact     bool           `json:"exact"`
	Seed      uint64         `json:"seed"`
	Played    []coverageJSON `json:"played"`
	Workloads []failingJSON  `json:"workloads"`
	Unserved  []string       `json:"unserved,omitempty"` // although nothing has failed: not played
}

// confirmedJSON is a set that was played on real packets.
type confirmedJSON struct {
	Fails         []fateJSON `json:"fails"`
	Agrees        bool       `json:"agrees"`
	Disagreements []string   `json:"disagreements,omitempty"`
	Doubt         string     `json:"doubt,omitempty"` // why the run proves nothing
}

type coverageJSON struct {
	Failures int      `json:"failures"`
	Played   int      `json:"played"`
	All      *big.Int `json:"all"`
	Exact    bool     `json:"exact"`
}

type failingJSON struct {
	ID   string           `json:"id"`
	Sets []failingSetJSON `json:"failing_sets"`
	// Masked counts the sets that leave it up although a part of them brings it down.
	Masked int `json:"masked"`
}

type failingSetJSON struct {
	cutJSON
	Connected []string `json:"connected_yet_down,omitempty"`
	Sometimes bool     `json:"sometimes,omitempty"` // it hangs on the hash of equal paths
}

type combinationsJSON struct {
	Failures int      `json:"failures"`
	Cut      *big.Int `json:"cut"`
	All      *big.Int `json:"all"`
}

type workloadJSON struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"`
	Members  int       `json:"members"`
	Inferred bool      `json:"inferred,omitempty"`
	NoPath   []string  `json:"no_path,omitempty"` // members without one although nothing has failed
	Cuts     []cutJSON `json:"cut_sets"`
}

type cutJSON struct {
	Fails   []fateJSON `json:"fails"`
	Members []string   `json:"members"`
	End     bool       `json:"end,omitempty"` // it is an end of all that it cuts
}

// fateJSON is an element, and those that would do the same.
type fateJSON struct {
	Element
	Or []Element `json:"or,omitempty"`
}

// WriteJSON writes a result for programs.
func WriteJSON(w io.Writer, r *Result) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	if err := out.Encode(r.json()); err != nil {
		return fmt.Errorf("write sweep: %w", err)
	}
	return nil
}

func (r *Result) json() resultJSON {
	j := resultJSON{
		Schema: Schema, Plant: r.Plant.Name, Analysis: "structural", Exact: true, Depth: r.Depth, Elements: r.Elements,
		Findings: slices.Concat([]finding.Finding{}, r.Findings), Workloads: []workloadJSON{}, Notes: r.Notes,
	}
	for _, c := range r.Combinations() {
		j.Combinations = append(j.Combinations, combinationsJSON(c))
	}
	for _, w := range r.Workloads {
		j.Workloads = append(j.Workloads, w.json())
	}
	if r.Bandwidth != nil {
		j.Bandwidth = r.Bandwidth.json()
	}
	if r.Behaviour != nil {
		j.Behavioural = r.Behaviour.json()
	}
	if r.Availability != nil {
		j.Availability = r.Availability.json(r.Plant)
	}
	if r.Recoveries != nil {
		j.Recoveries = r.Recoveries.json()
	}
	for _, c := range r.Confirmed {
		j.Confirmed = append(j.Confirmed, confirmedJSON{fatesJSON(c.Fates), c.Agrees(), c.Disagreements, c.Doubt})
	}
	return j
}

func (b *Behaviour) json() *behaviourJSON {
	j := &behaviourJSON{
		Exact: b.Exact(), Seed: b.Seed, Workloads: []failingJSON{}, Unserved: b.Unserved,
	}
	for _, c := range b.Covers {
		j.Played = append(j.Played, coverageJSON{c.Failures, c.Played, c.All, c.Exact()})
	}
	for _, f := range b.Workloads {
		w := failingJSON{ID: f.Use.ID, Masked: f.Masked, Sets: []failingSetJSON{}}
		for _, x := range f.Sets {
			w.Sets = append(w.Sets, failingSetJSON{x.Cut.json(), subjects(x.Connected), x.Sometimes})
		}
		j.Workloads = append(j.Workloads, w)
	}
	return j
}

func (w *Workload) json() workloadJSON {
	u := w.Use
	j := workloadJSON{
		ID: u.ID, Kind: u.Kind, Members: len(u.Members), Inferred: u.Inferred, NoPath: subjects(w.Severed), Cuts: []cutJSON{},
	}
	for _, c := range w.Cuts {
		j.Cuts = append(j.Cuts, c.json())
	}
	return j
}

func (c Cut) json() cutJSON {
	return cutJSON{Fails: fatesJSON(c.Fates), Members: subjects(c.Members), End: c.End}
}

func subjects(members []*sim.Member) []string {
	var all []string
	for _, m := range members {
		all = append(all, m.Subject())
	}
	return all
}

func fatesJSON(fates []*Fate) []fateJSON {
	var all []fateJSON
	for _, f := range fates {
		all = append(all, fateJSON{f.Elements[0], f.Elements[1:]})
	}
	return all
}
