package kernel

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// figuresOfMininet builds the same shapes with Mininet, in this same box, where it is installed.
func figuresOfMininet(t *testing.T) []figure {
	if _, err := exec.LookPath("mn"); err != nil {
		return []figure{{"build against Mininet", "not measured", "apt-get install mininet", "", "at least 10x faster"}}
	}
	var table []figure
	for _, s := range shapesToBuild(t) {
		if s.mn == "" {
			continue
		}
		var ours, theirs []time.Duration
		for range 3 {
			ours = append(ours, timed(t, func() (func(), error) {
				f, err := build(s.plant, false, false)
				return f.close, err
			}))
			up, err := mininet(s.mn)
			if err != nil {
				return append(table, figure{"build against Mininet", "not measured", err.Error(), "", "at least 10x faster"})
			}
			theirs = append(theirs, up)
			awaitTeardown(t)
		}
		m, o := median(theirs), median(ours)
		table = append(table, figure{"build: " + s.name, ms(o), "Mininet " + ms(m), fmt.Sprintf("%.1fx", float64(m)/float64(o)), "at least 10x faster"})
	}
	return table
}

func mininet(shape string) (up time.Duration, err error) {
	cmd := exec.Command(mininetPython(), append([]string{"testdata/bench_mininet.py"}, strings.Fields(shape)...)...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := box.StartChild(cmd); err != nil {
		return 0, err
	}
	if err := box.WaitChild(cmd); err != nil {
		lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
		return 0, fmt.Errorf("mininet: %w: %s", err, lines[len(lines)-1])
	}
	var seconds, down float64
	if _, err := fmt.Sscanf(out.String(), "up %f down %f", &seconds, &down); err != nil {
		return 0, fmt.Errorf("mininet says %q: %w", out.String(), err)
	}
	return time.Duration(seconds * 1e9), nil
}

// mininetPython is the interpreter that mn itself runs by: another python3 may come first in PATH and not know Mininet.
func mininetPython() string {
	if path, err := exec.LookPath("mn"); err == nil {
		text, _ := os.ReadFile(path)
		first, _, _ := strings.Cut(string(text), "\n")
		if python, is := strings.CutPrefix(first, "#!"); is && !strings.Contains(python, "env") {
			return strings.Fields(python)[0]
		}
	}
	return "python3"
}
