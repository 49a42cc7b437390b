package main

import (
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

func (a *app) showCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME",
		Short: "Print a built-in scenario or topology, to be copied and changed",
		Example: `  dcdrill show two-core > mine.yaml
  dcdrill show leaf-spine:spines=4,leaves=8`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: names(builtins),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := builtin(args[0])
			if err != nil {
				return err
			}
			_, err = io.WriteString(a.Stdout, text)
			return err
		},
	}
}

func builtins() []string { return slices.Concat(scenarios.Names(), scenarios.Topologies()) }

// editors is the line by which they know what a file is, once dcdrill schema has written the schema beside it.
func editors(schema string) string {
	return "# yaml-language-server: $schema=" + schema + ".schema.json\n"
}

// builtin finds the text of what is built in under a name.
func builtin(name string) (string, error) {
	if text, ok := scenarios.Text(name); ok {
		return editors("scenario") + text, nil
	}
	if topology.IsBuiltin(name) {
		text, err := topology.Text(name)
		if err != nil {
			return "", &usageError{err}
		}
		return editors("topology") + text, nil
	}
	hint := yamlfile.Suggest(name, builtins())
	if slices.Contains(wordNames(glossary()), name) {
		hint = "dcdrill explain " + name
	}
	if hint == "" {
		hint = "see dcdrill list"
	}
	return "", &hinted{usage("nothing called %q is built in", name), hint}
}
