package yamlfile

import (
	"fmt"

	"github.com/goccy/go-yaml/token"
)

// Limits of a file: beyond them it is not a plant but an attack or a mistake.
const (
	// MaxSize in bytes. 1,000 nodes spelled out by hand are 150 KB; the parser's time grows with the square of the
	// size (measured: 400 KB of short maps took 1.7 s).
	MaxSize = 1 << 20
	// MaxDepth of nesting: the parser recurses.
	MaxDepth = 64
	// MaxNodes once aliases are followed.
	MaxNodes = 1 << 18
)

// nesting finds a place where values are nested too deeply, before the recursive parser sees it: brackets, and what
// can be stacked on one line ("- - - x", anchors, tags).
func nesting(tokens token.Tokens) (*token.Position, error) {
	depth, run, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			run, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			run++
		case token.CollectEntryType:
			run = 0
		}
		if depth > MaxDepth || run > MaxDepth || t.Position.IndentLevel > MaxDepth {
			return t.Position, fmt.Errorf("nested more than %d deep", MaxDepth)
		}
	}
	return nil, nil
}
