package foreign

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology"
)

const cableCSV = "device_a,port_a,device_b,port_b,type,label\n" +
	"core 1,Ethernet1/1,leaf-1,Ethernet1/49,100GBASE-SR4,C-001\n" +
	"core 2,Ethernet1/1,leaf-1,Ethernet1/50,100GBASE-SR4,C-002\n" +
	"leaf-1,Ethernet1/49,core 1,Ethernet1/1,100GBASE-SR4,C-001\n" +
	"leaf-1,Ethernet1/1,srv01,eth0,cat6a,\n" +
	"leaf-1,xe-0/0/0:1,srv02,eth0,dac-passive 2.5G,C-002\n" +
	"srv01,psu1,pdu-a,1,power,\n" +
	"filer,e0,leaf-1,Ethernet1/3,smf-os2,\n" +
	"isp-x,1,core 1,Ethernet1/9,,\n"

func TestCables(t *testing.T) {
	p, err := Cables("site.csv", []byte(cableCSV), CableOptions{Kinds: map[string]string{"storage": "fil*,arr*"}})
	require.NoError(t, err)
	assert.Equal(t, `# power cable: srv01:psu1 to pdu-a:1 (feeds are named at the nodes)
name: site
fabric: routed
networks:
  leaf-1-hosts: {subnet: 100.64.0.0/24, gateway: leaf-1}
topology:
  nodes:
    # called core 1
    # guessed from its name
    core-1: {kind: switch}
    # guessed from its name
    leaf-1: {kind: switch}
    # called core 2
    # guessed from its name
    core-2: {kind: switch}
    # guessed from the number of its neighbours: 1
    srv01: {kind: host}
    # guessed from the number of its neighbours: 1
    srv02: {kind: host}
    filer: {kind: storage}
    # guessed from its name
    isp-x: {kind: external}
  links:
    - {id: C-001, endpoints: ["core-1:Ethernet1/1", "leaf-1:Ethernet1/49"], speed: 100G, optic: 100GBASE-SR4}
    - {id: C-002, endpoints: ["core-2:Ethernet1/1", "leaf-1:Ethernet1/50"], speed: 100G, optic: 100GBASE-SR4}
    # type: cat6a
    - {endpoints: ["leaf-1:Ethernet1/1", "srv01:eth0"], networks: [leaf-1-hosts]}
    # label: C-002
    - {endpoints: ["leaf-1:xe-0/0/0-1", "srv02:eth0"], networks: [leaf-1-hosts], speed: 2.5G}
    - {endpoints: ["filer:e0", "leaf-1:Ethernet1/3"], networks: [leaf-1-hosts], optic: smf-os2}
    - {endpoints: ["isp-x:1", "core-1:Ethernet1/9"]}
`, p.String())
	plant, err := topology.FromNode(p.Root)
	require.NoError(t, err)
	assert.Equal(t, "site.csv:2:1", plant.Link("C-001").Pos.String())
}

// TestColumnsOfTheirOwn: exports have names of their own, in an order of their own, and marks that nobody sees.
func TestColumnsOfTheirOwn(t *testing.T) {
	text := "\ufeffTermination A, Device A ,Termination B,Device B,Length\n eth0 ,h1,1,sw,3m\neth0,h2,2,sw,3m\n"
	p, err := Cables("x.csv", []byte(text), CableOptions{Columns: map[string]string{
		"device_a": "device a", "port_a": "Termination A", "device_b": "Device B", "port_b": "Termination B",
	}})
	require.NoError(t, err)
	plant, err := topology.FromNode(p.Root)
	require.NoError(t, err)
	assert.Len(t, plant.Links, 2)
	assert.Equal(t, topology.Switch, plant.Node("sw").Kind)
}

// TestHeadersAsSpreadsheetsHaveThem: nobody types underscores there.
func TestHeadersAsSpreadsheetsHaveThem(t *testing.T) {
	p, err := Cables("x.csv", []byte("Device A;Port-A;Device B;PORT B;Type\nh1;eth0;sw1;1;\nh1;eth1;sw2;1;\nsw1;9;sw2;9;\nh2;eth0;sw1;2;\n"), CableOptions{
		Kinds: map[string]string{"switch": "sw*"},
	})
	require.NoError(t, err)
	assert.Contains(t, p.String(), "    # in sw1-hosts, sw2-hosts apart: if its ports are bonded, give them one network and say bonds\n    h1: ")
	assert.Equal(t, 1, strings.Count(p.String(), "apart:"), "h2 is at one switch")
}

func TestCableProblemsHaveTheirPlace(t *testing.T) {
	head := "device_a,port_a,device_b,port_b\n"
	for _, c := range []struct {
		text, want string
		o          CableOptions
	}{
		{"", "c.csv:1:1: read the header line: the file is empty", CableOptions{}},
		{head, "c.csv:1:1: there is no cable in this list", CableOptions{}},
		{"device,port_a,device_b,port_b\n", `c.csv:1:1: there is no column "device_a"`, CableOptions{}},
		{head + "a,1,b,1\na,2,,2\n", "c.csv:3:5: this cable has no device_b", CableOptions{}},
		{head + "a,1,b\n", "c.csv:2:5: this cable has no port_b", CableOptions{}},
		{head + "a,\"1,b,1\n", "c.csv:", CableOptions{}},
		{head + "a,1,b,1\n", `there is no column "device_c"`, CableOptions{Columns: map[string]string{"device_c": "x"}}},
		{head + "a,1,b,1\n", `there is no column "Length"`, CableOptions{Columns: map[string]string{"type": "Length"}}},
		{head + "a,1,b,1\n", `a device cannot be "swich"`, CableOptions{Kinds: map[string]string{"swich": "a"}}},
	} {
		_, err := Cables("c.csv", []byte(c.text), c.o)
		require.Error(t, err, c.text)
		assert.Contains(t, err.Error(), c.want, c.text)
	}
}

// FuzzCables: whatever a list says, it is a plant of ours, problems of the import, or problems of the plant.
func FuzzCables(f *testing.F) {
	f.Add(cableCSV)
	f.Add("device_a,port_a,device_b,port_b,type\na,/,b,:,\"1G\n\"\n,,,\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Cables("fuzz.csv", []byte(text), CableOptions{})
		if err != nil {
			return
		}
		if _, err := topology.FromNode(p.Root); err == nil {
			_, err := topology.Parse("again.yaml", []byte(p.String()))
			require.NoError(t, err, "%s\n%s", text, p)
		}
	})
}

// TestSpreadsheetsOfOtherCountries: marked as UTF-8, quoted, semicolons where the comma is the decimal sign, cables that hang
// loose and a line of nothing.
func TestSpreadsheetsOfOtherCountries(t *testing.T) {
	p, err := Cables("export.csv", []byte("\ufeff\"device_a\";\"port_a\";\"device_b\";\"port_b\";\"label\"\r\n"+
		"\"core1\";\"Eth1/1\";\"srv-1\";\"eno1\";\"a, first\"\r\n;;;;\r\n\"core1\";\"Eth1/2\";;;\"spare\"\r\n"), CableOptions{})
	require.NoError(t, err)
	text := p.String()
	assert.Contains(t, text, `{id: a-first, endpoints: ["core1:Eth1/1", "srv-1:eno1"]`)
	assert.Contains(t, text, "# loose cable: core1 Eth1/2 to nowhere")
	_, err = Cables("export.csv", []byte("device_a\tport_a\tdevice_b\tport_b\ncore1\tEth1/1\tsrv-1\teno1\n"), CableOptions{})
	assert.NoError(t, err, "tabs")
	_, err = Cables("export.csv", []byte("device_a,port_a,device_b,port_b\ncore1,,srv-1,eno1\n"), CableOptions{})
	assert.ErrorContains(t, err, "this cable has no port_a", "both devices are known, and a port is missing")
}
