package main

import (
	"bufio"
	"context"
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
			answer, err := readAnswer(c.Context(), in)
			if err != nil {
				fmt.Fprintln(a.Stderr) // the shell's prompt gets a line of its own
				return err
			}
			asked = answer != "" && !a.accept(c, q.flag, answer, s)
		}
	}
	return nil
}

// readAnswer reads a line. Ctrl-C ends the waiting for it: nobody reads from the terminal after that.
func readAnswer(ctx context.Context, in *bufio.Reader) (string, error) {
	type answer struct {
		line string
		err  error
	}
	read := make(chan answer, 1)
	go func() {
		line, err := in.ReadString('\n')
		read <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case got := <-read:
		if errors.Is(got.err, io.EOF) && got.line == "" {
			return "", usage("the answers ended early")
		}
		return strings.TrimSpace(got.line), nil
	}
}

// accept takes an answer, or says why it makes no sense.
func (a *app) accept(c *cobra.Command, name, answer string, s *scenarios.Sketch) bool {
	flag := c.Flags().Lookup(name)
	old := flag.Value.String()
	err := flag.Value.Set(answer)
	if err != nil {
		err = fmt.Errorf("want a whole number, this is %q", answer) // the others take any text
	} else {
		err = s.Check()
	}
	if err != nil {
		fmt.Fprintf(a.Stderr, "  %s\n", strings.ReplaceAll(err.Error(), "\n", "\n  "))
		_ = flag.Value.Set(old)
	}
	return err == nil
}
