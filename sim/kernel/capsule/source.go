package capsule

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// Package is Debian's, with the sources of the kernel that capsule.config was written for.
const Package = "linux-source-6.12"

// source is where a kernel's sources come from.
type source struct {
	name string // for people, and for the cache's key
	// unpack makes the tree in an empty folder, or says where it already is.
	unpack func(ctx context.Context, s *steps, into string) (tree string, err error)
	needs  []tool
	theirs bool // a tree that somebody named: it is read only
}

// find looks for sources: a tree or an archive that was named, what the installed package has left in /usr/src, or the
// package itself, which needs no root.
func find(ctx context.Context, named string) (source, error) {
	if named != "" {
		return fromNamed(named)
	}
	archive := filepath.Join("/usr/src", Package+".tar.xz")
	if _, err := os.Stat(archive); err == nil {
		return fromArchive(archive, archive)
	}
	return fromPackage(ctx)
}

func fromNamed(path string) (source, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return source{}, err
	}
	info, err := os.Stat(full)
	switch {
	case err != nil:
		return source{}, fmt.Errorf("find kernel source: %w", err)
	case !info.IsDir():
		return fromArchive(full, full)
	}
	if _, err := os.Stat(filepath.Join(full, "arch/um/Makefile")); err != nil {
		return source{}, fmt.Errorf("find kernel source: %s is no tree of Linux: %w", path, err)
	}
	tree := func(context.Context, *steps, string) (string, error) { return full, nil }
	return source{name: full, unpack: tree, theirs: true}, nil
}

// fromArchive names an archive by its size and time too: a package that was upgraded leaves another of the same name.
func fromArchive(path, name string) (source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return source{}, fmt.Errorf("find kernel source: %w", err)
	}
	name = fmt.Sprintf("%s (%d octets, %s)", name, info.Size(), info.ModTime().UTC().Format("2006-01-02 15:04:05"))
	unpack := func(ctx context.Context, s *steps, into string) (string, error) {
		if err := s.run(ctx, "unpack "+filepath.Base(path), into, "tar", "--extract", "--file", path); err != nil {
			return "", err
		}
		return treeIn(into)
	}
	return source{name: name, unpack: unpack, needs: []tool{tar, xz}}, nil
}

// fromPackage takes the version of the package that the machine's lists name.
func fromPackage(ctx context.Context) (source, error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return source{}, &box.Unavailable{
			What:   "this machine has no packages of Debian to take the kernel's source from",
			Remedy: "dcdrill capsule build --source TREE, with a tree or an archive of Linux 6.12",
		}
	}
	out, err := exec.CommandContext(ctx, "apt-cache", "policy", Package).Output()
	version := candidate(string(out))
	if err != nil || version == "" {
		return source{}, &box.Unavailable{
			What:   "the package lists of this machine have no " + Package,
			Remedy: "sudo apt-get update, or dcdrill capsule build --source TREE, with a tree or an archive of Linux 6.12", Err: err,
		}
	}
	unpack := func(ctx context.Context, s *steps, into string) (string, error) {
		return download(ctx, s, into, version)
	}
	return source{name: Package + " " + version, unpack: unpack, needs: []tool{tar, xz, dpkgDeb}}, nil
}

// candidate is the version that apt-cache policy would install.
func candidate(policy string) string {
	for line := range strings.Lines(policy) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "Candidate: "); ok && v != "(none)" {
			return v
		}
	}
	return ""
}

// download takes the package without installing it.
func download(ctx context.Context, s *steps, into, version string) (tree string, err error) {
	if err := s.run(ctx, "download "+Package+" "+version, into, "apt-get", "download", Package+"="+version); err != nil {
		return "", err
	}
	found, err := filepath.Glob(filepath.Join(into, Package+"_*.deb"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("download %s: there are %d packages of it: %w", Package, len(found), fs.ErrNotExist)
	}
	if err := s.run(ctx, "open "+filepath.Base(found[0]), into, "dpkg-deb", "--extract", found[0], "package"); err != nil {
		return "", err
	}
	archive := filepath.Join(into, "package/usr/src", Package+".tar.xz")
	if err := s.run(ctx, "unpack "+filepath.Base(archive), into, "tar", "--extract", "--file", archive); err != nil {
		return "", err
	}
	return treeIn(into)
}

// treeIn finds the tree that an archive has left in a folder.
func treeIn(folder string) (string, error) {
	found, err := filepath.Glob(filepath.Join(folder, "*/arch/um/Makefile"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("unpack kernel source: no tree of Linux is in it: %w", fs.ErrNotExist)
	}
	return filepath.Dir(filepath.Dir(filepath.Dir(found[0]))), nil
}
