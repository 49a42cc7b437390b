package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/scenarios"
	"github.com/dcdrill/dcdrill/sim/gate"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// documents are what readers are promised: every command in them must exist, and every output shown must be what the
// program prints.
func documents(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"../../README.md", "../../docs/*.md", "../../docs/examples/*.yml"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		all = append(all, found...)
	}
	return all
}

// TestDocumentsShowWhatIsPrinted plays the fenced blocks of the documents:
//
//	```console
//	$ dcdrill list reports
//	  json   for programs, with schema dcdrill/report/v1
//	...
//	```
//
// A line "..." stands for any lines. In a block that begins with ```console numbers-vary figures may differ, but not
// their places. Commands that need the kernel world are played in blocks marked numbers-vary only, since its figures
// are measured; "> FILE" writes a file that later commands of the same document may read. Lines that are no dcdrill
// command and their outputs are passed over.
func TestDocumentsShowWhatIsPrinted(t *testing.T) {
	for _, doc := range documents(t) {
		t.Run(filepath.Base(doc), func(t *testing.T) {
			text, err := os.ReadFile(doc)
			require.NoError(t, err)
			folder := t.TempDir()
			require.NoError(t, os.CopyFS(filepath.Join(folder, "docs", "examples"), os.DirFS("../../docs/examples")))
			t.Chdir(folder)
			for _, b := range consoleBlocks(string(text)) {
				b.check(t)
			}
		})
	}
}

// block is a fenced console block.
type block struct {
	vary  bool
	lines []string
}

func consoleBlocks(text string) []block {
	var all []block
	var now *block
	for _, line := range strings.Split(text, "\n") {
		switch {
		case now == nil && strings.HasPrefix(line, "```console"):
			now = &block{vary: strings.Contains(line, "numbers-vary")}
		case now != nil && strings.HasPrefix(line, "```"):
			all = append(all, *now)
			now = nil
		case now != nil:
			now.lines = append(now.lines, line)
		}
	}
	return all
}

// check plays the block's commands and compares what they print.
func (b block) check(t *testing.T) {
	t.Helper()
	for i := 0; i < len(b.lines); {
		command, ok := strings.CutPrefix(b.lines[i], "$ ")
		j := i + 1
		for j < len(b.lines) && !strings.HasPrefix(b.lines[j], "$ ") {
			j++
		}
		shown := b.lines[i+1 : j]
		i = j
		if !ok || !strings.HasPrefix(command, "dcdrill") || !b.playable(command) {
			continue
		}
		printed := play(t, command)
		if len(shown) > 0 {
			assert.True(t, matches(shown, strings.Split(strings.TrimRight(printed, "\n"), "\n"), b.vary),
				"%s\nis shown as\n%s\nand prints\n%s", command, strings.Join(shown, "\n"), printed)
		}
	}
}

// playable says whether a command can be played in a test.
func (b block) playable(command string) bool {
	words := strings.Fields(command)
	if len(words) > 1 && slices.Contains([]string{"up", "exec", "shell", "inject", "heal", "capture", "doctor", "version"}, words[1]) {
		return false
	}
	real := len(words) > 1 && slices.Contains([]string{"run", "try", "verify"}, words[1]) && !strings.Contains(command, "--world model")
	if strings.Contains(command, "--world capsule") && !capsuleHere() || len(words) > 1 && words[1] == "capsule" {
		return false
	}
	return !real || b.vary && kernelHere() && !testing.Short()
}

// play runs a command line in this process; "> FILE" writes what it prints.
func play(t *testing.T, line string) string {
	t.Helper()
	line, file, redirected := strings.Cut(line, " > ")
	p := measured(t, func() played { return command(t.Context(), words(line)[1:]...) })
	assert.LessOrEqual(t, p.code, exitNotAsAsked, "%s\n%s", line, p.errs)
	if redirected {
		require.NoError(t, os.WriteFile(strings.TrimSpace(file), []byte(p.out), 0o600))
		return ""
	}
	return p.out
}

var shellWord = regexp.MustCompile(`'[^']*'|"[^"]*"|[^\s'"]+`)

// words splits a command line as a shell does, as far as documents need it.
func words(command string) []string {
	all := shellWord.FindAllString(command, -1)
	for i, w := range all {
		all[i] = strings.Trim(w, `'"`)
	}
	return all
}

var number = regexp.MustCompile(`[0-9][0-9.]*(h|m|s|ms|µs|ns)?([0-9.]+(m|s|ms))*`)

// matches compares line by line; "..." stands for any lines.
func matches(shown, printed []string, vary bool) bool {
	for i, want := range shown {
		if strings.TrimSpace(want) == "..." {
			rest := shown[i+1:]
			for skip := 0; skip <= len(printed); skip++ {
				if matches(rest, printed[skip:], vary) {
					return true
				}
			}
			return false
		}
		if len(printed) == 0 || !sameLine(want, printed[0], vary) {
			return false
		}
		printed = printed[1:]
	}
	return len(printed) == 0
}

func sameLine(want, got string, vary bool) bool {
	want, got = strings.TrimRight(want, " "), strings.TrimRight(got, " ")
	if vary {
		want = strings.Join(strings.Fields(number.ReplaceAllString(want, "#")), " ")
		got = strings.Join(strings.Fields(number.ReplaceAllString(got, "#")), " ")
	}
	return want == got
}

func TestShownOutputIsCompared(t *testing.T) {
	shown := []string{"a 1.5s b", "...", "z"}
	assert.True(t, matches(shown, []string{"a 1.5s b", "x", "y", "z"}, false))
	assert.False(t, matches(shown, []string{"a 1.6s b", "x", "z"}, false))
	assert.True(t, matches(shown, []string{"a 6m12.3s b", "z"}, true))
	assert.False(t, matches(shown, []string{"a one b", "z"}, true))
	assert.False(t, matches(shown, []string{"a 1.5s b", "x"}, false))
}

var mention = regexp.MustCompile("(?m)(?:`|^\\$ |^\\s+(?:- )?)dcdrill ([a-z-]+)((?: [^`\\n|#]*)?)")

// TestDocumentsNameCommandsThatExist holds every mention of a command, with its flags, against the program.
func TestDocumentsNameCommandsThatExist(t *testing.T) {
	root := (&app{}).root()
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	for _, doc := range documents(t) {
		text, err := os.ReadFile(doc)
		require.NoError(t, err)
		for _, m := range mention.FindAllStringSubmatch(string(text), -1) {
			command, _, err := root.Find([]string{m[1]})
			if assert.NoError(t, err, "%s mentions %q", doc, strings.TrimSpace(m[0])) {
				checkFlags(t, doc, command, m[2])
			}
		}
	}
}

func checkFlags(t *testing.T, doc string, c *cobra.Command, line string) {
	t.Helper()
	for _, w := range words(line) {
		if w == "--" {
			return
		}
		name, _, _ := strings.Cut(strings.TrimLeft(w, "-"), "=")
		switch {
		case strings.HasPrefix(w, "--"):
			assert.True(t, name == "help" || c.Flags().Lookup(name) != nil, "%s: dcdrill %s has no flag %s", doc, c.Name(), w)
		case strings.HasPrefix(w, "-") && len(w) == 2:
			assert.True(t, name == "h" || c.Flags().ShorthandLookup(name) != nil, "%s: dcdrill %s has no flag %s", doc, c.Name(), w)
		}
	}
}

// TestReadmeNamesEveryCommand keeps the list of commands in the README whole.
func TestReadmeNamesEveryCommand(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	for _, c := range (&app{}).root().Commands() {
		if !c.Hidden {
			assert.Contains(t, string(text), "dcdrill "+c.Name(), "the README does not name the command %s", c.Name())
		}
	}
}

// TestExamplesAreRight reads the examples as the program does.
func TestExamplesAreRight(t *testing.T) {
	files, err := filepath.Glob("../../docs/examples/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	shown, err := os.ReadFile("../../docs/ci.md")
	require.NoError(t, err)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Contains(t, string(text), "# yaml-language-server: $schema=", "%s: editors do not know what it is", name)
		if filepath.Base(name) == "policy.yaml" {
			_, err = gate.ParsePolicy(name, text)
			assert.Contains(t, string(shown), "```yaml\n"+string(text)+"```", "docs/ci.md shows another policy")
		} else {
			_, err = scenarios.Validate(name)
		}
		assert.NoError(t, err)
	}
}

// TestTheActionIsWired keeps the action's inputs, and what it hands on, the same.
func TestTheActionIsWired(t *testing.T) {
	text, err := os.ReadFile("../../action.yml")
	require.NoError(t, err)
	root, err := yamlfile.Parse("action.yml", text)
	require.NoError(t, err)
	inputs := root.Lookup("inputs").Keys()
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`\$\{\{ inputs\.([a-z-]+) \}\}`).FindAllStringSubmatch(string(text), -1) {
		assert.Contains(t, inputs, m[1])
		used[m[1]] = true
	}
	assert.Len(t, used, len(inputs))
	script, err := os.ReadFile("../../.ci/gate")
	require.NoError(t, err)
	steps := root.Lookup("runs").Lookup("steps").Items()
	for _, name := range steps[len(steps)-1].Lookup("env").Keys() {
		if name != "GATE" && name != "SARIF" {
			assert.Contains(t, string(script), "${"+name, "nothing reads %s", name)
		}
	}
}
