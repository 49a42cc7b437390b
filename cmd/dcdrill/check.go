package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim/finding"
	"github.com/dcdrill/dcdrill/sim/gate"
)

func (a *app) checkCommand() *cobra.Command {
	var f gateFlags
	var baseline, write string
	c := &cobra.Command{
		Use:   "check TOPOLOGY",
		Short: "Look for mistakes in a plant, and ask of it what a policy asks",
		Long: `Look for mistakes in a plant, and ask of it what a policy asks: which workloads must survive how many failures,
which scenarios must hold, what is known and accepted. Without a policy any one failure must leave every workload a
path. dcdrill list rules names what is looked for. Works on any machine, without rights.`,
		Example: `  dcdrill check mine.yaml
  dcdrill check mine.yaml --policy policy.yaml --format github --format sarif=dcdrill.sarif
  dcdrill check mine.yaml --write-baseline known.json
  dcdrill check mine.yaml --baseline known.json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: names(scenarios.Topologies),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := a.check(c.Context(), args[0], baseline, &f)
			if err != nil {
				return err
			}
			if write != "" {
				return a.writeBaseline(write, r)
			}
			return a.judged(r, &f)
		},
	}
	f.add(c)
	c.Flags().StringVar(&baseline, "baseline", "", "`FILE` with what was found before: only what is worse fails")
	c.Flags().StringVar(&write, "write-baseline", "", "write what is found to `FILE`, and fail on none of it")
	c.MarkFlagsMutuallyExclusive("baseline", "write-baseline")
	return c
}

// writeBaseline keeps what was found, and says how much that is.
func (a *app) writeBaseline(file string, r *finding.Report) error {
	if err := writeFile(file, func(w io.Writer) error { return gate.WriteBaseline(w, r) }); err != nil {
		return err
	}
	fmt.Fprintf(a.Stdout, "%s: %s\n", file, r.Summary())
	return nil
}

// check looks at a plant, and holds what it finds against a baseline, if there is one.
func (a *app) check(ctx context.Context, name, baseline string, f *gateFlags) (*finding.Report, error) {
	o, err := a.gateOptions(f, baseline != "")
	if err != nil {
		return nil, err
	}
	var base *gate.Base
	if baseline != "" {
		data, err := os.ReadFile(baseline)
		if err != nil {
			return nil, usage("read baseline: %w", err)
		}
		if base, err = gate.ReadBaseline(baseline, data); err != nil {
			return nil, err
		}
	}
	x, err := candidate(name, "", f)
	if err != nil {
		return nil, err
	}
	r, err := gate.Check(ctx, x, o)
	if err != nil || base == nil {
		return r, err
	}
	r.FailOn = finding.FailOnWorse
	gate.Against(r, base)
	return r, nil
}
