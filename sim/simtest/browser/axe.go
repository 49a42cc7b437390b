package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/stretchr/testify/assert"
)

// finding is what axe-core says of a page, as far as it matters here.
type finding struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// Accessible fails the test when axe-core finds anything serious that bars readers with other eyes, ears or hands.
func (p *Page) Accessible() {
	p.t.Helper()
	script := axe()
	if script == nil {
		missing(p.t, "axe-core")
	}
	// axe-core's own value is no use here, and no JSON.
	Get[bool](p, string(script)+"; true")
	found := Get[[]finding](p, `axe.run().then(r => r.violations)`)
	for _, f := range found {
		if f.Impact != "serious" && f.Impact != "critical" {
			continue
		}
		var where []string
		for _, n := range f.Nodes[:min(3, len(f.Nodes))] {
			where = append(where, fmt.Sprintf("%.200s\n%s", n.HTML, n.Summary))
		}
		assert.Fail(p.t, f.ID+": "+f.Help, "%d places, such as\n%s", len(f.Nodes), strings.Join(where, "\n"))
	}
}

// axe is the script as .ci/browser fetched it; nil where nobody has. It lies at the root of the module, above the test.
func axe() []byte {
	for folder := ".."; len(folder) < 20; folder = filepath.Join(folder, "..") {
		if script, err := os.ReadFile(filepath.Join(folder, ".ci", "fetched", "axe.min.js")); err == nil {
			return script
		}
	}
	return nil
}
