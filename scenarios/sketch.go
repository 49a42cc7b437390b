package scenarios

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"github.com/dcdrill/dcdrill/topology"
	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// Sketch is what `dcdrill init` asks: enough for a plant and a scenario that run. The zero value is not complete.
type Sketch struct {
	Name    string // of the plant: letters, digits and -
	Cores   int    // 1 or 2
	Hosts   int    // 2 to 200
	Storage string // yes or no
	Fault   string // as typed on a command line: 'reboot: core'
}

//go:embed sketch-plant.tmpl
var sketchPlant string

//go:embed sketch-scenario.tmpl
var sketchScenario string

var sketchName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,39}$`)

// Check says what makes no sense; answers not given yet are passed over.
func (s Sketch) Check() error {
	switch {
	case s.Name != "" && !sketchName.MatchString(s.Name):
		return fmt.Errorf("%q is not a name: use letters, digits and -", s.Name)
	case s.Cores != 0 && s.Cores != 1 && s.Cores != 2:
		return fmt.Errorf("%d cores: this sketch knows one or two; see dcdrill show leaf-spine for more", s.Cores)
	case s.Hosts < 0 || s.Hosts == 1 || s.Hosts > 200:
		return fmt.Errorf("%d hosts: give 2 to 200", s.Hosts)
	case s.Storage != "" && s.Storage != "yes" && s.Storage != "no":
		return fmt.Errorf("%q is neither yes nor no", s.Storage)
	}
	return s.checkFault()
}

// checkFault says what is wrong with the fault, once the plant that it is about is known.
func (s Sketch) checkFault() error {
	if s.Name == "" || s.Cores == 0 || s.Hosts == 0 || s.Storage == "" || s.Fault == "" {
		return nil
	}
	text, err := fill(sketchPlant, s)
	if err != nil {
		return err
	}
	n, err := yamlfile.Parse(s.Name, []byte(text))
	if err != nil {
		return err
	}
	plant, err := topology.FromNode(n)
	if err != nil {
		return err
	}
	_, err = ParseFault(s.Fault, plant)
	return err
}

// Draw writes the topology and the scenario. The error says what of the sketch makes no sense, the fault included.
func (s Sketch) Draw() (plant, scenario string, err error) {
	if err := s.Check(); err != nil {
		return "", "", err
	}
	if plant, err = fill(sketchPlant, s); err != nil {
		return "", "", err
	}
	if scenario, err = fill(sketchScenario, s); err != nil {
		return "", "", err
	}
	_, err = Parse(s.Name+"-drill.yaml", []byte(scenario), Options{TopologyText: plant})
	return plant, scenario, err
}

// WithStorage says whether there is storage.
func (s Sketch) WithStorage() bool { return s.Storage == "yes" }

// Kind is the fault's kind, which names its entry.
func (s Sketch) Kind() (string, error) {
	n, err := yamlfile.Parse("fault", []byte(s.Fault))
	if err != nil || kindOf(n) == "" {
		return "", fmt.Errorf("%q is not a fault: write it as 'reboot: core'", s.Fault)
	}
	return kindOf(n), nil
}

// Entry is the fault in one line of YAML.
func (s Sketch) Entry() string {
	if text := strings.TrimSpace(s.Fault); strings.HasPrefix(text, "{") {
		return text
	}
	return "{at: 0s, " + strings.TrimSpace(s.Fault) + "}"
}

func fill(text string, s Sketch) (string, error) {
	t, err := template.New("").Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, s)
	return b.String(), err
}
