package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim/sweep"
	"github.com/dcdrill/dcdrill/topology"
)

func (a *app) sweepCommand() *cobra.Command {
	var o sweep.Options
	var format string
	c := &cobra.Command{
		Use:   "sweep TOPOLOGY",
		Short: "Find every combination of failures that cuts a workload off",
		Long: `Find every combination of up to --k failures of nodes, links, transceivers, feeds, conduits and groups with shared
fate that leaves a workload without a physical path: its minimal cut sets. The answer is exact, and structural: what
bonds, gateways and routes make of the paths that are left is not looked at. Works on any machine, without rights.`,
		Example: `  dcdrill sweep two-core
  dcdrill sweep mine.yaml --k 3 --workload storage
  dcdrill sweep fat-tree:k=16 --format json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: names(scenarios.Topologies),
		RunE: func(c *cobra.Command, args []string) error {
			write := map[string]func(io.Writer, *sweep.Result) error{"text": sweep.WriteText, "json": sweep.WriteJSON}[format]
			if write == nil {
				return usage("no format %q of a sweep, there are text and json", format)
			}
			if o.Depth < 1 {
				return usage("--k is %d: from 1 to %d failures at once", o.Depth, sweep.MaxDepth)
			}
			o.Progress = a.sweepProgress()
			r, err := swept(c.Context(), args[0], o)
			if err != nil {
				return err
			}
			return write(a.Stdout, r)
		},
	}
	c.Flags().IntVar(&o.Depth, "k", sweep.DefaultDepth, fmt.Sprintf("how many failures at once, 1 to %d", sweep.MaxDepth))
	c.Flags().StringArrayVar(&o.Workloads, "workload", nil, "`ID` of a workload to look at, all by default; may be given again")
	c.Flags().StringVar(&format, "format", "text", "text or json")
	return c
}

// swept sweeps a plant's workloads. Those of kinds that this version does not know are left out, and the result says so.
func swept(ctx context.Context, name string, o sweep.Options) (*sweep.Result, error) {
	sc, err := scenarios.Try(name, nil, scenarios.Options{})
	var later *scenarios.Later
	if err != nil && (!errors.As(err, &later) || len(sc.Uses) == 0) {
		return nil, err
	}
	r, err := sweep.Run(ctx, sc.Plant, sc.Uses, o)
	var unknown *topology.Unknown
	if errors.Is(err, sweep.ErrDepth) || errors.Is(err, sweep.ErrNothing) || errors.As(err, &unknown) {
		return nil, &usageError{err}
	}
	if err == nil && later != nil {
		for _, word := range later.Words {
			r.Notes = append(r.Notes, "not looked at: "+word)
		}
	}
	return r, err
}

// sweepProgress tells on standard error how far a sweep is, now and then, when it takes longer than a blink.
func (a *app) sweepProgress() func(done, of int) {
	const between = 2 * time.Second
	next := time.Now().Add(between)
	return func(done, of int) {
		if now := time.Now(); now.After(next) {
			next = now.Add(between)
			fmt.Fprintf(a.Stderr, "swept %d of %d kinds of conversations\n", done, of)
		}
	}
}
