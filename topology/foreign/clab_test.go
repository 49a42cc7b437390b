package foreign

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology/yamlfile"

	"github.com/dcdrill/dcdrill/topology"
)

// noEnv is an environment in which nothing is set.
func noEnv(string) (string, bool) { return "", false }

// built imports a containerlab file and builds its plant.
func built(t *testing.T, text string) *topology.Plant {
	t.Helper()
	p, err := Clab("lab.clab.yml", []byte(text), noEnv)
	require.NoError(t, err, text)
	plant, err := topology.FromNode(p.Root)
	require.NoError(t, err, p.String())
	return plant
}

// TestEveryFormOfAFile holds the import of a file with every form against one that was read by eye.
func TestEveryFormOfAFile(t *testing.T) {
	data, err := os.ReadFile("testdata/forms.clab.yml")
	require.NoError(t, err)
	want, err := os.ReadFile("testdata/forms.yaml")
	require.NoError(t, err)
	p, err := Clab("forms.clab.yml", data, noEnv)
	require.NoError(t, err)
	assert.Equal(t, string(want), p.String())
	direct, err := topology.FromNode(p.Root)
	require.NoError(t, err)
	again, err := topology.Parse("forms.yaml", want)
	require.NoError(t, err)
	assert.Equal(t, again.Graph().LinkCut(again.Node("web1"), again.Node("db"))[0].ID, direct.Graph().LinkCut(direct.Node("web1"), direct.Node("db"))[0].ID)
	for _, n := range direct.Nodes {
		at := again.Node(n.ID)
		require.NotNil(t, at, n.ID)
		assert.Equal(t, at.Kind, n.Kind, n.ID)
		assert.Equal(t, len(at.Interfaces), len(n.Interfaces), n.ID)
		assert.Equal(t, "forms.clab.yml", n.Pos.File, "its place is that in the other file")
		assert.Contains(t, n.Pos.Source(), n.ID+":")
	}
	for _, l := range direct.Links {
		assert.Contains(t, l.Pos.Source(), "-", "a link's place is its line in the other file")
	}
}

// TestNodesTakeWhatTheyDoNotSayFromElsewhere: from their group first, then from their kind, then from the defaults.
func TestNodesTakeWhatTheyDoNotSayFromElsewhere(t *testing.T) {
	p := built(t, `
topology:
  defaults: {kind: linux, group: g}
  kinds:
    nokia_srlinux: {type: ixr-d1}
    cisco_iol: {type: L2}
  groups:
    g: {kind: nokia_srlinux}
    tops: {kind: nokia_srlinux, type: ixr-d5}
  nodes:
    a:
    b: {group: tops}
    c: {group: tops, type: ixr-h2}
    d: {kind: arista_ceos}
    e: {group: none, kind: linux}
  links:
    - endpoints: [a:1, b:1]
    - endpoints: [b:2, c:1]
    - endpoints: [c:2, d:1]
    - endpoints: [d:2, e:1]
`)
	var got []string
	for _, n := range p.Nodes {
		got = append(got, n.ID+" "+string(n.Kind)+" "+n.Model)
	}
	assert.Equal(t, []string{
		"a switch nokia_srlinux ixr-d1", "b switch nokia_srlinux ixr-d5", "c switch nokia_srlinux ixr-h2", "d switch arista_ceos",
		"e host ",
	}, got)
}

func TestVariables(t *testing.T) {
	env := func(name string) (string, bool) {
		v, set := map[string]string{"KIND": "linux", "EMPTY": "", "N": "7"}[name]
		return v, set
	}
	p, err := Clab("v.clab.yml", []byte(`
name: lab-$N
topology:
  nodes:
    web${N}: {kind: "$KIND", image: "${NOBODY}"}
    sw: {kind: "${EMPTY:=arista_ceos}"}
  links:
    - endpoints: ["web${N}:eth${EMPTY-9}1", "sw:${PORT:-eth2}"]
`), env)
	require.NoError(t, err)
	text := p.String()
	assert.Contains(t, text, "name: lab-7\n")
	assert.Contains(t, text, `endpoints: ["web7:eth1", "sw:eth2"]`)
	assert.Contains(t, text, `# image: "${NOBODY}"`, "what is not needed need not be set")
}

// TestHostsBehindTwoSwitchesAndLabsWithoutHosts are plants all the same.
func TestHostsBehindTwoSwitchesAndLabsWithoutHosts(t *testing.T) {
	p := built(t, `
topology:
  kinds: {ceos: {image: x}}
  nodes: {l1: {kind: ceos}, l2: {kind: ceos}, h: {kind: linux}, g: {kind: linux}, alone: {kind: linux}, k: {kind: linux}}
  links:
    - endpoints: ["l1:e1", "l2:e1"]
    - endpoints: ["h:eth1", "l1:e2"]
    - endpoints: ["h:eth2", "l2:e2"]
    - endpoints: ["g:eth1", "l2:e3"]
    - endpoints: ["alone:eth1", "k:eth1"]
`)
	assert.Len(t, p.Node("h").Interfaces, 2)
	assert.NotEmpty(t, p.InferredPairs())
	p = built(t, "topology: {nodes: {a: {kind: crpd}, b: {kind: crpd}}, links: [{endpoints: [\"a:eth1\", \"b:eth1\"]}]}")
	assert.Len(t, p.Links, 1)
	assert.Empty(t, p.InferredPairs())
}

// TestBridges: those that are connected are one network, with all routers on them as its gateways; a circle needs a
// spanning tree.
func TestBridges(t *testing.T) {
	p := built(t, `
topology:
  nodes: {r1: {kind: vr-sros}, r2: {kind: xrd}, x: {kind: bridge}, y: {kind: ovs-bridge}, z: {kind: bridge}, h: {kind: linux}}
  links:
    - endpoints: ["r1:1", "x:1"]
    - endpoints: ["r2:1", "z:1"]
    - endpoints: ["x:2", "y:1"]
    - endpoints: ["y:2", "z:2"]
    - endpoints: ["z:3", "x:3"]
    - endpoints: ["h:eth1", "y:4"]
`)
	require.Len(t, p.Networks, 1)
	g := p.Networks[0].Gateway
	require.NotNil(t, g)
	assert.Len(t, g.Members, 2)
	assert.NotNil(t, p.Node("x").STP)
	assert.NotNil(t, p.Node("z").STP)
	assert.False(t, p.Node("x").Routed)
	for _, group := range p.Groups {
		assert.False(t, group.Redundant, "nobody has claimed that")
	}
}

func TestClabProblemsHaveTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"name: x\n":                     `lab.clab.yml:1:1: want a containerlab topology`,
		"topology:\n  nodes: {a: {}}\n": `lab.clab.yml:2:11: node "a" has no kind`,
		"topology:\n  nodes: {a: {kind: arista_coes}}\n":                                                `lab.clab.yml:2:21: no containerlab kind "arista_coes", did you mean "arista_ceos"?`,
		"topology:\n  nodes: {a: {kind: linux}}\n  links:\n    - endpoints: [\"a:1\"]\n":                "lab.clab.yml:4:7: a link has two endpoints, this one has 1",
		"topology:\n  nodes: {web: {kind: linux}}\n  links:\n    - endpoints: [\"web:1\", \"wbe:2\"]\n": `lab.clab.yml:4:28: no node "wbe", did you mean "web"?`,
		"topology:\n  nodes: {a: {kind: linux}}\n  links:\n    - {type: vteh, endpoints: []}\n":         `lab.clab.yml:4:14: no type of link "vteh", did you mean "veth"?`,
		"topology:\n  nodes: {a: {kind: linux}}\n  links: {a: b}\n":                                     "lab.clab.yml:3:10: want a list of links, this is a map",
		"topology:\n  nodes: {a: {kind: linux}}\n  links: [a]\n":                                        "lab.clab.yml:3:11: want a link, this is a value",
		"topology:\n  nodes: {\"a-${SITE}\": {kind: linux}}\n":                                          "lab.clab.yml:2:11: the variable SITE is not set, set it, or give it a default: ${SITE:=...}",
		"topology: [\n": "lab.clab.yml:",
	} {
		_, err := Clab("lab.clab.yml", []byte(text), noEnv)
		require.Error(t, err, text)
		assert.Contains(t, err.Error(), want, text)
	}
}

// TestFRRIsARouterWhateverItsCompanyIsCalled: what an image is called decides, not who keeps it.
func TestFRRIsARouterWhateverItsCompanyIsCalled(t *testing.T) {
	for image, want := range map[string]role{
		"frrouting/frr:v8.4.1": toRouter, "quay.io/frrouting/frr:10": toRouter, "bird.example.com/web": toHost, "alpine": toHost, "": toHost,
	} {
		got, known := roleOf("linux", "", image)
		assert.True(t, known)
		assert.Equal(t, want, got, image)
	}
}

// FuzzClab: whatever a file says, it is a plant of ours, problems of the import, or problems of the plant.
func FuzzClab(f *testing.F) {
	data, err := os.ReadFile("testdata/forms.clab.yml")
	require.NoError(f, err)
	f.Add(string(data))
	f.Add("topology: {nodes: {a: , b: {kind: linux}}, links: [{endpoints: [{node: a}, b]}, {endpoint: x}, {type: 7}]}")
	f.Add("topology: {defaults: {kind: {a: b}}, kinds: [], nodes: {\"${A\": {kind: bridge}}, links: ~}")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Clab("fuzz.clab.yml", []byte(text), noEnv)
		if err != nil {
			return
		}
		if _, err := topology.FromNode(p.Root); err == nil {
			_, err := topology.Parse("again.yaml", []byte(p.String()))
			require.NoError(t, err, "%s\n%s", text, p)
		}
	})
}

// TestCollectorsAreNoPartOfThePlant: a node that only the management network reaches is left out, and said to be.
func TestCollectorsAreNoPartOfThePlant(t *testing.T) {
	p, err := Clab("lab.clab.yml", []byte("topology:\n  nodes:\n    a: {kind: linux}\n    b: {kind: linux}\n    gnmic: {kind: linux}\n"+
		"  links: [{endpoints: [\"a:eth1\", \"b:eth1\"]}]\n"), nil)
	require.NoError(t, err)
	assert.Contains(t, p.String(), "# node gnmic: no link of the lab ends there")
	assert.NotContains(t, p.String(), "gnmic: {")
}

// TestAnUnknownKindIsOneProblem: the links of its node are none.
func TestAnUnknownKindIsOneProblem(t *testing.T) {
	_, err := Clab("lab.clab.yml", []byte("topology:\n  nodes:\n    a: {kind: linux}\n    b: {kind: lnx}\n  links: [{endpoints: [\"a:eth1\", \"b:eth1\"]}]\n"), nil)
	var ps yamlfile.Problems
	require.ErrorAs(t, err, &ps)
	assert.Len(t, ps, 1)
}
