package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcdrill/dcdrill/scenarios"
)

// question is one of those that init asks; flag is where its answer goes.
type question struct{ flag, text string }

var questions = []question{
	{"name", "What is the data centre called?"},
	{"cores", "How many core switches has it, 1 or 2?"},
	{"hosts", "How many hosts hang on them?"},
	{"storage", "Is there storage behind the cores (yes or no)?"},
	{"fault", "What goes wrong?"},
}

// interview asks what no flag has answered. An empty answer takes the default, one that makes no sense is asked again.
func (a *app) interview(c *cobra.Command, s *scenarios.Sketch) error {
	in := bufio.NewReader(a.Stdin)
	for _, q := range questions {
		flag := c.Flags().Lookup(q.flag)
		if flag.Changed {
			continue
		}
		for asked := true; asked; {
			fmt.Fprintf(a.Stderr, "%s [%s] ", q.text, flag.DefValue)
			line, err := in.ReadString('\n')
			if errors.Is(err, io.EOF) && line == "" {
				return usage("the answers ended early")
			}
			answer := strings.TrimSpace(line)
			asked = false
			if answer == "" {
				continue
			}
			old := flag.Value.String()
			if err := errors.Join(flag.Value.Set(answer), s.Check()); err != nil {
				fmt.Fprintf(a.Stderr, "  %s\n", err)
				_ = flag.Value.Set(old)
				asked = true
			}
		}
	}
	return nil
}
