package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	_ "github.com/dcdrill/dcdrill/sim/check"    // registers its kinds
	_ "github.com/dcdrill/dcdrill/sim/fault"    // registers its kinds
	_ "github.com/dcdrill/dcdrill/sim/workload" // registers its kinds
)

// app is the world around the program. Commands touch nothing else, so that tests can stand in for it.
type app struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string

	begun bool // a command has been found and its flags are right
	// stands says that something is there to be unwound before the program may end: a run, a plant, a page.
	stands atomic.Bool
}

// main runs one command line and returns the exit code.
func (a *app) main(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	c, err := root.ExecuteContextC(ctx)
	if err != nil && !a.begun {
		err = &hinted{&usageError{err}, c.CommandPath() + " --help"}
	}
	return a.exit(err)
}

// root is the command line as a whole.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "dcdrill",
		Short: "Rebuild a data centre, break it the way real incidents did, and see what survives",
		Long: `dcdrill rebuilds a data centre in Linux network namespaces, breaks it the way real
incidents did, and tells which workloads survive, how long the others are gone, why,
and what brings them back. Without Linux it predicts the same with a model.

Exit codes: 0 as asked; 1 a workload did not survive or an expectation failed; 2 the
command line or a file is wrong; 3 this machine cannot; 4 inconclusive; 130 interrupted.`,
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRun: func(c *cobra.Command, _ []string) {
			a.begun = true
			a.stands.Store(standsAtOnce(c))
		},
	}
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return plainly(err) })
	root.SetVersionTemplate("dcdrill {{.Version}}\n")
	root.AddGroup(
		&cobra.Group{ID: "ask", Title: "Ask what happens:"},
		&cobra.Group{ID: "write", Title: "Write plants and scenarios:"},
		&cobra.Group{ID: "live", Title: "Work in a plant that stands:"},
		&cobra.Group{ID: "other", Title: "More:"},
	)
	root.SetHelpCommandGroupID("other")
	root.SetCompletionCommandGroupID("other")
	a.commands(root)
	a.helpful(root)
	return root
}

// plainly says of a flag that cannot be read what it wants, in place of who could not read it.
func plainly(err error) error {
	flag, by, found := strings.Cut(err.Error(), ": strconv.")
	switch {
	case !found:
		return err
	case strings.HasPrefix(by, "ParseBool"):
		return errors.New(flag + ": want true or false")
	}
	return errors.New(flag + ": want a whole number")
}

// standsAtOnce says whether something stands from the beginning of a command. Those that ask and write read and search first:
// what they play says itself when it stands.
func standsAtOnce(c *cobra.Command) bool {
	for c.Parent() != nil && c.Parent().HasParent() {
		c = c.Parent()
	}
	return c.GroupID != "ask" && c.GroupID != "write"
}

// commands adds every command to its group.
func (a *app) commands(root *cobra.Command) {
	for group, commands := range map[string][]*cobra.Command{
		"ask":   {a.tryCommand(), a.runCommand(), a.verifyCommand(), a.sweepCommand(), a.checkCommand(), a.diffCommand(), a.reportCommand(), a.drillCommand()},
		"write": {a.initCommand(), a.importCommand(), a.validateCommand(), a.listCommand(), a.explainCommand(), a.showCommand(), a.graphCommand(), a.schemaCommand()},
		"live":  {a.upCommand(), a.execCommand(), a.shellCommand(), a.injectCommand(), a.healCommand(), a.captureCommand()},
		"other": {a.doctorCommand(), a.capsuleCommand(), a.versionCommand(), a.insideCommand()},
	} {
		for _, c := range commands {
			c.GroupID = group
			c.Args = wanting(c.Args)
			root.AddCommand(c)
		}
	}
}

// wanting says in the words of the usage line what a command wants, where its arguments are not that.
func wanting(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		_, want, _ := strings.Cut(c.Use, " ")
		got := "nothing"
		if len(args) > 0 {
			got = strings.Join(args, " ")
		}
		return fmt.Errorf("%s wants %s, this is %s", c.Name(), cmp.Or(want, "no arguments"), got)
	}
}

// terminal says whether a stream is one that people look at.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colors says whether a stream may have colours (https://no-color.org).
func (a *app) colors(stream io.Writer) bool {
	return terminal(stream) && a.Getenv("NO_COLOR") == "" && a.Getenv("TERM") != "dumb"
}
