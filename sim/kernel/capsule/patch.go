package capsule

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

// patches are what Linux 6.12 lacks. Each says why.
//
//go:embed patches/*.patch
var patches embed.FS

// patchesIn are the patches in their order.
func patchesIn(from fs.FS) ([]string, error) { return fs.Glob(from, "patches/*.patch") }

// patched unpacks sources and changes them. A tree that somebody named is theirs, and is built as it is.
func (s source) patched(ctx context.Context, say *steps, into string) (tree string, err error) {
	tree, err = s.unpack(ctx, say, into)
	if err != nil || s.theirs {
		return tree, err
	}
	all, err := patchesIn(patches)
	if err != nil {
		return "", err
	}
	for _, name := range all {
		text, err := patches.ReadFile(name)
		if err == nil {
			err = applyPatch(text, tree)
		}
		if err != nil {
			return "", fmt.Errorf("apply %s: %w", filepath.Base(name), err)
		}
	}
	return tree, nil
}

// applyPatch changes the files of a tree. One that does not fit is an error: this source is of another version.
func applyPatch(text []byte, tree string) error {
	files, _, err := gitdiff.Parse(bytes.NewReader(text))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("it changes nothing")
	}
	for _, f := range files {
		if err := applyTo(filepath.Join(tree, f.NewName), f); err != nil {
			return fmt.Errorf("change %s: %w", f.NewName, err)
		}
	}
	return nil
}

// applyTo changes one file, or makes it.
func applyTo(path string, f *gitdiff.File) error {
	var old []byte
	if !f.IsNew {
		var err error
		if old, err = os.ReadFile(path); err != nil {
			return err
		}
	}
	var changed bytes.Buffer
	if err := gitdiff.Apply(&changed, bytes.NewReader(old), f); err != nil {
		return err
	}
	return os.WriteFile(path, changed.Bytes(), 0o644)
}
