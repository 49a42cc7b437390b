package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/sim/sweep"
)

func (a *app) sweepMergeCommand() *cobra.Command {
	var f afterwards
	c := &cobra.Command{
		Use:   "merge TOPOLOGY SHARD...",
		Short: "Put the shards of a sweep together",
		Long: `Put together what sweep --shard wrote, in any order. The result is what one sweep of everything would have been.
Shards that overlap, are missing, or are of another plant or version of dcdrill are refused.`,
		Example: `  dcdrill sweep merge mine.yaml 1.json 2.json 3.json 4.json`,
		Args:    cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			parts, err := readParts(args[1:])
			if err != nil {
				return err
			}
			p, err := swept(args[0], f.options())
			if err != nil {
				return err
			}
			o := sweep.Options{Progress: a.howFar()}
			p.ask(&o, true)
			r, err := sweep.Merge(p.Plant, p.Uses, o, parts)
			if err != nil {
				return sweepError(err)
			}
			return a.sweepResult(c.Context(), args[0], p, r, f)
		},
	}
	f.add(c.Flags())
	return c
}

// readParts reads shards, and says of all that are none which files they are.
func readParts(files []string) ([]*sweep.Part, error) {
	var parts []*sweep.Part
	var wrong error
	for _, name := range files {
		data, err := os.ReadFile(name)
		part := &sweep.Part{}
		if err == nil {
			err = json.Unmarshal(data, part)
		}
		if err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("read shard %s: %w", name, err))
		}
		parts = append(parts, part)
	}
	if wrong != nil {
		return nil, &usageError{wrong}
	}
	return parts, nil
}
