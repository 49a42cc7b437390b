package foreign

import (
	"regexp"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// variable is $NAME or ${NAME}, with a default after := or :- or = or -.
var variable = regexp.MustCompile(`\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[=-])([^}]*))?\})`)

// text is a scalar with its variables put in.
func (im *clab) text(n *yamlfile.Node) string { return im.expand(n.Text(), n.Pos()) }

// expand puts variables in. One that is not set and has no default is a problem: a name cannot be guessed.
func (im *clab) expand(s string, at yamlfile.Pos) string {
	return variable.ReplaceAllStringFunc(s, func(found string) string {
		m := variable.FindStringSubmatch(found)
		name := m[1] + m[2]
		value, set := im.env(name)
		switch {
		case set && (value != "" || m[3] == "=" || m[3] == "-"):
			return value
		case m[3] != "":
			return m[4]
		case set:
			return ""
		}
		im.ps.Add(at, "set it, or give it a default: ${"+name+":=...}", "the variable %s is not set", name)
		return found
	})
}
