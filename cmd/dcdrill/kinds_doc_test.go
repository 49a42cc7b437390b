package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

var rewriteDocs = flag.Bool("rewrite-docs", false, "write docs/kinds.md anew from the registries")

// TestKindsAreDocumented keeps docs/kinds.md what the registries say: every kind with its fields.
func TestKindsAreDocumented(t *testing.T) {
	const file = "../../docs/kinds.md"
	var want bytes.Buffer
	want.WriteString("# Faults, workloads and checks\n\nMade from the program: `go test ./cmd/dcdrill -run Documented -rewrite-docs`.\n" +
		"A field marked * must be given; where a kind has a field marked =, a scalar or list in place of the map is that field.\n")
	describe(&want, "Faults", sim.Faults)
	describe(&want, "Workloads", sim.Workloads)
	describe(&want, "Checks", sim.Checks)
	if *rewriteDocs {
		require.NoError(t, os.WriteFile(file, want.Bytes(), 0o644))
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, want.String(), string(got))
}

// TestThePictureIsOurs keeps the README's picture what the program draws.
func TestThePictureIsOurs(t *testing.T) {
	want, err := os.ReadFile("../../docs/two-core.svg")
	require.NoError(t, err)
	plant, err := topology.Load("two-core")
	require.NoError(t, err)
	var got bytes.Buffer
	require.NoError(t, topology.Draw(&got, plant, "svg"))
	assert.Equal(t, string(want), got.String(), "dcdrill graph two-core -o docs/two-core.svg")
}

func describe[T any](out *bytes.Buffer, title string, kinds *sim.Registry[T]) {
	fmt.Fprintf(out, "\n## %s\n", title)
	for _, k := range kinds.Kinds() {
		fmt.Fprintf(out, "\n### %s\n\n%s.\n", k.Name, upperFirst(k.Doc))
		for i, f := range yamlfile.Fields(k.New()) {
			if i == 0 {
				out.WriteString("\n| field | meaning |\n|---|---|\n")
			}
			mark := ""
			if f.Required {
				mark += "*"
			}
			if f.Scalar {
				mark += " ="
			}
			fmt.Fprintf(out, "| `%s`%s | %s |\n", f.Key, mark, strings.ReplaceAll(f.Doc, "|", "or"))
		}
	}
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
