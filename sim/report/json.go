package report

import (
	"encoding/json"
	"fmt"
	"io"
)

func init() {
	register("json", "for programs, with schema "+Schema, writeJSON)
}

func writeJSON(w io.Writer, r *Report, _ Style) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	if err := out.Encode(r); err != nil {
		return fmt.Errorf("write json report: %w", err)
	}
	return nil
}
