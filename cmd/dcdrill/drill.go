package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/drill"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/sim/report"
)

// drillFlags are the flags of a drill.
type drillFlags struct {
	print, out, resume, world string
	seed                      uint64
	pages                     drillPages
}

func (a *app) drillCommand() *cobra.Command {
	var f drillFlags
	c := &cobra.Command{
		Use:   "drill SCENARIO",
		Short: "Hold a drill: pages for those who run it and who play, and a plant that behaves",
		Long: `Hold a drill. By default it is a tabletop: one laptop, one projector, people around a table. The facilitator
has a page of their own and enters what the table decides; the wall screen shows what the table may know.
With --format functional every role has a page, sees what its alarms, monitoring and tools show, and acts on
the plant itself; a control cell answers what it writes to people outside, and evaluators note and rate. Each
seat gets a link of its own.

The plant is predicted by the model, so nothing is needed but a browser; with --world kernel it is real, and
time goes as packets do. Time stands still until the facilitator lets it go on.

--print writes everything to be handed out before, and starts nothing.`,
		Example: `  dcdrill drill one-optic --print brief/
  dcdrill drill one-optic
  dcdrill drill sconet-2023 --format functional --evaluators 2
  dcdrill drill one-optic --resume drill/log.jsonl`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: names(scenarios.Drills),
		RunE: func(c *cobra.Command, args []string) error {
			o := scenarios.Options{}
			if c.Flags().Changed("seed") {
				o.Seed = &f.seed
			}
			sc, script, err := scenarios.LoadDrill(args[0], o)
			switch {
			case f.pages.check() != nil:
				return f.pages.check()
			case f.world != "model" && f.world != "kernel":
				return usage("a drill has no world %q: it can be model or kernel", f.world)
			case errors.Is(err, scenarios.ErrNoScript):
				return usage("%w", err)
			case err != nil:
				return err
			case f.print != "":
				return a.printDrill(sc, script, f.print)
			}
			return a.holdDrill(c.Context(), sc, script, &f)
		},
	}
	c.AddCommand(a.rerunCommand())
	flags := c.Flags()
	flags.StringVar(&f.print, "print", "", "`FOLDER` for the hand-outs: manual, briefs, script, guide, events list")
	flags.StringVarP(&f.out, "out", "o", "", "`FOLDER` for log.jsonl and the after-action report; by default the scenario's name and -drill")
	flags.StringVar(&f.world, "world", "model", "model (predicted) or kernel (real packets)")
	flags.StringVar(&f.resume, "resume", "", "`LOG` of a drill to be gone on with")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of all dice, instead of the scenario's")
	f.pages.add(c)
	return c
}

// printDrill writes the hand-outs.
func (a *app) printDrill(sc *sim.Scenario, s *drill.Script, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return usage("make --print folder: %w", err)
	}
	for _, h := range drill.HandOuts(s) {
		name := filepath.Join(folder, h.File)
		if err := writeFile(name, func(w io.Writer) error { return h.Write(s, sc, w) }); err != nil {
			return err
		}
		fmt.Fprintf(a.Stdout, "%s: for %s\n", name, h.For)
	}
	return nil
}

// holdDrill holds a drill until the facilitator ends it with Ctrl-C; its log and report are kept.
func (a *app) holdDrill(ctx context.Context, sc *sim.Scenario, s *drill.Script, f *drillFlags) error {
	resume, err := a.earlier(sc, f)
	if err != nil {
		return err
	}
	a.stands.Store(true)
	l, address, err := f.pages.open()
	if err != nil {
		return err
	}
	folder := f.out
	if folder == "" {
		folder = sc.Name + "-drill"
	}
	keep, err := newRecord(folder)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	d := &drilling{app: a, listener: l, address: address, format: f.pages.format(), seats: f.pages.seats(s)}
	log, err := d.hold(ctx, sc, s, f.world, resume, keep.event)
	err = errors.Join(err, keep.close())
	if log == nil {
		return err
	}
	kept := []string{filepath.Join(folder, "log.jsonl")}
	for format, name := range map[string]string{drill.AfterText: "after-action.md", drill.AfterPage: "after-action.html"} {
		file := filepath.Join(folder, name)
		err = errors.Join(err, writeFile(file, func(w io.Writer) error { return drill.After(w, log, format) }))
		kept = append(kept, file)
	}
	slices.Sort(kept)
	fmt.Fprintf(a.Stdout, "\nkept: %s\n", report.And(kept))
	return err
}

// drilling is a drill being held.
type drilling struct {
	app      *app
	listener net.Listener
	address  string
	format   drill.Format
	seats    []drill.Seat
	desk     atomic.Pointer[drill.Desk]
}

// hold holds the drill in a world until ctx ends.
func (d *drilling) hold(
	ctx context.Context, sc *sim.Scenario, s *drill.Script, world string, resume []sim.Event, listen func(sim.Event),
) (*sim.Log, error) {
	if world == "kernel" {
		fmt.Fprintln(d.app.Stderr, "building the plant")
		return d.app.playKernel(ctx, sc, &playFlags{
			world: world, drill: &drillJob{Resume: resume, Remedies: s.Remedies},
			opened: func(b *box.Stream) { d.open(ctx, boxDoor{b}, s, sc) },
		}, func(e sim.Event) {
			listen(e)
			d.changed()
		})
	}
	return (&drill.Session{
		Engine: model.Engine{}, Scenario: sc, Script: s, Program: program(), Resume: resume, Rerun: scenarios.Rerun(sc),
		Listen: listen, Open: func(r *drill.Room) { d.open(ctx, r.Door(), s, sc) }, Changed: d.changed,
	}).Hold(ctx)
}

func (d *drilling) changed() {
	if desk := d.desk.Load(); desk != nil {
		desk.Changed()
	}
}

// earlier reads what was commanded in a drill that is to be gone on with; nothing without one.
func (a *app) earlier(sc *sim.Scenario, f *drillFlags) ([]sim.Event, error) {
	if f.resume == "" {
		return nil, nil
	}
	log, err := a.readLog(f.resume)
	if err != nil {
		return nil, err
	}
	switch h := log.Header(); {
	case h.Scenario != sc.Name:
		return nil, usage("%s is the log of %s, not of %s", f.resume, h.Scenario, sc.Name)
	case h.World != f.world:
		return nil, usage("the drill of %s was held in the %s world: go on with it by --world %s", f.resume, h.World, h.World)
	}
	return drill.CommandsOf(log), nil
}
