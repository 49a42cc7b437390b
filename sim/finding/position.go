package finding

import (
	"os"
	"path/filepath"
	"strings"
)

// slashed is a file as CI systems name it: with strokes, relative to where the program runs, and without ./ before it.
func slashed(file string) string {
	if here, err := os.Getwd(); filepath.IsAbs(file) && err == nil {
		if inside, err := filepath.Rel(here, file); err == nil && filepath.IsLocal(inside) {
			file = inside
		}
	}
	return strings.TrimPrefix(filepath.ToSlash(file), "./")
}
