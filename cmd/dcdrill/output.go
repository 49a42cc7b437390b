package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// parseOutput reads FORMAT or FORMAT=FILE.
func parseOutput(text string) (output, error) {
	name, file, _ := strings.Cut(text, "=")
	kind, ok := report.Formats.Lookup(name)
	if !ok {
		hint := yamlfile.Suggest(name, report.Formats.Names())
		if hint == "" {
			hint = "there are " + strings.Join(report.Formats.Names(), ", ")
		}
		return output{}, usage("no report format %q, %s", name, hint)
	}
	return output{kind.New(), file}, nil
}

// fixed completes from a list of words.
func fixed(words ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
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
