package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/dcdrill/dcdrill"

// layers lists what each part of the tree may import of the project; a
// package has the rule of its longest prefix here. The order is the
// architecture: topology <- sim <- kinds and worlds <- scenarios <- cmd.
var layers = []struct {
	prefix string
	may    []string
}{
	{"topology/yamlfile", nil},
	{"topology", []string{"topology"}},
	{"sim/proto", []string{"topology", "sim"}},
	{"sim/fault", []string{"topology", "sim"}},
	{"sim/workload", []string{"topology", "sim", "sim/proto", "sim/guestdisk", "sim/service"}},
	{"sim/recovery", []string{"topology", "sim"}},
	{"sim/check", []string{"topology", "sim"}},
	{"sim/report", []string{"topology", "sim"}},
	{"sim/model", []string{"topology", "sim", "sim/proto"}},
	{"sim/kernel", []string{"topology", "sim", "sim/proto", "sim/blockdev", "sim/model", "sim/kernel"}},
	{"sim/blockdev", []string{"topology", "sim", "sim/proto"}},
	{"sim/service", []string{"topology", "sim", "sim/guestdisk"}},
	{"sim/guestdisk", []string{"topology", "sim"}},
	{"sim/prediction", []string{"topology", "sim"}},
	{"sim/sweep", []string{"topology", "sim", "sim/prediction", "sim/report", "sim/finding"}},
	{"sim/finding", []string{"topology", "sim", "sim/report"}},
	{"sim/gate", []string{"topology", "sim", "sim/proto", "sim/prediction", "sim/report", "sim/finding", "sim/sweep"}},
	{"sim/live", []string{"topology", "sim", "sim/report"}},
	{"sim/drill", []string{"topology", "sim", "sim/live", "sim/recovery", "sim/report"}},
	{"sim/simtest", []string{"topology", "sim"}},
	{"sim", []string{"topology"}},
	{"scenarios", []string{"topology", "sim", "sim/fault", "sim/workload", "sim/recovery", "sim/check", "sim/drill", "sim/model"}},
	{"cmd/dcdrill", []string{"topology", "sim", "scenarios"}},
}

// banned are names of packages that say nothing about what is inside.
var banned = []string{"util", "utils", "common", "helpers", "helper", "lib", "misc", "internal", "types"}

// longest is the most lines a function of the program may have: beyond that it is doing two things.
const longest = 60

func TestImportsRunOneWay(t *testing.T) {
	for _, f := range sources(t) {
		for _, i := range f.tree.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			require.NoError(t, err)
			if inside, ours := strings.CutPrefix(path, module+"/"); ours && inside != f.folder && !allowed(f.folder, inside) {
				t.Errorf("%s imports %s: %s may not know it", f.name, inside, f.folder)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	docs := map[string]int{}
	for _, f := range sources(t) {
		docs[f.folder] += 0
		if f.tree.Doc != nil {
			docs[f.folder]++
		}
		for _, word := range banned {
			if filepath.Base(f.folder) == word {
				t.Errorf("package name %q says nothing", f.folder)
			}
		}
	}
	for folder, n := range docs {
		if n != 1 {
			t.Errorf("%s has %d package comments, want 1", folder, n)
		}
	}
}

func TestFunctionsAreShort(t *testing.T) {
	for _, f := range sources(t) {
		for _, d := range f.tree.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			from, to := f.files.Position(fn.Pos()), f.files.Position(fn.End())
			if lines := to.Line - from.Line + 1; lines > longest {
				t.Errorf("%s:%d: %s has %d lines, at most %d", f.name, from.Line, fn.Name.Name, lines, longest)
			}
		}
	}
}

func TestEveryExportedNameIsDocumented(t *testing.T) {
	for _, f := range sources(t) {
		for _, d := range f.tree.Decls {
			for name, doc := range declared(d) {
				if ast.IsExported(name) && doc == "" {
					t.Errorf("%s: %s is exported and has no comment", f.name, name)
				}
			}
		}
	}
}

// declared lists the names that a declaration of a file makes, with their comments. Methods count where their type is
// exported and they are more than one word about it, such as the name of an event's kind.
func declared(d ast.Decl) map[string]string {
	names := map[string]string{}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil || exportedReceiver(d.Recv.List[0].Type) && !oneWord(d) {
			names[d.Name.Name] = d.Doc.Text()
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names[s.Name.Name] = s.Doc.Text() + d.Doc.Text()
			case *ast.ValueSpec:
				for _, n := range s.Names {
					names[n.Name] = s.Doc.Text() + s.Comment.Text() + d.Doc.Text()
				}
			}
		}
	}
	return names
}

// oneWord says whether a method takes nothing and returns a constant.
func oneWord(d *ast.FuncDecl) bool {
	if d.Body == nil || len(d.Body.List) != 1 || d.Type.Params.NumFields() > 0 {
		return false
	}
	r, ok := d.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(r.Results) != 1 {
		return false
	}
	_, constant := r.Results[0].(*ast.BasicLit)
	return constant
}

func exportedReceiver(t ast.Expr) bool {
	switch t := t.(type) {
	case *ast.StarExpr:
		return exportedReceiver(t.X)
	case *ast.IndexExpr:
		return exportedReceiver(t.X)
	case *ast.Ident:
		return t.IsExported()
	}
	return false
}

func allowed(folder, imported string) bool {
	for _, layer := range layers {
		if folder == layer.prefix || strings.HasPrefix(folder, layer.prefix+"/") {
			return mayImport(folder, layer.may, imported)
		}
	}
	return false
}

// mayImport lets a layer import what is listed and its own parts; "sim" lists sim itself, cmd all below what it lists.
func mayImport(folder string, may []string, imported string) bool {
	for _, m := range may {
		if imported == m || strings.HasPrefix(imported, m+"/") && (m == "topology" || m == "sim/kernel" || folder == "cmd/dcdrill") {
			return true
		}
	}
	return false
}

type source struct {
	name, folder string
	files        *token.FileSet
	tree         *ast.File
}

// sources parses every Go file of the program, tests left out.
func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files := token.NewFileSet()
		tree, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		all = append(all, source{name, filepath.ToSlash(filepath.Dir(name)), files, tree})
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}
