package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/sim/kernel/capsule"
	"github.com/dcdrill/dcdrill/sim/model"
	"github.com/dcdrill/dcdrill/sim/prediction"
	"github.com/dcdrill/dcdrill/sim/report"
)

func (a *app) verifyCommand() *cobra.Command {
	var f playFlags
	random := 0
	c := &cobra.Command{
		Use:   "verify SCENARIO | verify TOPOLOGY FAULT... | verify --random N",
		Short: "Play the same incident in every world and hold the measurements against the prediction",
		Long: `Play the same incident in every world and hold the measurements against the prediction. Where a moment is not
known beforehand (within one hello, one look at the carriers) the model says from when to when; every measured outage
must lie in between, in the kernel world and in the capsule, if that has been built. A disagreement is a bug in one of the worlds, or something about this kernel worth knowing.

With --random it plays incidents that nobody thought of, on small plants, from --seed on, in the kernel world. The first
on which the worlds disagree is cut down to the smallest that still shows it.`,
		Example: `  dcdrill verify core-pair-reboot
  dcdrill verify two-core 'reboot: core1'
  dcdrill verify --random 20 --seed 7`,
		Args: func(c *cobra.Command, args []string) error {
			if random > 0 {
				return cobra.NoArgs(c, args)
			}
			return cobra.MinimumNArgs(1)(c, args)
		},
		ValidArgsFunction: names(scenarios.Names),
		RunE: func(c *cobra.Command, args []string) error {
			if random > 0 {
				return a.verifyRandom(c.Context(), random, max(1, f.seed))
			}
			sc, err := oneOf(args, f.options())
			if err != nil {
				return err
			}
			return a.verify(c.Context(), sc, &f)
		},
	}
	flags := c.Flags()
	flags.IntVar(&random, "random", 0, "verify `N` random incidents")
	flags.StringVar(&f.world, "world", "", "kernel or capsule, to measure in one of them only")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of all dice, instead of the scenario's")
	flags.StringVar(&f.variant, "variant", "", "verify this variant of the scenario")
	flags.StringVarP(&f.out, "out", "o", "", "folder for the log and the reports of the measurement")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "tell everything that happens")
	c.PreRunE = func(c *cobra.Command, _ []string) error {
		f.seeded = c.Flags().Changed("seed")
		return f.checkMeasured()
	}
	_ = c.RegisterFlagCompletionFunc("world", fixed("kernel", "capsule"))
	return c
}

// checkMeasured wants a world that measures.
func (f *playFlags) checkMeasured() error {
	if f.world != "" && f.world != "kernel" && f.world != "capsule" {
		return usage("nothing is measured in a world %q: it can be kernel or capsule", f.world)
	}
	return nil
}

// oneOf is a scenario, or a topology with faults.
func oneOf(args []string, o scenarios.Options) (*sim.Scenario, error) {
	if len(args) == 1 {
		return scenarios.Load(args[0], o)
	}
	return scenarios.Try(args[0], args[1:], o)
}

// verify predicts, and measures in every world of real packets that was asked for or is there.
func (a *app) verify(ctx context.Context, sc *sim.Scenario, f *playFlags) error {
	predicted, err := prediction.Predict(sc, model.Replay)
	if err != nil {
		return err
	}
	measured := []string{f.world}
	if f.world == "" {
		measured = a.measuring()
	}
	for i, world := range measured {
		f.world = world
		if i > 0 && f.out != "" {
			f.out = filepath.Join(f.out, world) // each keeps its own log
		}
		err := a.verifyIn(ctx, sc, f, predicted)
		var unavailable *box.Unavailable
		if errors.As(err, &unavailable) && unavailable.Driver && slices.Contains(measured[i+1:], "capsule") {
			fmt.Fprintf(a.Stderr, "not verified in the kernel world: %s\n", unavailable.What)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// measuring are the worlds that measure: the capsule is one where it has been built.
func (a *app) measuring() []string {
	if _, err := capsule.Find(); err != nil {
		fmt.Fprintf(a.Stderr, "not verified in the capsule: %s\n", err)
		return []string{"kernel"}
	}
	return []string{"kernel", "capsule"}
}

// verifyIn measures in one world and compares.
func (a *app) verifyIn(ctx context.Context, sc *sim.Scenario, f *playFlags, predicted []*sim.Log) error {
	log, err := a.played(ctx, sc, f)
	if err != nil {
		return err
	}
	r := report.Read(log)
	if r.Finding == report.Interrupted || len(r.Doubts) > 0 { // a verdict that is left open is not what is compared
		if err := report.Text(a.Stdout, r, a.style(f.verbose)); err != nil {
			return err
		}
		return outcome(r)
	}
	return a.compared(log, r, prediction.Compare(log, predicted...))
}

// compared says where measurement and prediction differ.
func (a *app) compared(log *sim.Log, r *report.Report, all []prediction.Disagreement) error {
	if err := report.Comparison(a.Stdout, r, a.style(false)); err != nil {
		return err
	}
	members := 0
	for _, u := range log.Header().Uses {
		members += u.Members
	}
	if len(all) == 0 {
		fmt.Fprintf(a.Stdout, "\n%s AND MODEL AGREE on all outages of %d conversations\n", strings.ToUpper(log.Header().World), members)
		return nil
	}
	fmt.Fprintf(a.Stdout, "\n%s AND MODEL DISAGREE %d times\n", strings.ToUpper(log.Header().World), len(all))
	for _, d := range all {
		fmt.Fprintf(a.Stdout, "  %s\n", d)
	}
	return found{exitNotAsAsked, "the worlds disagree"}
}
