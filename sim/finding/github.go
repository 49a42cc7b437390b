package finding

import (
	"fmt"
	"io"
	"strings"
)

func init() {
	register("github", "annotations of GitHub Actions, at the lines in question", writeGitHub)
}

// annotations are the workflow commands for our severities (docs.github.com, "Workflow commands").
var annotations = map[Severity]string{Error: "error", Warning: "warning", Note: "notice"}

// GitHub reads commands a line each, so what would end a line or a property is written as in a URL.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func writeGitHub(w io.Writer, r *Report) error {
	var b strings.Builder
	for _, f := range r.shown() {
		b.WriteString("::" + annotations[f.Severity] + " ")
		if f.Pos.Line > 0 {
			fmt.Fprintf(&b, "file=%s,line=%d,col=%d,", escapeProperty.Replace(slashed(f.Pos.File)), f.Pos.Line, f.Pos.Col)
		}
		fmt.Fprintf(&b, "title=%s::%s\n", escapeProperty.Replace("dcdrill "+f.Rule), escapeData.Replace(f.sentences()))
	}
	b.WriteString(escapeData.Replace(r.Verdict()) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}
