package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/report"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of the program and of what it writes",
		Args:  cobra.NoArgs,
		Run: func(*cobra.Command, []string) {
			fmt.Fprintf(a.Stdout, "dcdrill %s (%s, %s/%s), log %s, report %s\n",
				version, runtime.Version(), runtime.GOOS, runtime.GOARCH, sim.Format, report.Schema)
		},
	}
}
