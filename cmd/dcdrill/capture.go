package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/sim/kernel/capture"
)

func (a *app) captureCommand() *cobra.Command {
	var run, file string
	c := &cobra.Command{
		Use:   "capture LINK",
		Short: "Capture both ends of a link of a plant that stands into a pcapng file, until Ctrl-C",
		Long: `Capture both ends of a link of a plant that stands into a pcapng file, until Ctrl-C. Each end is an interface of the
file: a frame that got through is there twice, one that was lost on the way once.`,
		Example: `  dcdrill capture stor-a -o stor-a.pcapng
  dcdrill capture core1:Ethernet1/31 -o - | tshark -r -`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			via, err := control(run)
			if err != nil {
				return err
			}
			out := &captureFile{name: file, stdout: a.Stdout}
			err = capture.Run(c.Context(), via, args[0], out, func() {
				if file != "-" {
					fmt.Fprintf(a.Stderr, "capturing %s into %s until Ctrl-C\n", args[0], file)
				}
			})
			if out.to == nil && err != nil {
				err = &usageError{err} // nothing came: there is no such link
			}
			return errors.Join(err, out.close())
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "capture.pcapng", "`FILE` to write, - for standard output")
	addRun(c, &run)
	return c
}

// captureFile is where a capture goes: a file that is made once there is something to write, so that a link that is none
// costs nobody the last capture.
type captureFile struct {
	name   string // - is standard output
	stdout io.Writer
	to     io.Writer
	file   *os.File
}

func (c *captureFile) Write(data []byte) (int, error) {
	if c.to == nil && c.name == "-" {
		c.to = c.stdout
	}
	if c.to == nil {
		file, err := os.Create(c.name)
		if err != nil {
			return 0, &usageError{err}
		}
		c.to, c.file = file, file
	}
	return c.to.Write(data)
}

func (c *captureFile) close() error {
	if c.file == nil {
		return nil
	}
	return c.file.Close()
}
