package sweep

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"

	"github.com/dcdrill/dcdrill/sim"
)

// Schema names the JSON form of a result. Fields are added under the same name; anything else gets a new one.
const Schema = "dcdrill/sweep/v1"

type resultJSON struct {
	Schema string `json:"schema"`
	Plant  string `json:"plant"`
	// Analysis says what the answer is: "structural" asks whether a physical path is left.
	Analysis     string             `json:"analysis"`
	Exact        bool               `json:"exact"`
	Depth        int                `json:"k"`
	Elements     map[Kind]int       `json:"elements"`
	Combinations []combinationsJSON `json:"combinations"`
	Findings     []findingJSON      `json:"findings"`
	Workloads    []workloadJSON     `json:"workloads"`
	Notes        []string           `json:"notes,omitempty"`
}

type combinationsJSON struct {
	Failures int      `json:"failures"`
	Cut      *big.Int `json:"cut"`
	All      *big.Int `json:"all"`
}

type findingJSON struct {
	Rule      Rule       `json:"rule"`
	Text      string     `json:"text"`
	Group     string     `json:"group,omitempty"`
	Fails     []fateJSON `json:"fails,omitempty"`
	Workloads []string   `json:"workloads,omitempty"`
	Position  string     `json:"position,omitempty"`
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
		Findings: []findingJSON{}, Workloads: []workloadJSON{}, Notes: r.Notes,
	}
	for _, c := range r.Combinations() {
		j.Combinations = append(j.Combinations, combinationsJSON(c))
	}
	for _, f := range r.Findings {
		x := findingJSON{Rule: f.Rule, Text: f.Text(), Group: f.Group, Fails: fatesJSON(f.Fates), Workloads: f.Workloads}
		if f.Pos.Line > 0 {
			x.Position = f.Pos.String()
		}
		j.Findings = append(j.Findings, x)
	}
	for _, w := range r.Workloads {
		j.Workloads = append(j.Workloads, w.json())
	}
	return j
}

func (w *Workload) json() workloadJSON {
	u := w.Use
	j := workloadJSON{
		ID: u.ID, Kind: u.Kind, Members: len(u.Members), Inferred: u.Inferred, NoPath: subjects(w.Severed), Cuts: []cutJSON{},
	}
	for _, c := range w.Cuts {
		j.Cuts = append(j.Cuts, cutJSON{Fails: fatesJSON(c.Fates), Members: subjects(c.Members), End: c.End})
	}
	return j
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
