package finding

import (
	"fmt"
	"io"
	"strings"
)

func init() {
	register("markdown", "a comment on a pull request, or a step summary", writeMarkdown)
}

// mostInMarkdown keeps a comment below GitHub's limit of 65,536 characters, at some 300 a finding.
const mostInMarkdown = 100

func writeMarkdown(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### dcdrill %s\n\n**%s**\n", escapeMarkdown(r.title()), escapeMarkdown(r.Verdict()))
	for _, p := range r.parts() {
		if p.title != "" {
			fmt.Fprintf(&b, "\n#### %s\n", p.title)
		}
		b.WriteString("\n| | where | what |\n|---|---|---|\n")
		for i, f := range p.findings {
			if i == mostInMarkdown {
				fmt.Fprintf(&b, "| | | and %d more |\n", len(p.findings)-i)
				break
			}
			b.WriteString(f.row())
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "\n*%s*\n", escapeMarkdown(n))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// row is a finding's line in a table.
func (f *Finding) row() string {
	at := ""
	if f.Pos.Line > 0 {
		at = code(fmt.Sprintf("%s:%d", slashed(f.Pos.File), f.Pos.Line))
	}
	return fmt.Sprintf("| %s | %s | %s<br>%s |\n", f.word(), at, escapeMarkdown(f.sentences()), code(f.Fingerprint()))
}

// code is a code span in a table: a stroke ends a cell even there (GitHub Flavored Markdown, 4.10).
func code(s string) string { return "`" + strings.NewReplacer("`", "'", "|", `\|`).Replace(s) + "`" }

// escapeMarkdown keeps names with strokes and stars from becoming markup.
func escapeMarkdown(s string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "\n", " ").Replace(s)
}
