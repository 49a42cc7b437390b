package sweep

import (
	"slices"
	"strings"

	"github.com/dcdrill/dcdrill/sim/report"
)

// row is a cut set as the text shows it, or several that differ in the number of one node only.
type row struct {
	size    int
	what    string
	members int // that are cut by each
	several bool
}

// bunch gathers cut sets that read the same but for the number of a node.
type bunch struct {
	size    int
	pattern string
	members int
	ids     []string
}

// star stands for the number that differs; it cannot be part of a name.
const star = "*"

// fold makes rows of cut sets, and gives the names of ends that are cut by their own loss apart.
func fold(cuts []Cut) (rows []row, ends []string) {
	var order []*bunch
	at := map[bunchKey]*bunch{}
	for _, c := range cuts {
		if c.End {
			ends = append(ends, c.Fates[0].Elements[0].ID)
			continue
		}
		pattern, id := starred(c.Fates)
		key := bunchKey{pattern, len(c.Members)}
		if at[key] == nil {
			at[key] = &bunch{size: len(c.Fates), pattern: pattern, members: len(c.Members)}
			order = append(order, at[key])
		}
		at[key].ids = append(at[key].ids, id)
	}
	for _, b := range order {
		rows = append(rows, b.rows()...)
	}
	return rows, ends
}

type bunchKey struct {
	pattern string
	members int
}

// starred puts a star for the node whose links a cut set is about, or without links for its only node:
// core1 + link *:vmnic3.
func starred(fates []*Fate) (pattern, id string) {
	nodes, owners := map[string]bool{}, map[string]bool{}
	for _, f := range fates {
		e := f.Elements[0]
		name, _, atPort := strings.Cut(e.ID, ":")
		switch {
		case e.Kind == Node:
			nodes[name] = true
		case e.Kind == Link && atPort:
			owners[name] = true
		}
	}
	if len(owners) == 0 {
		owners = nodes
	}
	text := together(fates)
	if len(owners) != 1 {
		return text, ""
	}
	for only := range owners {
		id = only
	}
	return replaceName(text, id), id
}

// replaceName puts the star for whole names only: hv1, not that of hv10.
func replaceName(text, id string) string {
	words := strings.Split(text, " ")
	for i, w := range words {
		if name, _, _ := strings.Cut(strings.TrimLeft(w, "("), ":"); strings.TrimRight(name, "),") == id {
			words[i] = strings.Replace(w, id, star, 1)
		}
	}
	return strings.Join(words, " ")
}

// rows are a bunch's, one for each unbroken range of numbers.
func (b *bunch) rows() []row {
	if b.ids[0] == "" {
		return []row{{b.size, b.pattern, b.members, false}}
	}
	var rows []row
	for _, names := range report.Fold(slices.Clone(b.ids)) {
		rows = append(rows, row{b.size, strings.ReplaceAll(b.pattern, star, names), b.members, strings.Contains(names, "[")})
	}
	return rows
}
