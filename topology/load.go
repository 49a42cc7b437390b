package topology

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

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

// Load reads a plant from a file, or makes a built-in one by its name: "two-core", "leaf-spine:spines=4,hosts=8". A file
// of such a name is meant by "./two-core".
func Load(pathOrBuiltin string) (*Plant, error) {
	text, err := ReadText(pathOrBuiltin)
	if err != nil {
		return nil, err
	}
	return Parse(pathOrBuiltin, []byte(text))
}

// ReadText is the text of a topology file or built-in plant.
func ReadText(pathOrBuiltin string) (string, error) {
	if IsBuiltin(pathOrBuiltin) {
		return Text(pathOrBuiltin)
	}
	data, err := os.ReadFile(pathOrBuiltin)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read topology: no file %q, and no built-in topology of that name (%s)", pathOrBuiltin, strings.Join(shapeNames(), ", "))
	}
	if err != nil {
		return "", fmt.Errorf("read topology: %w", err)
	}
	return string(data), nil
}
