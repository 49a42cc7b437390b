package main

import (
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/topology"
)

// pictureEndings are the endings of files, by the formats that they mean.
var pictureEndings = map[string]string{
	"svg": "svg", "dot": "dot", "gv": "dot", "mermaid": "mermaid", "mmd": "mermaid",
}

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
			if ending := strings.TrimPrefix(filepath.Ext(file), "."); ending != "" && !c.Flags().Changed("format") {
				format = pictureEndings[ending]
				if format == "" {
					return &hinted{usage("no picture format for %s: there are .svg, .dot and .mmd", file), "rsvg-convert makes .png and .pdf of an .svg"}
				}
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
