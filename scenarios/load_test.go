package scenarios

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

func kindDocs() []string {
	var docs []string
	for _, k := range sim.Faults.Kinds() {
		docs = append(docs, k.Doc)
	}
	for _, k := range sim.Workloads.Kinds() {
		docs = append(docs, k.Doc)
	}
	for _, k := range sim.Checks.Kinds() {
		docs = append(docs, k.Doc)
	}
	return docs
}

func load(t *testing.T, text string, o Options) *sim.Scenario {
	t.Helper()
	sc, err := Parse("drill.yaml", []byte(text), o)
	require.NoError(t, err)
	return sc
}

func TestTimelineIsReadAsTyped(t *testing.T) {
	sc := load(t, `
topology: two-core
start: 2023-06-01T13:00
zone: America/Chicago
timeline:
  now:    {reboot: core}
  later:  {at: 90s, link-down: [stor-a, "edge1:in1"], for: 20s, by: noc}
  clock:  {at: "13:05", power-off: hv1}
  before: {at: "12:59:30", power-off: hv2}
  staged: {when: {node: core1, stage: ports-up, count: 2}, after: 10s, reboot: {target: core2, off: 3s}}
  back:   {when: {up: core1}, feed-loss: a, for: 1m}
  users:  {when: {down: phones}, cut: north-duct}
  chain:  {when: {healed: later}, isolate: edge1}
`, Options{})
	require.Len(t, sc.Timeline, 8)
	byID := map[string]*sim.Entry{}
	for _, e := range sc.Timeline {
		byID[e.ID] = e
	}
	assert.Equal(t, "reboot core", byID["now"].Text)
	assert.Zero(t, byID["now"].At)
	later := byID["later"]
	assert.Equal(t, "link-down stor-a and edge1:in1", later.Text)
	assert.Equal(t, [3]any{90 * time.Second, 20 * time.Second, "noc"}, [3]any{later.At, later.For, later.By})
	assert.Equal(t, 5*time.Minute, byID["clock"].At)
	assert.Equal(t, 24*time.Hour-30*time.Second, byID["before"].At, "a time of day before the start is the next day's")
	assert.Equal(t, &sim.Trigger{Kind: "stage", Subject: "core1", State: "ports-up", Count: 2}, byID["staged"].When)
	assert.Equal(t, 10*time.Second, byID["staged"].After)
	assert.Equal(t, "reboot core2, off 3s", byID["staged"].Text)
	assert.Equal(t, &sim.Trigger{Kind: "stage", Subject: "core1", State: "forwarding"}, byID["back"].When)
	assert.Equal(t, &sim.Trigger{Kind: "down", Subject: "phones"}, byID["users"].When)
	assert.Equal(t, &sim.Trigger{Kind: "healed", Subject: "later"}, byID["chain"].When)
	assert.Equal(t, "2023-06-01T13:00:00-05:00", sc.Start.Format(time.RFC3339))
}

func TestTimelineMayBeAList(t *testing.T) {
	sc := load(t, "topology: two-core\ntimeline:\n  - {reboot: core1}\n  - {at: 1m, reboot: core2}\n  - {id: mine, reboot: hv1}\n", Options{})
	var ids []string
	for _, e := range sc.Timeline {
		ids = append(ids, e.ID)
	}
	assert.Equal(t, []string{"reboot", "reboot-2", "mine"}, ids)
}

func TestEveryWorkloadMustSurviveByDefault(t *testing.T) {
	sc := load(t, "topology: two-core\ntimeline: {a: {reboot: core}}\n", Options{})
	require.NotEmpty(t, sc.Uses)
	assert.Len(t, sc.MustSurvive, len(sc.Uses))
	assert.Empty(t, sc.Expect)
	sc = load(t, "topology: two-core\nmust_survive: [phones]\ntimeline: {a: {reboot: core}}\n", Options{})
	require.Len(t, sc.MustSurvive, 1)
	assert.Equal(t, "phones", sc.MustSurvive[0].Workload)
}

func TestPlantWithoutWorkloadsGetsSome(t *testing.T) {
	sc := load(t, "topology: {base: two-core, workloads: null}\ntimeline: {a: {reboot: core}}\n", Options{})
	require.NotEmpty(t, sc.Uses)
	for _, u := range sc.Uses {
		assert.True(t, u.Inferred)
		assert.Equal(t, "reach", u.Kind)
	}
}

func TestVariantSeedAndTopologyOverride(t *testing.T) {
	const text = `
name: base
topology: two-core
seed: 1
timeline: {a: {reboot: core}}
variants:
  one: {timeline: {a: {reboot: core1}, b: {at: 1m, reboot: core2}}}
  plant: {topology: {topology: {nodes: {hv: {count: 2}}}, workloads: {database: null, website: null, manage: null}}}
`
	seed := uint64(9)
	sc := load(t, text, Options{Variant: "one", Seed: &seed})
	assert.Equal(t, "base+one", sc.Name)
	assert.EqualValues(t, 9, sc.Seed)
	assert.Len(t, sc.Timeline, 2)
	assert.NotContains(t, sc.Text, "variants")
	sc = load(t, text, Options{Variant: "plant"})
	assert.Nil(t, sc.Plant.Node("hv3"))
	assert.NotNil(t, sc.Plant.Node("hv2"))
	_, err := Parse("f", []byte(text), Options{Variant: "tow"})
	assert.ErrorContains(t, err, `no variant "tow", it has one, plant`)
	_, err = Parse("f", []byte(text), Options{Topology: "leaf-spine"})
	assert.ErrorContains(t, err, `nothing is called "core"`)
}

func TestTopologyFileIsFoundFromTheScenario(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "plant.yaml"), []byte("topology: {base: two-core}\n"), 0o600))
	plant, err := os.ReadFile("../topology/two-core.yaml")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "plant.yaml"), plant, 0o600))
	scenario := filepath.Join(dir, "drill.yaml")
	require.NoError(t, os.WriteFile(scenario, []byte("topology: plant.yaml\ntimeline: {a: {reboot: core}}\n"), 0o600))
	sc, err := Load(scenario, Options{})
	require.NoError(t, err)
	assert.Equal(t, "drill", sc.Name)
	assert.Equal(t, "two-core", sc.Plant.Name)
}

func TestWordsOfLaterVersionsAreRightAndCannotRun(t *testing.T) {
	files, err := filepath.Glob("../testdata/scenarios/later/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		sc, err := Load(name, Options{})
		var later *Later
		require.ErrorAs(t, err, &later, name)
		assert.NotNil(t, sc, name)
		assert.NotEmpty(t, later.Words)
	}
}

// The incident as its people typed it.
func TestTheFilesOfTheDesignPlay(t *testing.T) {
	for _, variant := range []string{"", "two-spares", "canary", "one-optic", "cross-cabled", "guests-resume"} {
		sc, err := Load("../testdata/scenarios/design/both-cores-two-optics.yaml", Options{Variant: variant})
		require.NoError(t, err, variant)
		require.Len(t, sc.Uses, 6)
		assert.Equal(t, "inet", sc.Uses[4].ID)
		assert.Len(t, sc.Uses[4].Members, 8, "a client for each of the mail machines")
	}
}

func TestClientsOfMachinesAreRead(t *testing.T) {
	for text, want := range map[string]string{
		"{c: {kind: mail, from: isp, to: linux}}":                                                       "linux does not serve mail: give it service: mail",
		"{c: {kind: mail, from: isp, to: nobody}}":                                                      `"nobody" is no workload of virtual machines`,
		"{c: {kind: mail, from: isp, to: internet}}":                                                    "internet is no workload of virtual machines",
		"{c: {kind: http, from: isp, to: c}}":                                                           "c is no workload of virtual machines",
		"{c: {kind: http, from: isp, to: lynux}}":                                                       `"lynux"`,
		"{v: {kind: vm, on: hv, count: 4, disk: ds1, service: fax}}":                                    "fax",
		"{c: {kind: http, from: isp, to: linux, count: 5000}}":                                          "between 1 and 1000",
		"{c: {kind: http, from: isp, to: v}, v: {kind: vm, on: hv, count: 3, disk: ds1, service: web}}": "",
	} {
		path := filepath.Join(t.TempDir(), "s.yaml")
		require.NoError(t, os.WriteFile(path, []byte("topology: two-core-vms\ntimeline: {a: {reboot: core}}\nworkloads: "+text+"\n"), 0o600))
		sc, err := Load(path, Options{})
		if want == "" {
			require.NoError(t, err)
			assert.Equal(t, 3, len(sc.Uses[len(sc.Uses)-2].Members), "whichever comes first in the file")
			continue
		}
		assert.ErrorContains(t, err, want, text)
		assert.ErrorContains(t, err, "s.yaml:3:", text)
	}
}

func TestTheOtherSortOfFileIsRecognised(t *testing.T) {
	t.Chdir(t.TempDir())
	plant, err := topology.Text("two-core")
	require.NoError(t, err)
	lab := "topology:\n  nodes: {a: {kind: linux}, b: {kind: linux}}\n  links: [{endpoints: [a:e1, b:e1]}]\n"
	for file, text := range map[string]string{"p.yaml": plant, "s.yaml": "topology: p.yaml\ntimeline: {a: {reboot: core}}\n", "l.clab.yml": lab, "empty.yaml": ""} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	for name, want := range map[string]string{
		"p.yaml":     "p.yaml: this is a topology, no scenario, break it with: dcdrill try p.yaml 'reboot: NODE'",
		"l.clab.yml": "l.clab.yml: this is a topology, no scenario, break it with: dcdrill try l.clab.yml 'reboot: NODE'",
		"two-core":   "two-core is a topology, no scenario, break it with: dcdrill try two-core 'reboot: NODE'",
		"empty.yaml": "empty.yaml: this is empty, want a scenario (name, topology, timeline...)",
		"s.yaml":     "",
	} {
		_, err := Load(name, Options{})
		assert.Equal(t, want, textOf(err), name)
	}
	for name, want := range map[string]string{
		"s.yaml":           "s.yaml: this is a scenario, no topology, play it with: dcdrill run s.yaml",
		"core-pair-reboot": "core-pair-reboot is a scenario, no topology, play it with: dcdrill run core-pair-reboot",
		"empty.yaml":       "empty.yaml:1:1: this is empty, want a plant (name, networks, topology...)",
		"p.yaml":           "",
	} {
		_, err := Topology(name)
		assert.Equal(t, want, textOf(err), name)
	}
}

func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestFaultsNeedNoQuotesInAShell(t *testing.T) {
	for typed, want := range map[string]string{
		"reboot:core":                     "reboot core",
		"link-down:core1:Ethernet1/31":    "link-down core1:Ethernet1/31",
		"optic-dead:[stor-a,stor-b]":      "optic-dead stor-a and stor-b",
		"reboot:{target:core,offset:10m}": "",
	} {
		sc, err := Try("two-core", []string{typed}, Options{})
		if want == "" {
			assert.Error(t, err, typed)
			continue
		}
		require.NoError(t, err, typed)
		assert.Equal(t, want, sc.Timeline[0].Text, typed)
	}
	_, err := Try("two-core", []string{"rebot:core"}, Options{})
	assert.ErrorContains(t, err, `no fault called "rebot", did you mean "reboot"?`)
}

func TestInlineFaults(t *testing.T) {
	sc, err := Try("two-core", []string{"reboot: core", "optic-dead: [stor-a, stor-b]", "{at: 2m, reboot: {target: hv1, off: 3s}, for: 1h}"}, Options{})
	require.NoError(t, err)
	var ids, texts []string
	for _, e := range sc.Timeline {
		ids, texts = append(ids, e.ID), append(texts, e.Text)
	}
	assert.Equal(t, []string{"reboot", "optic-dead", "reboot-2"}, ids)
	assert.Equal(t, []string{"reboot core", "optic-dead stor-a and stor-b", "reboot hv1, off 3s"}, texts)
	e, err := ParseFault("link-down: stor-a", sc.Plant)
	require.NoError(t, err)
	assert.Equal(t, "link-down stor-a", e.Text)
}

func TestInlineFaultsShowWhereTheyAreWrong(t *testing.T) {
	for text, want := range map[string]string{
		"reboot: cor":           "fault 1:1:9: nothing is called \"cor\", did you mean \"core\"?\n   1 | reboot: cor\n     |         ^",
		"rebot: core":           "fault 1:1:1: no fault called \"rebot\", did you mean \"reboot\"?",
		"reboot core":           "a fault is a kind and its target, with a colon between, write it as 'reboot: core'",
		"[reboot]":              "this is a list",
		"reboot: {offset: 3m}":  `"target" is missing here`,
		"reboot: [core1, nope]": "fault 1:1:17: nothing is called \"nope\"",
		"":                      "this is nothing",
	} {
		_, err := Try("two-core", []string{text}, Options{})
		assert.ErrorContains(t, err, want)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range Names() {
		text, _ := Text(name)
		f.Add([]byte(text))
	}
	broken, err := filepath.Glob("../testdata/scenarios/broken/*.yaml")
	require.NoError(f, err)
	for _, name := range broken {
		text, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		sc, err := Parse("fuzz.yaml", text, Options{})
		if err == nil && (sc == nil || sc.Plant == nil) {
			t.Error("neither a scenario nor an error")
		}
	})
}

func FuzzParseFault(f *testing.F) {
	sc, err := Try("two-core", []string{"reboot: core"}, Options{})
	require.NoError(f, err)
	for _, text := range []string{"reboot: core", "optic-dead: [stor-a, stor-b]", "{at: 2m, flap: {target: stor-a, count: 3}, for: 1h}", "reboot: hv[1-3]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := ParseFault(text, sc.Plant); err == nil && e == nil {
			t.Error("neither an entry nor an error")
		}
	})
}

func TestTopologyFileWithNothingInItIsAProblem(t *testing.T) {
	file := filepath.Join(t.TempDir(), "empty.yaml")
	for _, text := range []string{"", "# nothing yet\n", "~\n"} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		_, err := Try(file, []string{"reboot: core"}, Options{})
		assert.ErrorContains(t, err, "empty.yaml:1:1: this is empty, want a plant", "%q", text)
	}
}

func TestValidateLooksAtWhatWorkloadsSay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "plant.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
networks: {lan: {subnet: 10.0.0.0/24}}
topology:
  nodes:
    sw: {kind: switch}
    h: {kind: host, count: 2, ports: {eth0: sw}}
workloads:
  web: {kind: htp, from: h1, to: h2}
`), 0o600))
	_, err := Validate(file)
	assert.ErrorContains(t, err, `plant.yaml:8:15: no workload kind "htp", did you mean "http"?`)
}

func TestValidateNamesTheVariantThatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "drill.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
topology: two-core
timeline: {both: {reboot: core}}
variants:
  elsewhere: {topology: star}
`), 0o600))
	_, err := Validate(file)
	assert.ErrorContains(t, err, `drill.yaml:3:27: variant elsewhere: nothing is called "core"`)
}
