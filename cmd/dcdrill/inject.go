package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) injectCommand() *cobra.Command {
	var run string
	c := &cobra.Command{
		Use:   "inject FAULT",
		Short: "Begin a fault now in a plant that stands",
		Example: `  dcdrill inject 'reboot: core1'
  dcdrill inject '{link-down: peer-link, for: 20s}'`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.steer(run, injectVerb, args[0], "began %s; dcdrill heal %[1]s ends it\n", "")
		},
	}
	addRun(c, &run)
	return c
}

// steer has a run do something, and says of each entry that it was about what was done.
func (a *app) steer(run, verb, text, said, none string) error {
	via, err := control(run)
	if err != nil {
		return err
	}
	var ids []string
	if err := via.Call(verb, text, &ids); err != nil {
		return &usageError{errors.New(strings.TrimPrefix(err.Error(), verb+": "))}
	}
	for _, id := range ids {
		fmt.Fprintf(a.Stdout, said, id)
	}
	if len(ids) == 0 {
		fmt.Fprint(a.Stdout, none)
	}
	return nil
}
