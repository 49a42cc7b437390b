package capsule

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Options of a build; the zero value builds from the package with all processors, and says nothing.
type Options struct {
	// Source is a tree or an archive of Linux instead of the package.
	Source string
	// Again builds even what is there already.
	Again bool
	// Say gets a line for each step.
	Say io.Writer
}

// Build builds the kernel, unless the cache has it. Whatever fails leaves nothing behind but the messages that it
// returns; the error is a *kernel.Unavailable where something has to be installed first.
func Build(ctx context.Context, o Options) (Info, error) {
	src, err := find(ctx, o.Source)
	if err != nil {
		return Info{}, err
	}
	folder, err := Folder()
	if err != nil {
		return Info{}, err
	}
	key := configKey() + "-" + short([]byte(src.name))
	if i, err := read(filepath.Join(folder, key, infoFile)); err == nil && !o.Again {
		return i, nil
	}
	if err := need(append(compiling, src.needs...)); err != nil {
		return Info{}, err
	}
	s := &steps{say: o.Say, start: time.Now()}
	i, err := s.build(ctx, src, folder, key)
	if err != nil {
		return i, room(err, folder)
	}
	return i, nil
}

// build does it in a folder beside its last place.
func (s *steps) build(ctx context.Context, src source, folder, key string) (Info, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return Info{}, err
	}
	work, err := os.MkdirTemp(folder, ".build-")
	if err != nil {
		return Info{}, err
	}
	defer os.RemoveAll(work)
	tree, err := src.patched(ctx, s, work)
	if err != nil {
		return Info{}, err
	}
	i := Info{Source: src.name, Built: time.Now().Round(time.Second)}
	ready, err := os.MkdirTemp(folder, ".ready-")
	if err != nil {
		return Info{}, err
	}
	defer os.RemoveAll(ready)
	if err := os.Chmod(ready, 0o755); err != nil {
		return Info{}, err
	}
	if i.Release, err = s.compile(ctx, tree, filepath.Join(work, "out"), filepath.Join(ready, kernelFile)); err != nil {
		return Info{}, err
	}
	i.Took = time.Since(s.start).Round(time.Second)
	return i.keep(ready, key)
}

// compile makes the kernel from a tree and puts it, without its symbols, where it is wanted.
func (s *steps) compile(ctx context.Context, tree, out, into string) (release string, err error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", err
	}
	make := func(what string, args ...string) error {
		return s.run(ctx, what, tree, "make", append([]string{"ARCH=um", "O=" + out}, args...)...)
	}
	if err := make("begin with the least kernel", "tinyconfig"); err != nil {
		return "", err
	}
	if err := extend(filepath.Join(out, ".config")); err != nil {
		return "", err
	}
	if err := make("configure it", "olddefconfig"); err != nil {
		return "", err
	}
	if err := lacks(filepath.Join(out, ".config")); err != nil {
		return "", err
	}
	if err := make("compile it", fmt.Sprintf("-j%d", runtime.NumCPU()), kernelFile); err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(out, "include/config/kernel.release"))
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(text)), s.run(ctx, "strip it", out, "strip", "-o", into, kernelFile)
}

// extend adds Config to a configuration: of two lines for one option the last counts.
func extend(file string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(Config)
	return firstOf(err, f.Close())
}

// lacks complains of options that the source did not take: it is of another version, or something they rest on is off.
func lacks(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		has[strings.TrimSpace(line)] = true
	}
	var missing []string
	for line := range strings.Lines(Config) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "CONFIG_") && !strings.HasSuffix(line, "=n") && !has[line] {
			missing = append(missing, line)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("configure the capsule's kernel: this source does not take %s", strings.Join(missing, ", "))
	}
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
