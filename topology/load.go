package topology

import (
	"fmt"
	"os"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Parse builds a plant from a file's text; name is the file's in errors, which are yamlfile.Problems.
func Parse(name string, data []byte) (*Plant, error) {
	n, err := yamlfile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	return FromNode(n)
}

// Load reads a plant from a file, or makes a built-in one by its name.
func Load(pathOrBuiltin string) (*Plant, error) {
	data, err := os.ReadFile(pathOrBuiltin)
	if err != nil {
		return nil, fmt.Errorf("read topology: %w", err)
	}
	return Parse(pathOrBuiltin, data)
}
