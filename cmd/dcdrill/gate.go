package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/gate"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// gateFlags are the flags of the commands that judge plants.
type gateFlags struct {
	policy    string
	rates     string
	scenarios []string
	formats   []string
	failOn    string

	outputs []findings
}

func (f *gateFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.policy, "policy", "", "`FILE` that says what must survive, and what is accepted")
	flags.StringArrayVar(&f.scenarios, "scenario", nil, "`SCENARIO` that must hold, beside those of the policy; may be given again")
	flags.StringVar(&f.rates, "rates", "", "`FILE` with rates of failures and times of repair, over the built-in ones")
	flags.StringArrayVar(&f.formats, "format", []string{"text"}, "`FORMAT[=FILE]`: "+strings.Join(finding.Formats.Names(), ", ")+"; may be given again")
	flags.StringVar(&f.failOn, "fail-on", "", "what fails: "+strings.Join(finding.FailOns, ", ")+"; worse where there is something to compare with, else error")
	_ = c.RegisterFlagCompletionFunc("format", fixed(finding.Formats.Names()...))
	_ = c.RegisterFlagCompletionFunc("scenario", fixedOrFiles(scenarios.Names))
	_ = c.RegisterFlagCompletionFunc("fail-on", fixed(finding.FailOns...))
}

// gateOptions reads what the flags name. A plant is compared with a base, or not.
func (a *app) gateOptions(f *gateFlags, compared bool) (gate.Options, error) {
	o := gate.Options{Today: time.Now(), Progress: a.howFar()}
	if err := f.checkFormats(); err != nil {
		return o, err
	}
	if f.failOn != "" && !slices.Contains(finding.FailOns, f.failOn) {
		return o, usage("--fail-on is %q: it can be %s", f.failOn, strings.Join(finding.FailOns, ", "))
	}
	if f.failOn == string(finding.FailOnWorse) && !compared {
		return o, usage("--fail-on worse needs something to compare with: --baseline FILE, or dcdrill diff")
	}
	for _, s := range f.scenarios {
		o.Scenarios = append(o.Scenarios, yamlfile.Word{Text: s})
	}
	if f.policy == "" {
		return o, nil
	}
	data, err := os.ReadFile(f.policy)
	if err != nil {
		return o, usage("read policy: %w", err)
	}
	o.Policy, err = gate.ParsePolicy(f.policy, data)
	return o, err
}

// candidate reads a plant that is to be judged: a file or built-in one, or a text that a file had. Workloads of kinds
// that this version does not know are left out, and a note says so.
func candidate(name, text string, f *gateFlags) (gate.Candidate, error) {
	o := scenarios.Options{Topology: name, TopologyText: text}
	p, err := swept(name, o)
	if err != nil {
		return gate.Candidate{}, err
	}
	play := func(ctx context.Context, scenario string) (*sim.Log, error) {
		played, err := scenarios.Load(besidePolicy(scenario, f.policy), o)
		if err != nil {
			return nil, err
		}
		return sim.Play(ctx, model.Engine{}, played, sim.Options{Program: program(), Phase: sim.MiddlePhase, Explain: explain(played)})
	}
	rates, err := readRates(f.rates, p.Plant)
	return gate.Candidate{
		Name: name, Plant: p.Plant, Uses: p.Uses, Notes: p.notes, Play: play, Trials: p.trials(), Rates: rates,
	}, err
}

// besidePolicy finds a scenario file that a policy names relative to its own place.
func besidePolicy(scenario, policy string) string {
	if policy == "" || filepath.IsAbs(scenario) || filepath.Ext(scenario) == "" {
		return scenario
	}
	return filepath.Join(filepath.Dir(policy), scenario)
}

// judged writes a report in the formats that were asked for, and returns what it comes to as an error.
func (a *app) judged(r *finding.Report, f *gateFlags) error {
	r.Program = version
	if f.failOn != "" {
		r.FailOn = finding.FailOn(f.failOn)
	}
	for _, o := range f.outputs {
		if err := a.toFile(o.file, func(w io.Writer) error { return o.format(w, r) }); err != nil {
			return err
		}
	}
	if r.Failed() {
		return found{exitNotAsAsked, r.Verdict()}
	}
	return nil
}

// findings is a format of findings that was asked for.
type findings struct {
	format finding.Format
	file   string // empty: standard output
}

// checkFormats finds before anything is judged what could not be written afterwards.
func (f *gateFlags) checkFormats() error {
	for _, text := range f.formats {
		format, file, err := parseFormat(finding.Formats, "format of findings", text)
		if err == nil {
			err = writable(file)
		}
		if err != nil {
			return err
		}
		f.outputs = append(f.outputs, findings{format, file})
	}
	return nil
}
