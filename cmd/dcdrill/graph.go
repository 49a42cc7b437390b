package main

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/topology"
)

func (a *app) graphCommand() *cobra.Command {
	var format, file string
	c := &cobra.Command{
		Use:   "graph TOPOLOGY",
		Short: "Draw a plant: cores on top, with bonds, speeds and networks",
		Example: `  dcdrill graph two-core -o two-core.svg
  dcdrill graph mine.yaml --format mermaid`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: names(scenarios.Topologies),
		RunE: func(c *cobra.Command, args []string) error {
			if ending := file[strings.LastIndexByte(file, '.')+1:]; !c.Flags().Changed("format") && slices.Contains(topology.Formats(), ending) {
				format = ending
			}
			if !slices.Contains(topology.Formats(), format) {
				return usage("no picture format %q: there are %s", format, strings.Join(topology.Formats(), ", "))
			}
			plant, err := scenarios.Topology(args[0])
			if err != nil {
				return err
			}
			if file == "" {
				return topology.Draw(a.Stdout, plant, format)
			}
			return writeFile(file, func(w io.Writer) error { return topology.Draw(w, plant, format) })
		},
	}
	c.Flags().StringVar(&format, "format", "svg", strings.Join(topology.Formats(), ", ")+"; the ending of the file says it too")
	c.Flags().StringVarP(&file, "output", "o", "", "`FILE` to write instead of standard output")
	_ = c.RegisterFlagCompletionFunc("format", fixed(topology.Formats()...))
	return c
}
