package finding

import (
	"path/filepath"
	"strings"
)

// slashed is a file as CI systems name it: with strokes, and without ./ before it.
func slashed(file string) string { return strings.TrimPrefix(filepath.ToSlash(file), "./") }
