package main

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// Widths of help and lists: paragraphs never get wider than people like to read, and are narrow enough for any terminal
// where there is none to ask.
const (
	widestText = 96
	plainWidth = 80
)

// helpful has help fit the terminal. What goes into a pipe keeps a flag to a line, for grep.
func (a *app) helpful(root *cobra.Command) {
	show := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		var text bytes.Buffer
		c.SetOut(&text)
		show(c, args)
		c.SetOut(nil)
		width := terminalWidth(a.Stdout)
		about, usage, _ := strings.Cut(text.String(), "\nUsage:\n")
		if width > 0 {
			usage = folded(usage, min(width, widestText))
		}
		_, _ = io.WriteString(a.Stdout, filled(about, min(orElse(width, plainWidth), widestText))+"\nUsage:\n"+usage)
	})
}

// writeFolded writes a table that fits the terminal, if it is one.
func (a *app) writeFolded(table string) error {
	if width := terminalWidth(a.Stdout); width > 0 {
		table = folded(table, min(width, widestText))
	}
	_, err := io.WriteString(a.Stdout, table)
	return err
}

func orElse(width, other int) int {
	if width == 0 {
		return other
	}
	return width
}

// filled breaks paragraphs anew. Lines that are set in, such as commands, stay as they are.
func filled(text string, width int) string {
	var out []string
	for _, paragraph := range strings.Split(strings.TrimRight(text, "\n"), "\n\n") {
		var lines []string
		for _, line := range strings.Split(paragraph, "\n") {
			last := len(lines) - 1
			if strings.HasPrefix(line, " ") || last < 0 || strings.HasPrefix(lines[last], " ") {
				lines = append(lines, line)
				continue
			}
			lines[last] += " " + line
		}
		out = append(out, folded(strings.Join(lines, "\n"), width))
	}
	return strings.Join(out, "\n\n") + "\n"
}

// columns finds where the second column of a table's line begins: after a gap of two blanks or more.
var columns = regexp.MustCompile(`^ *\S.*? {2,}`)

// folded breaks lines that are wider than that between words, and goes on below their second column.
func folded(text string, width int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if utf8.RuneCountInString(line) <= width {
			continue
		}
		indent := utf8.RuneCountInString(columns.FindString(line))
		if begins := len(line) - len(strings.TrimLeft(line, " ")); begins > 0 && (indent == 0 || indent > width/2) {
			indent = begins + 4
		}
		lines[i] = fold(line, width, strings.Repeat(" ", indent))
	}
	return strings.Join(lines, "\n")
}

// fold breaks one line between words; what follows is set in.
func fold(line string, width int, indent string) string {
	var out strings.Builder
	column := 0
	for rest := line; rest != ""; {
		blanks := len(rest) - len(strings.TrimLeft(rest, " "))
		end := blanks + strings.IndexByte(rest[blanks:]+" ", ' ')
		word := rest[:end]
		rest = rest[end:]
		if n := utf8.RuneCountInString(word); column > 0 && column+n > width {
			out.WriteString("\n" + indent)
			column, word = len(indent), word[blanks:]
		}
		out.WriteString(word)
		column += utf8.RuneCountInString(word)
	}
	return out.String()
}
