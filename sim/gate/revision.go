package gate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Unreachable is a revision that cannot be had here.
type Unreachable struct {
	What   string
	Remedy string // empty where there is none
}

// Error says what cannot be had.
func (u *Unreachable) Error() string { return u.What }

// AsOf reads a file as it was at a commit, of the repository that it is in. It asks the git program, which alone knows
// every form a repository can have. The error is *Unreachable when there is no such commit, repository or program.
func AsOf(ctx context.Context, ref, file string) ([]byte, error) {
	g := git{ctx, filepath.Dir(file)}
	if _, err := exec.LookPath("git"); err != nil {
		return nil, &Unreachable{"read " + file + " at " + ref + ": there is no git program", "install git, or check the base out and name its file"}
	}
	if _, err := g.run("rev-parse", "--git-dir"); err != nil {
		return nil, &Unreachable{file + " is in no git repository", "name both files: dcdrill diff BASE PROPOSED"}
	}
	commit, err := g.run("rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if err != nil {
		return nil, g.noCommit(ref)
	}
	data, err := g.run("show", strings.TrimSpace(string(commit))+":./"+filepath.Base(file))
	if err != nil {
		return nil, &Unreachable{fmt.Sprintf("read %s at %s: %s", file, ref, err), ""}
	}
	return data, nil
}

// git runs the program in a folder.
type git struct {
	ctx    context.Context
	folder string
}

func (g git) run(args ...string) ([]byte, error) {
	c := exec.CommandContext(g.ctx, "git", args...)
	c.Dir = g.folder
	out, err := c.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if text := string(bytes.TrimSpace(exit.Stderr)); text != "" {
			return nil, errors.New(text)
		}
	}
	return out, err
}

// noCommit says why there is no such commit: a clone that CI made has but the last one.
func (g git) noCommit(ref string) error {
	shallow, _ := g.run("rev-parse", "--is-shallow-repository")
	branch := strings.TrimPrefix(ref, "origin/") // as the other side calls it
	switch {
	case strings.TrimSpace(string(shallow)) != "true":
		return &Unreachable{"no commit " + ref + " here", "git fetch origin " + branch}
	case strings.ContainsAny(ref, "~^@"): // counted from another commit, which the other side does not do
		return &Unreachable{"no commit " + ref + " here: the clone is shallow", "git fetch --unshallow (actions/checkout: fetch-depth: 0)"}
	}
	return &Unreachable{
		"no commit " + ref + " here: the clone is shallow",
		"git fetch --depth=1 origin " + branch + ", and compare with FETCH_HEAD; or clone with all history (actions/checkout: fetch-depth: 0)",
	}
}
