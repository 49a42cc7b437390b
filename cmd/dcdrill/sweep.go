package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/gate"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/sim/sweep"
	"github.com/dcdrill/dcdrill/topology"
)

// sweepFlags are the flags of a sweep.
type sweepFlags struct {
	sweep.Options
	behaviour bool
	shard     string
	afterwards
}

// afterwards are the flags of what is done with a result.
type afterwards struct {
	availability bool
	rates        string
	confirm      int
	recover      int
	people       string
	formats      []string

	outputs []sweepOutput
}

// sweepOutput is a format of a sweep that was asked for.
type sweepOutput struct {
	write func(io.Writer, *sweep.Result, *finding.Report) error
	file  string // empty: standard output
}

func (f *afterwards) add(flags *pflag.FlagSet) {
	flags.BoolVar(&f.availability, "availability", false, "work out the downtime of a year")
	flags.StringVar(&f.rates, "rates", "", "`FILE` with rates of failures and times of repair, over the built-in ones")
	flags.IntVar(&f.confirm, "confirm", 0, "play the `N` most interesting sets in the kernel world, and compare")
	flags.IntVar(&f.recover, "recover", 0, "have people get over the `N` sets that hit most, and tell the worst recoveries")
	flags.StringVar(&f.people, "people", "", "`SCENARIO` whose people, parts and service times these are; by default "+scenarios.OnCallWords())
	flags.StringArrayVar(&f.formats, "format", []string{"text"}, "`FORMAT[=FILE]`: "+strings.Join(finding.Formats.Names(), ", ")+"; may be given again")
}

func (f *afterwards) check() error {
	f.availability = f.availability || f.rates != ""
	switch {
	case f.confirm < 0:
		return usage("--confirm is %d: it cannot be less than 0", f.confirm)
	case f.recover < 0:
		return usage("--recover is %d: it cannot be less than 0", f.recover)
	case f.people != "" && f.recover == 0:
		return usage("--people is for --recover N: say how many sets they are to get over")
	}
	for _, text := range f.formats {
		o, err := parseSweepOutput(text)
		if err != nil {
			return err
		}
		f.outputs = append(f.outputs, o)
	}
	return nil
}

// parseSweepOutput reads FORMAT or FORMAT=FILE. Text and JSON hold all that a sweep found; the others, which are for those
// who show findings, hold its findings, and the page its recoveries.
func parseSweepOutput(text string) (sweepOutput, error) {
	format, file, err := parseFormat(finding.Formats, "format of a sweep", text)
	if err == nil {
		err = writable(file)
	}
	write := func(w io.Writer, _ *sweep.Result, r *finding.Report) error { return format(w, r) }
	switch name, _, _ := strings.Cut(text, "="); name {
	case "text":
		write = func(w io.Writer, r *sweep.Result, _ *finding.Report) error { return sweep.WriteText(w, r) }
	case "json":
		write = func(w io.Writer, r *sweep.Result, _ *finding.Report) error { return sweep.WriteJSON(w, r) }
	}
	return sweepOutput{write, file}, err
}

func (a *app) sweepCommand() *cobra.Command {
	var f sweepFlags
	c := &cobra.Command{
		Use:   "sweep TOPOLOGY",
		Short: "Find every combination of failures that cuts a workload off",
		Long: `Find every combination of up to --k failures of nodes, links, transceivers, feeds, conduits and groups with shared
fate that leaves a workload without a physical path: its minimal cut sets. The answer is exact, and structural.

With --behaviour sets of failures are played in the model as well, to find what is down although a path is left, once
bonds, switching, gateways and routes have settled. Up to --sets sets that is exact too; above it random ones are played,
and the answer says so. --confirm plays the most interesting sets on real packets. Everything else works on any machine,
without rights.

With --recover people get over the sets that hit most, with parts that have to come and machines that have to be
restarted: the worst recoveries, and what took the time.

With --availability every failure is repaired after its time as well, and the downtime of a year is summed up: how often
it comes, times the outage that is played for it.`,
		Example: `  dcdrill sweep two-core
  dcdrill sweep mine.yaml --k 3 --workload storage
  dcdrill sweep fat-tree:k=16 --format json
  dcdrill sweep mine.yaml --behaviour --confirm 3
  dcdrill sweep mine.yaml --rates our-records.yaml
  dcdrill sweep sconet --k 1 --recover 10 --people sconet-2023
  dcdrill sweep mine.yaml --behaviour --shard 1/4 > 1.json   # on each of four machines, then
  dcdrill sweep merge mine.yaml 1.json 2.json 3.json 4.json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: names(scenarios.Topologies),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			return a.sweep(c.Context(), args[0], &f)
		},
	}
	flags := c.Flags()
	flags.IntVar(&f.Depth, "k", sweep.DefaultDepth, fmt.Sprintf("how many failures at once, 1 to %d", sweep.MaxDepth))
	flags.StringArrayVar(&f.Workloads, "workload", nil, "`ID` of a workload to look at, all by default; may be given again")
	_ = c.RegisterFlagCompletionFunc("workload", ofArgument(workloadsOf))
	_ = c.RegisterFlagCompletionFunc("people", fixedOrFiles(scenarios.Names))
	flags.BoolVar(&f.behaviour, "behaviour", false, "play the sets in the model too")
	flags.IntVar(&f.Trials.Most, "sets", sweep.DefaultSets, "how many sets to play at most; above it, random ones")
	flags.Uint64Var(&f.Trials.Seed, "seed", 1, "seed of the random ones")
	flags.StringVar(&f.shard, "shard", "", "do only share `I/N` of the work, for sweep merge")
	f.afterwards.add(flags)
	merge := a.sweepMergeCommand()
	merge.Args = wanting(merge.Args)
	c.AddCommand(merge)
	return c
}

func (f *sweepFlags) check() error {
	if err := f.afterwards.check(); err != nil {
		return err
	}
	f.behaviour = f.behaviour || f.confirm > 0 || f.availability
	switch {
	case f.Depth < 1 || f.Depth > sweep.MaxDepth:
		return usage("--k is %d: from 1 to %d failures at once", f.Depth, sweep.MaxDepth)
	case f.Trials.Most < 1:
		return usage("--sets is %d: play at least one", f.Trials.Most)
	case f.shard != "" && (f.confirm > 0 || f.availability || f.recover > 0):
		return usage("--confirm, --availability, --rates and --recover need the whole sweep: give them to sweep merge instead")
	}
	return nil
}

// sweep sweeps a plant, or a share of it.
func (a *app) sweep(ctx context.Context, name string, f *sweepFlags) error {
	p, err := swept(name, f.afterwards.options())
	if err != nil {
		return err
	}
	if err := gate.InOnePiece(p.Plant); err != nil {
		return err
	}
	p.ask(&f.Options, f.behaviour)
	f.Progress = a.howFar()
	if f.shard != "" {
		return a.sweepShard(ctx, p, f)
	}
	r, err := sweep.Run(ctx, p.Plant, p.Uses, f.Options)
	if err != nil {
		return sweepError(err)
	}
	return a.sweepResult(ctx, name, p, r, f.afterwards)
}

// sweepResult goes on from a result as it was asked to, and writes it.
func (a *app) sweepResult(ctx context.Context, name string, p *sweptPlant, r *sweep.Result, f afterwards) error {
	r.Notes = append(r.Notes, p.notes...)
	if err := p.goOn(ctx, r, f); err != nil {
		return err
	}
	if err := a.confirm(ctx, name, r, f.confirm); err != nil {
		return err
	}
	told := gate.Swept(name, r)
	told.Program, r.Findings = version, told.Findings
	for _, o := range f.outputs {
		if err := a.toFile(o.file, func(w io.Writer) error { return o.write(w, r, told) }); err != nil {
			return err
		}
	}
	return confirmed(r)
}

// readRates reads rates of failures: the built-in ones, and over them those of a file where one is named.
func readRates(file string, p *topology.Plant) (sweep.Rates, error) {
	var data []byte
	if file != "" {
		var err error
		if data, err = os.ReadFile(file); err != nil {
			return nil, usage("read rates: %w", err)
		}
	}
	return sweep.ParseRates(file, data, p)
}

// goOn works out from the rates of failures what was asked for besides the sets.
func (p *sweptPlant) goOn(ctx context.Context, r *sweep.Result, f afterwards) error {
	if !f.availability && f.recover == 0 {
		return nil
	}
	rates, err := readRates(f.rates, r.Plant)
	if err != nil {
		return err
	}
	if f.availability {
		if err := estimate(ctx, r, rates); err != nil {
			return err
		}
	}
	if f.recover == 0 {
		return nil
	}
	return p.recover(ctx, r, f, rates)
}

// estimate works out downtime.
func estimate(ctx context.Context, r *sweep.Result, rates sweep.Rates) error {
	err := r.Estimate(ctx, rates)
	if errors.Is(err, sweep.ErrNotPlayed) {
		return &hinted{&usageError{err}, "give --sets a larger number"}
	}
	return err
}

// options have the people come who are asked for.
func (f *afterwards) options() scenarios.Options {
	if f.recover == 0 {
		return scenarios.Options{}
	}
	return scenarios.Options{People: cmp.Or(f.people, scenarios.OnCall)}
}

// recover has people get over the sets that hit most.
func (p *sweptPlant) recover(ctx context.Context, r *sweep.Result, f afterwards, rates sweep.Rates) error {
	words := scenarios.OnCallWords()
	if f.people != "" {
		words = "the people and parts of " + f.people
	}
	return r.Recover(ctx, f.recover, sweep.People{Words: words, Recovery: p.Recovery, Start: p.Start, Rates: rates}, p.trials())
}

// sweptPlant is a plant with its workloads, and what is left out of them.
type sweptPlant struct {
	*sim.Scenario
	notes []string
}

// swept reads a plant, to which faults may happen. Its workloads of kinds that this version does not know are left out,
// and the result says so.
func swept(name string, o scenarios.Options, faults ...string) (*sweptPlant, error) {
	sc, err := scenarios.Try(name, faults, o)
	p := &sweptPlant{Scenario: sc}
	var later *scenarios.Later
	if err != nil && (!errors.As(err, &later) || len(sc.Uses) == 0) {
		return nil, err
	}
	if later != nil {
		for _, word := range later.Words {
			p.notes = append(p.notes, "not looked at: "+word)
		}
	}
	return p, nil
}

// ask fills in what a sweep needs to know beside the flags.
func (p *sweptPlant) ask(o *sweep.Options, behaviour bool) {
	o.Plant = version + "\n" + p.TopologyText
	if behaviour {
		t := p.trials()
		o.Trials.Fault, o.Trials.Replay = t.Fault, t.Replay
	}
}

// trials play sets of failures in the model.
func (p *sweptPlant) trials() sweep.Trials {
	fault := func(text string) (*sim.Entry, error) { return scenarios.ParseFault(text, p.Plant) }
	return sweep.Trials{Fault: fault, Replay: model.Replay}
}

// sweepError tells wrong questions from what went wrong.
func sweepError(err error) error {
	var unknown *topology.Unknown
	if errors.Is(err, sweep.ErrDepth) || errors.Is(err, sweep.ErrNothing) || errors.Is(err, sweep.ErrShards) || errors.As(err, &unknown) {
		return &usageError{err}
	}
	return err
}

// sweepShard does a share of a sweep and writes it for sweep merge.
func (a *app) sweepShard(ctx context.Context, p *sweptPlant, f *sweepFlags) error {
	shard, err := parseShard(f.shard)
	if err != nil {
		return err
	}
	part, err := sweep.RunShard(ctx, p.Plant, p.Uses, f.Options, shard)
	if err != nil {
		return sweepError(err)
	}
	return json.NewEncoder(a.Stdout).Encode(part)
}

func parseShard(text string) (sweep.Shard, error) {
	var s sweep.Shard
	var rest string
	n, _ := fmt.Sscanf(text+" end", "%d/%d %s", &s.Index, &s.Of, &rest)
	if n != 3 || rest != "end" || s.Index < 1 || s.Index > s.Of {
		return s, usage("--shard is %q: write it as 2/5, from 1/5 to 5/5", text)
	}
	return s, nil
}
