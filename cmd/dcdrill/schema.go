package main

import (
	"encoding/json"

	"github.com/invopop/jsonschema"
	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim/gate"
)

func (a *app) schemaCommand() *cobra.Command {
	schemas := map[string]func() *jsonschema.Schema{"scenario": scenarios.Schema, "topology": scenarios.TopologySchema, "policy": gate.Schema}
	return &cobra.Command{
		Use:   "schema topology|scenario|policy",
		Short: "Print the JSON Schema of files, for editors",
		Long: `Print the JSON Schema of files, for editors. With yaml-language-server a file that begins with
  # yaml-language-server: $schema=topology.schema.json
is completed and checked as you type.`,
		Example:   `  dcdrill schema topology > topology.schema.json`,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"topology", "scenario", "policy"},
		RunE: func(_ *cobra.Command, args []string) error {
			out := json.NewEncoder(a.Stdout)
			out.SetIndent("", "  ")
			out.SetEscapeHTML(false)
			return out.Encode(schemas[args[0]]())
		},
	}
}
