package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/sim/kernel/capsule"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/sim/prediction"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology"
)

// worlds are what --world may say.
var worlds = []string{"kernel", "capsule", "model"}

// playFlags are the flags of the commands that play something.
type playFlags struct {
	world    string
	seed     uint64
	variant  string
	topology string
	out      string
	reports  []string
	captures []string
	realTime bool
	verbose  bool

	seeded bool
	say    func(text string) // to whoever looks on, beside the progress
	watch  func(sim.Event)   // sees every event, and must not wait
	// stay keeps the plant standing; standing is what to say once it does, under the run's name.
	stay     bool
	standing func(name string) string
	// drill is a drill to be held rather than a run to be played; opened is then told how to speak to its room.
	drill  *drillJob
	opened func(*box.Stream)
}

func (f *playFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.world, "world", "", "`WORLD`: kernel (real packets), capsule (a real Linux in virtual time) or model (predicted); kernel where this machine can")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of all dice, instead of the scenario's")
	flags.StringVarP(&f.out, "out", "o", "", "`FOLDER` for log.jsonl and the reports")
	flags.StringArrayVar(&f.reports, "report", nil, "`FORMAT[=FILE]` of a report, text by default; may be given again")
	flags.StringArrayVar(&f.captures, "capture", nil, "`LINK` whose packets go to LINK.pcapng; may be given again")
	flags.BoolVar(&f.realTime, "real-time", false, "never let the scenario's clock jump")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "tell everything that happens")
	c.PreRunE = func(c *cobra.Command, _ []string) error {
		f.seeded = c.Flags().Changed("seed")
		return f.check()
	}
	_ = c.RegisterFlagCompletionFunc("world", fixed(worlds...))
	_ = c.RegisterFlagCompletionFunc("report", fixed(report.Formats.Names()...))
}

func (f *playFlags) check() error {
	if f.world != "" && !slices.Contains(worlds, f.world) {
		return usage("there is no world %q: it can be kernel, capsule or model", f.world)
	}
	if f.world == "model" && len(f.captures) > 0 {
		return usage("--capture needs the kernel world: the model has no packets")
	}
	return f.checkOutputs()
}

// checkOutputs finds before anything is played what could not be written afterwards.
func (f *playFlags) checkOutputs() error {
	all, err := f.outputs()
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.file != "" && filepath.Dir(o.file) == filepath.Clean(f.out) {
			continue // that one is made
		}
		if err := writable(o.file); err != nil {
			return err
		}
	}
	return nil
}

// checkCaptures finds links that are none before anything is played.
func (f *playFlags) checkCaptures(p *topology.Plant) error {
	for _, link := range f.captures {
		links, err := topology.Target{link}.Links(p)
		if err != nil {
			return usage("capture %s: %w", link, err)
		}
		if len(links) != 1 {
			return usage("capture %s: that is %d links: name one, or a port of it", link, len(links))
		}
	}
	return nil
}

// options are what the flags change of a scenario.
func (f *playFlags) options() scenarios.Options {
	o := scenarios.Options{Variant: f.variant, Topology: f.topology}
	if f.seeded {
		o.Seed = &f.seed
	}
	return o
}

// play plays a scenario, reports it, and returns what it comes to as an error.
func (a *app) play(ctx context.Context, sc *sim.Scenario, f *playFlags) error {
	log, err := a.played(ctx, sc, f)
	if log == nil || len(log.Events()) == 0 {
		return err
	}
	r := report.Read(log)
	if failed := a.write(r, f); failed != nil {
		return errors.Join(err, failed)
	}
	for _, text := range whyUnserved(sc, log) {
		fmt.Fprintln(a.Stderr, "hint: "+text)
	}
	if err == nil {
		err = outcome(r)
	}
	return err
}

// whyUnserved says of a run that never began what keeps its first conversation apart, where the plant tells.
func whyUnserved(sc *sim.Scenario, log *sim.Log) []string {
	var hints []string
	for _, e := range log.Events() {
		d, steady := e.Data.(sim.SteadyData)
		if !steady || len(d.Unserved) == 0 {
			continue
		}
		for _, m := range slices.Concat(membersOf(sc.Uses)...) {
			if f := m.Talk.Flow(); m.Subject() == d.Unserved[0] && f.From != nil && f.To != nil {
				if why := sc.Plant.Apart(f.From, f.To); why != "" {
					hints = append(hints, m.Subject()+": "+why)
				}
			}
		}
		hints = append(hints, "dcdrill check says what has no path although nothing has failed")
	}
	return hints
}

func membersOf(uses []*sim.Use) [][]*sim.Member {
	var all [][]*sim.Member
	for _, u := range uses {
		all = append(all, u.Members, u.Watches)
	}
	return all
}

// played plays a scenario and keeps its log, showing how it goes. What it played is in the log even when an error cut
// it short.
func (a *app) played(ctx context.Context, sc *sim.Scenario, f *playFlags) (*sim.Log, error) {
	if err := f.checkCaptures(sc.Plant); err != nil {
		return nil, err
	}
	a.stands.Store(true)
	keep, err := newRecord(f.out)
	if err != nil {
		return nil, err
	}
	p := a.progress(f.verbose)
	f.say = p.say
	log, err := a.playIn(ctx, sc, f, func(e sim.Event) {
		keep.event(e)
		p.event(e)
		if f.watch != nil {
			f.watch(e)
		}
	})
	p.end()
	return log, errors.Join(err, keep.close())
}

// playIn plays in the world that was asked for, or in the best one that this machine has.
func (a *app) playIn(ctx context.Context, sc *sim.Scenario, f *playFlags, listen func(sim.Event)) (*sim.Log, error) {
	if f.world != "model" {
		if f.world != "capsule" && sc.Plant.RunsDaemons() {
			fmt.Fprintln(a.Stderr, "daemons count real time, so nothing is jumped over: in the capsule (--world capsule) it takes none")
		}
		log, err := a.playKernel(ctx, sc, f, listen)
		var unavailable *box.Unavailable
		if f.world != "" || !errors.As(err, &unavailable) {
			return log, err
		}
		if _, none := capsule.Find(); unavailable.Driver && none == nil {
			fmt.Fprintf(a.Stderr, "not in the kernel world (%s): the capsule plays it instead\n", unavailable.What)
			inside := *f
			inside.world = "capsule"
			return a.playKernel(ctx, sc, &inside, listen)
		}
		if len(f.captures) > 0 {
			return log, err
		}
		fmt.Fprintf(a.Stderr, "no kernel world here (%s): the model predicts instead\n", unavailable.What)
	}
	return sim.Play(ctx, model.Engine{}, sc, sim.Options{
		Program: program(), Phase: sim.MiddlePhase, RealTime: f.realTime, Listen: listen, Explain: explain(sc),
	})
}

// explain has the model say what had to be, and what would have been without each fault.
func explain(sc *sim.Scenario) func(*sim.Log) error {
	if model.Lawless(sc.Plant) != "" {
		return nil
	}
	return func(log *sim.Log) error { return prediction.Explain(log, sc, model.Replay) }
}

func program() string { return "dcdrill " + version }

// record keeps the log on disk as it grows, so that a run that is killed leaves what it saw.
type record struct {
	file *os.File
	err  error
}

// newRecord begins a log in a folder; without a folder it keeps nothing.
func newRecord(folder string) (*record, error) {
	if folder == "" {
		return &record{}, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, usage("make --out folder: %w", err)
	}
	file, err := os.Create(filepath.Join(folder, "log.jsonl"))
	if err != nil {
		return nil, usage("make log: %w", err)
	}
	return &record{file: file}, nil
}

func (r *record) event(e sim.Event) {
	if r.file != nil && r.err == nil {
		r.err = sim.WriteEvent(r.file, e)
	}
}

func (r *record) close() error {
	if r.file == nil {
		return nil
	}
	return errors.Join(r.err, r.file.Close())
}

// output is a report that was asked for.
type output struct {
	format report.Format
	file   string // empty: standard output
}

// endings are the names of report files in the --out folder.
var endings = map[string]string{"text": "report.txt", "json": "report.json", "junit": "junit.xml", "html": "report.html", "markdown": "post-mortem.md"}

// outputs lists the reports to be written: what was asked for, text by default, and with --out one of each.
func (f *playFlags) outputs() ([]output, error) {
	var all []output
	asked := f.reports
	if len(asked) == 0 {
		asked = []string{"text"}
	}
	for _, text := range asked {
		o, err := parseOutput(text)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	if f.out != "" {
		for _, k := range report.Formats.Kinds() {
			if file := endings[k.Name]; file != "" { // the others are for drills
				all = append(all, output{k.New(), filepath.Join(f.out, file)})
			}
		}
	}
	return all, nil
}

// write writes all reports of a run.
func (a *app) write(r *report.Report, f *playFlags) error {
	all, err := f.outputs()
	if err != nil {
		return err
	}
	for _, o := range all {
		if err := a.writeOne(r, o, f.verbose); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) writeOne(r *report.Report, o output, verbose bool) error {
	if o.file == "" {
		return o.format(a.Stdout, r, a.style(verbose))
	}
	return writeFile(o.file, func(w io.Writer) error { return o.format(w, r, report.Style{Verbose: verbose}) })
}

func (a *app) style(verbose bool) report.Style {
	return report.Style{Color: a.colors(a.Stdout), Verbose: verbose, Width: terminalWidth(a.Stdout)}
}

// writeFile makes a file and says of everything that goes wrong which file it was.
func writeFile(name string, write func(io.Writer) error) error {
	file, err := os.Create(name)
	if err != nil {
		return usage("write file: %w", err)
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
