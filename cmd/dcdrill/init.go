package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
)

func (a *app) initCommand() *cobra.Command {
	var s scenarios.Sketch
	var folder string
	var force, yes bool
	c := &cobra.Command{
		Use:   "init",
		Short: "Ask five questions and write a topology and a scenario that run",
		Long: `Ask five questions and write a topology and a scenario that run. Flags answer questions beforehand; without a
terminal, or with --yes, what no flag answers takes its default.`,
		Example: `  dcdrill init
  dcdrill init --yes --name houston --hosts 12 --fault 'reboot: core'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !yes && terminal(a.Stdin) {
				if err := a.interview(c, &s); err != nil {
					return err
				}
			}
			plant, scenario, err := s.Draw()
			if err != nil {
				return usage("%w", err)
			}
			return a.plantFiles(folder, force, map[string]string{
				s.Name + ".yaml": plant, s.Name + "-drill.yaml": scenario,
			}, s.Name)
		},
	}
	sketchFlags(c, &s)
	flags := c.Flags()
	flags.StringVar(&folder, "dir", ".", "folder to write to")
	flags.BoolVar(&force, "force", false, "write over files that are there")
	flags.BoolVarP(&yes, "yes", "y", false, "ask nothing")
	return c
}

// sketchFlags adds a flag for every question.
func sketchFlags(c *cobra.Command, s *scenarios.Sketch) {
	flags := c.Flags()
	flags.StringVar(&s.Name, "name", "mine", "what the data centre is called")
	flags.IntVar(&s.Cores, "cores", 2, "core switches, 1 or 2")
	flags.IntVar(&s.Hosts, "hosts", 4, "hosts, each wired to every core")
	flags.StringVar(&s.Storage, "storage", "yes", "storage behind the cores: yes or no")
	flags.StringVar(&s.Fault, "fault", "reboot: core", "what goes wrong")
}

// plantFiles writes the two files, and says what to do with them.
func (a *app) plantFiles(folder string, force bool, files map[string]string, name string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return usage("make folder: %w", err)
	}
	for file := range files {
		path := filepath.Join(folder, file)
		if _, err := os.Stat(path); err == nil && !force {
			return &hinted{usage("%s is there already", path), "--force writes over it"}
		}
	}
	for file, text := range files {
		err := writeFile(filepath.Join(folder, file), func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		})
		if err != nil {
			return err
		}
	}
	plant, scenario := filepath.Join(folder, name+".yaml"), filepath.Join(folder, name+"-drill.yaml")
	fmt.Fprintf(a.Stdout, "wrote %s (the plant) and %s (what goes wrong)\nnext:  dcdrill run %s\n", plant, scenario, scenario)
	return nil
}
