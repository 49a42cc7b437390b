package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/sim/kernel/capsule"
)

func (a *app) capsuleCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "capsule build|info|path",
		Short: "Build the kernel of the capsule: a real Linux in virtual time",
		Long: `Build the kernel of the capsule: a real Linux in virtual time. It is a User-Mode Linux, an ordinary process: no
root, no KVM. While everything in it sleeps, its clock goes to the next timer at once, so an hour of the kernel's own
timers takes seconds. It is built once per machine, from Debian's ` + capsule.Package + `, and kept in the user's cache folder.`,
		Example: `  dcdrill capsule build
  dcdrill capsule build --source ~/linux-6.12
  dcdrill run core-pair-reboot --world capsule`,
	}
	c.AddCommand(a.capsuleBuildCommand(), a.capsuleInfoCommand(), a.capsulePathCommand())
	for _, sub := range c.Commands() {
		sub.Args = wanting(cobra.NoArgs)
	}
	c.Args = cobra.NoArgs
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	return c
}

func (a *app) capsuleBuildCommand() *cobra.Command {
	o := capsule.Options{Say: a.Stderr}
	c := &cobra.Command{
		Use:   "build",
		Short: "Build it, unless it is there",
		RunE: func(c *cobra.Command, _ []string) error {
			i, err := capsule.Build(c.Context(), o)
			if err != nil {
				return err
			}
			fmt.Fprintln(a.Stdout, i.Path)
			return nil
		},
	}
	c.Flags().StringVar(&o.Source, "source", "", "`TREE` or archive of Linux 6.12, instead of Debian's package")
	c.Flags().BoolVar(&o.Again, "again", false, "build even what is there already")
	return c
}

func (a *app) capsuleInfoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "info",
		Short: "Say which kernel is used, and what it was built from",
		RunE: func(*cobra.Command, []string) error {
			i, err := capsule.Find()
			if err != nil {
				return err
			}
			fmt.Fprintf(a.Stdout, "kernel  %s\nsource  %s\n", i.Path, i.Source)
			if i.Release != "" {
				fmt.Fprintf(a.Stdout, "linux   %s\nbuilt   %s, in %s\n", i.Release, i.Built.Format("2006-01-02 15:04"), i.Took)
			}
			return nil
		},
	}
}

func (a *app) capsulePathCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "path",
		Short: "Print the path of the kernel that is used",
		RunE: func(*cobra.Command, []string) error {
			i, err := capsule.Find()
			if err != nil {
				return err
			}
			fmt.Fprintln(a.Stdout, i.Path)
			return nil
		},
	}
}
