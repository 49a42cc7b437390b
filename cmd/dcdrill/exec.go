package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/sim/kernel"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

func (a *app) execCommand() *cobra.Command {
	var run string
	c := &cobra.Command{
		Use:   "exec NODE -- COMMAND [ARG...]",
		Short: "Run a command in a node of a plant that stands, and end with its exit code",
		Example: `  dcdrill exec hv1 -- ip address
  dcdrill exec hv1 -- ping -c 3 10.0.10.1`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			command := args[1:]
			if command[0] == "--" {
				command = command[1:]
			}
			return a.exec(c.Context(), run, kernel.Command{Node: args[0], Args: command})
		},
	}
	c.Flags().SetInterspersed(false)
	addRun(c, &run)
	return c
}

// addRun adds the flag that says which run is meant.
func addRun(c *cobra.Command, run *string) {
	c.Flags().StringVar(run, "run", "", "the run that is meant, where several go on")
	_ = c.RegisterFlagCompletionFunc("run", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		all, _ := box.Controls() // completion has nobody to tell
		var names []string
		for _, control := range all {
			names = append(names, control.Name)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
}

// control finds the run that is meant; that there is none is for the user to mend.
func control(run string) (box.Control, error) {
	c, err := box.FindControl(run)
	if err != nil {
		return c, &usageError{err}
	}
	return c, nil
}

// exec runs a command with our own input and outputs. A terminal of ours becomes one of the command's.
func (a *app) exec(ctx context.Context, run string, c kernel.Command) error {
	via, err := control(run)
	if err != nil {
		return err
	}
	std := kernel.Stdio{In: a.Stdin, Out: a.Stdout, Err: a.Stderr}
	if in, ok := a.Stdin.(*os.File); ok && terminal(a.Stdin) && terminal(a.Stdout) {
		size, resizes, restore, err := kernel.TakeTerminal(in)
		if err != nil {
			return err
		}
		defer restore()
		c.Terminal, c.Term, std.Resizes = &size, a.Getenv("TERM"), resizes
	} else {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
		defer signal.Stop(signals)
		std.Signals = signals
	}
	code, err := kernel.Exec(context.WithoutCancel(ctx), via, c, std)
	switch {
	case err != nil:
		return &usageError{err}
	case code != 0:
		return ended{code}
	}
	return nil
}
