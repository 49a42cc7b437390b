package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/report"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// parseOutput reads FORMAT or FORMAT=FILE.
func parseOutput(text string) (output, error) {
	format, file, err := parseFormat(report.Formats, "report format", text)
	return output{format, file}, err
}

// parseFormat reads FORMAT or FORMAT=FILE, of formats that sort is the word for.
func parseFormat[T any](formats *sim.Registry[T], sort, text string) (format T, file string, err error) {
	name, file, _ := strings.Cut(text, "=")
	kind, ok := formats.Lookup(name)
	if !ok {
		hint := yamlfile.Suggest(name, formats.Names())
		if hint == "" {
			hint = "there are " + strings.Join(formats.Names(), ", ")
		}
		return format, "", usage("no %s %q, %s", sort, name, hint)
	}
	return kind.New(), file, nil
}

// writable finds before anything is done that the folder of a file is not there; no file is standard output.
func writable(file string) error {
	if file == "" {
		return nil
	}
	if _, err := os.Stat(filepath.Dir(file)); err != nil {
		return usage("write report: %w", err)
	}
	return nil
}
