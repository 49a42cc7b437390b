package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim"
)

// fixed completes from a list of words.
func fixed(words ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// fixedOrFiles completes a flag from built-in names beside files.
func fixedOrFiles(all func() []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return all(), cobra.ShellCompDirectiveDefault
	}
}

// names completes built-in names beside files.
func names(all func() []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return all(), cobra.ShellCompDirectiveDefault
	}
}

// thenFaults completes a plant and then faults on it: the kind first, then what it may be aimed at.
func thenFaults(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return scenarios.Topologies(), cobra.ShellCompDirectiveDefault
	}
	kind, _, aimed := strings.Cut(typed, ":")
	var all []string
	if !aimed {
		for _, k := range sim.Faults.Kinds() {
			all = append(all, k.Name+":\t"+k.Doc)
		}
		return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	for _, name := range named(args[0]) {
		all = append(all, kind+":"+name)
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// named lists what a fault on a plant may be aimed at, by names that people gave; nothing where it cannot be read.
func named(plant string) []string {
	p, err := scenarios.Topology(plant)
	if err != nil {
		return nil
	}
	var all []string
	for _, g := range p.Groups {
		all = append(all, g.ID)
	}
	for _, n := range p.Nodes {
		all = append(all, n.Family, n.ID)
	}
	for _, l := range p.Links {
		if l.Named {
			all = append(all, l.ID)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// ofArgument completes a flag from what the scenario or plant on the command line has.
func ofArgument(list func(nameOrPath string) ([]string, error)) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		all, err := list(args[0])
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

// workloadsOf lists the workloads of a plant.
func workloadsOf(plant string) ([]string, error) {
	p, err := scenarios.Topology(plant)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, w := range p.Workloads {
		all = append(all, w.ID)
	}
	return all, nil
}
