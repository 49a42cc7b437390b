package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/gate"
	"github.com/dcdrill/dcdrill/sim/sweep"
	"github.com/dcdrill/dcdrill/topology"
)

func (a *app) diffCommand() *cobra.Command {
	var f gateFlags
	var ref string
	c := &cobra.Command{
		Use:   "diff BASE PROPOSED | diff --git REF -- FILE",
		Short: "Say what a change to a plant makes worse, and what better",
		Long: `Say what a change to a plant makes worse, and what better: failures that cut workloads, single ones and pairs,
scenarios as the model plays them, mistakes. Fails on what is worse. With --git the base is FILE as it was at REF.`,
		Example: `  dcdrill diff before.yaml after.yaml --scenario rolling-core-reboot
  dcdrill diff --git origin/main -- plant.yaml`,
		Args: func(_ *cobra.Command, args []string) error {
			if want := map[bool]int{false: 2, true: 1}[ref != ""]; len(args) != want {
				return errors.New("wrong number of files")
			}
			return nil
		},
		ValidArgsFunction: names(scenarios.Topologies),
		RunE: func(c *cobra.Command, args []string) error {
			name, text, err := base(c.Context(), ref, args[0])
			if err != nil {
				return err
			}
			r, err := a.diff(c.Context(), name, text, args[len(args)-1], &f)
			if err != nil {
				return err
			}
			return a.judged(r, &f)
		},
	}
	f.add(c)
	c.Flags().StringVar(&ref, "git", "", "`REF` at which the base is read: a branch, tag or commit")
	return c
}

// base is the text of the plant that is compared with, and what to call it.
func base(ctx context.Context, ref, file string) (name, text string, err error) {
	if ref == "" {
		text, err = topology.ReadText(file)
		if err != nil {
			err = &usageError{err}
		}
		return file, text, err
	}
	data, err := gate.AsOf(ctx, ref, file)
	var u *gate.Unreachable
	if errors.As(err, &u) {
		err = &hinted{&usageError{err}, u.Remedy}
	}
	if err == nil && len(data) == 0 {
		err = usage("%s is empty at %s", file, ref)
	}
	return ref + ":" + file, string(data), err
}

// diff looks at both plants and holds one against the other.
func (a *app) diff(ctx context.Context, baseName, baseText, proposed string, f *gateFlags) (*finding.Report, error) {
	o, err := a.gateOptions(f, true)
	if err != nil {
		return nil, err
	}
	o.Depth = sweep.DefaultDepth
	before, err := candidate(baseName, baseText, f)
	if err != nil {
		return nil, err
	}
	after, err := candidate(proposed, "", f)
	if err != nil {
		return nil, err
	}
	text, err := topology.ReadText(proposed)
	if err != nil {
		return nil, err
	}
	was, err := gate.Snapshot(ctx, before, o)
	if err != nil {
		return nil, err
	}
	r, err := gate.Check(ctx, after, o)
	if err != nil {
		return nil, err
	}
	r.Command, r.FailOn = "diff", finding.FailOnWorse
	gate.Against(r, &gate.Base{Name: baseName, Findings: was.Findings, Notes: was.Notes, Touched: gate.Touched(baseText, text)})
	return r, nil
}
