package scenarios

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// source is a scenario's text and where it came from.
type source struct {
	name string // for errors
	dir  string // for the files it names
	data []byte
}

// scenarioSource finds a scenario: what looks like a file is one, else a built-in of that name, else a file after all.
func scenarioSource(nameOrPath string) (source, error) {
	if !looksLikeFile(nameOrPath) {
		if data, err := library.ReadFile("library/" + nameOrPath + ".yaml"); err == nil {
			return source{name: nameOrPath, data: data}, nil
		}
	}
	data, err := readFile(nameOrPath)
	if err != nil {
		return source{}, missing(yamlfile.Pos{}, "scenario", nameOrPath, Names(), err)
	}
	return source{name: nameOrPath, dir: filepath.Dir(nameOrPath), data: data}, nil
}

// rootOf reads a scenario as typed.
func rootOf(nameOrPath string) (*yamlfile.Node, error) {
	src, err := scenarioSource(nameOrPath)
	if err != nil {
		return nil, err
	}
	return yamlfile.Parse(src.name, src.data)
}

// mistaken says that what was given as a scenario is something else; nil where it may be one.
func mistaken(root *yamlfile.Node, name string) error {
	var ps yamlfile.Problems
	switch at := (yamlfile.Pos{File: name}); {
	case root.Kind() == yamlfile.Null:
		ps.Add(at, "want a scenario (name, topology, timeline...)", "this is empty")
	case root.Kind() != yamlfile.Map:
		ps.Add(at, "", "want a scenario (name, topology, timeline...), this is %s", root.Kind())
	case isTopology(root):
		ps.Add(at, "break it with: dcdrill try "+name+" 'reboot: NODE'", "this is a topology, no scenario")
	}
	return ps.Err()
}

func looksLikeFile(name string) bool {
	ext := filepath.Ext(name)
	return strings.ContainsAny(name, `/\`) || ext == ".yaml" || ext == ".yml"
}

// readFile reads a file, and of one that is too big just enough to see that.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, yamlfile.MaxSize+1))
}

// missing says what could not be read, at the place that names it; where a built-in may have been meant, which.
func missing(at yamlfile.Pos, sort, name string, have []string, err error) error {
	var ps yamlfile.Problems
	if !errors.Is(err, fs.ErrNotExist) || looksLikeFile(name) {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		ps.Add(at, "", "read %s: %s", name, err)
		return ps.Err()
	}
	_, scenario := Text(name)
	switch {
	case sort == "topology" && scenario:
		ps.Add(at, "play it with: dcdrill run "+name, "%s is a scenario, no topology", name)
	case sort == "scenario" && topology.IsBuiltin(name):
		ps.Add(at, "break it with: dcdrill try "+name+" 'reboot: NODE'", "%s is a topology, no scenario", name)
	default:
		ps.Add(at, suggest(name, have, plurals[sort]), "no built-in %s and no file %q", sort, name)
	}
	return ps.Err()
}

var plurals = map[string]string{"scenario": "scenarios", "topology": "topologies"}
