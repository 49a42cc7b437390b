package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestFoldedKeepsColumns(t *testing.T) {
	const table = "  run      Play a scenario and give the two answers\n  at       short\nNo column at all but words and words"
	assert.Equal(t, "  run      Play a scenario\n           and give the two\n           answers\n  at       short\nNo column at all but words\nand words", folded(table, 28))
	assert.Equal(t, "  dcdrill run mine.yaml\n      --report junit=junit.xml", folded("  dcdrill run mine.yaml --report junit=junit.xml", 31), "what goes on is set in")
	assert.Equal(t, "unbreakablewordofmanyletters x", folded("unbreakablewordofmanyletters x", 40))
	assert.Equal(t, "a\nunbreakablewordofmanyletters\nx", folded("a unbreakablewordofmanyletters x", 10))
}

func TestFilledBreaksParagraphsAnew(t *testing.T) {
	assert.Equal(t, "one two three\nfour five\n\nsix\n", filled("one two\nthree four five\n\nsix\n", 14))
	assert.Equal(t, "see\n  # a line as it is\n", filled("see\n  # a line as it is\n", 80), "commands stay")
}

// TestHelpFitsANarrowTerminal folds the help of every command, as a terminal of 80 columns has it done.
func TestHelpFitsANarrowTerminal(t *testing.T) {
	for _, line := range strings.Fields("try run verify sweep check diff report drill init import validate list explain show graph schema up exec shell inject heal capture doctor capsule version") {
		p := command(t.Context(), line, "--help")
		assert.Zero(t, p.code, line)
		about, usage, found := strings.Cut(p.out, "\nUsage:\n")
		assert.True(t, found, line)
		for _, l := range strings.Split(about+"\n"+folded(usage, 80), "\n") {
			if len(strings.Fields(l)) > 1 { // one long word cannot be broken
				assert.LessOrEqual(t, utf8.RuneCountInString(l), 80, "%s: %s", line, l)
			}
		}
	}
}
