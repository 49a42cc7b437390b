package topology

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBuild(t *testing.T) {
	for name, tt := range map[string]struct {
		yaml string
		want []string // lines of the dump
	}{
		"containerlab's list of links": {
			yaml: `
topology:
  nodes: {sw: {kind: switch}, h1: {kind: host}, h2: {kind: host}}
  links:
    - endpoints: ["sw:eth1", "h1:eth1"]
    - endpoints: ["sw", "h2"]
`,
			want: []string{
				"link sw:eth1 sw:eth1 -- h1:eth1 10G mtu=1500 [lan] named=false",
				"link sw:Ethernet1/1 sw:Ethernet1/1 -- h2:eth0 10G mtu=1500 [lan] named=false",
				"network lan 10.0.0.0/16 mtu=1500 transit=false",
				"note no networks are declared: all hosts are on one called lan, 10.0.0.0/16",
			},
		},
		"numbers leave out what is named": {
			yaml: `
topology:
  nodes: {sw: {kind: switch}, h: {kind: host, count: 2, ports: {eth0: sw}}, g: {kind: host}}
  links: {l: {endpoints: ["g:eth0", "sw:Ethernet1/2"]}}
`,
			want: []string{"link h1:eth0 h1:eth0 -- sw:Ethernet1/1 10G mtu=1500 [lan] named=false",
				"link h2:eth0 h2:eth0 -- sw:Ethernet1/3 10G mtu=1500 [lan] named=false"},
		},
		"the nearest word about a link wins": {
			yaml: `
networks: {lan: {subnet: 10.0.0.0/24}}
topology:
  defaults: {speed: 40G, optic: SR4, batch: b1}
  nodes:
    sw: {kind: switch, defaults: {speed: 1G, optic: none}}
    core: {kind: switch}
    a: {kind: host, ports: {eth0: sw}}
    b: {kind: host, ports: {eth0: {to: sw, speed: 2.5G, optic: LR, mtu: 9000}}}
    c: {kind: host, ports: {eth0: core}}
    d: {kind: host, defaults: {speed: 10M}, ports: {eth0: {to: sw, batch: b2}}}
`,
			want: []string{
				"link a:eth0 a:eth0 -- sw:Ethernet1/1 1G mtu=1500 [lan] named=false",
				"link b:eth0 b:eth0 -- sw:Ethernet1/2 2.5G mtu=9000 [lan] named=false optic=LR b1",
				"link c:eth0 c:eth0 -- core:Ethernet1/1 40G mtu=1500 [lan] named=false optic=SR4 b1",
				"link d:eth0 d:eth0 -- sw:Ethernet1/3 10M mtu=1500 [lan] named=false",
			},
		},
		"the only router is the gateway of a made-up network": {
			yaml: `
topology:
  nodes:
    r: {kind: router, ports: {in: sw, out: isp}}
    isp: {kind: external}
    sw: {kind: switch}
    h: {kind: host, ports: {eth0: sw}}
`,
			want: []string{"network lan 10.0.0.0/16 mtu=1500 transit=false gateway=10.0.0.1 r", "note r is the gateway of lan",
				"  h on lan over eth0 10.0.0.10/16 02:00:03:01:00:00"},
		},
		"a router into one of two cores without a link between them": {
			yaml: `
networks: {lan: {subnet: 10.0.0.0/24, gateway: core}}
topology:
  nodes:
    core: {kind: switch, count: 2}
    r: {kind: router, ports: {in: core1}}
    h: {kind: host, ports: {a: core1, b: core2}, bonds: {t: {members: [a, b]}}}
`,
			want: []string{"network r-in 100.64.0.0/29 mtu=1500 transit=true gateway=100.64.0.1 core1",
				"network lan 10.0.0.0/24 mtu=1500 transit=false gateway=10.0.0.1 core1 core2"},
		},
		"two unbonded uplinks are two transits over the peer link": {
			yaml: `
networks: {lan: {subnet: 10.0.0.0/24, gateway: core}}
topology:
  nodes:
    core: {kind: switch, count: 2}
    r: {kind: router, ports: {in1: core1, in2: core2}}
    h: {kind: host, ports: {a: core1}}
  links: {peer: {endpoints: [core1, core2], networks: [lan]}}
`,
			want: []string{"link peer core1:Ethernet1/3 -- core2:Ethernet1/2 10G mtu=1500 [lan, r-in1, r-in2] named=true",
				"network r-in1 100.64.0.0/29 mtu=1500 transit=true gateway=100.64.0.1 core1 core2",
				"network r-in2 100.64.0.8/29 mtu=1500 transit=true gateway=100.64.0.9 core1 core2"},
		},
		"generated networks keep off declared ones": {
			yaml: `
networks: {lan: {subnet: 100.64.0.0/16, gateway: r}}
topology:
  nodes: {r: {kind: router, ports: {out: isp, in: {to: h, networks: [lan]}}}, isp: {kind: external}, h: {kind: host}}
`,
			want: []string{"network r-isp 100.65.0.0/31 mtu=1500 transit=true"},
		},
		"trunks carry what is at either end": {
			yaml: `
networks: {lan: {subnet: 10.0.0.0/24}, lab: {subnet: 10.0.1.0/24}, far: {subnet: 10.0.2.0/24}}
topology:
  nodes:
    a: {kind: switch, ports: {up: b}}
    b: {kind: switch, ports: {up: c}}
    c: {kind: switch}
    x: {kind: host, ports: {e: {to: a, networks: lan}}}
    y: {kind: host, ports: {e: {to: c, networks: [lab, far]}}}
`,
			want: []string{"link a:up a:up -- b:Ethernet1/1 10G mtu=1500 [lan, lab, far] named=false",
				"link b:up b:up -- c:Ethernet1/1 10G mtu=1500 [lan, lab, far] named=false"},
		},
		"a routed leaf is the gateway of its hosts": {
			yaml: `
fabric: routed
networks: {web: {subnet: 10.0.0.0/24}, db: {subnet: 10.0.1.0/24}}
topology:
  nodes:
    spine: {kind: switch}
    leaf: {kind: switch, count: 2, ports: {up: spine}}
    web: {kind: host, count: 2, ports: {e: {to: leaf1, networks: [web]}}}
    db: {kind: host, ports: {e: {to: leaf2, networks: [db]}}}
`,
			want: []string{"  leaf1 on web over its own bridge 10.0.0.1/24 02:00:01:01:00:00",
				"  leaf1 on leaf1-spine over up 100.64.0.1/31 02:00:01:01:00:01",
				"network db 10.0.1.0/24 mtu=1500 transit=false gateway=10.0.1.1 leaf2"},
		},
		"several ports of an array on one network": {
			yaml: `
networks: {san: {subnet: 10.0.0.0/24, subnet6: "fd00::/64"}}
topology:
  nodes: {sw: {kind: switch, stp: yes}, s: {kind: storage, ports: {a: sw, b: sw}}}
`,
			want: []string{"  s on san over a 10.0.0.10/24 02:00:01:01:00:00", "  s on san over b 10.0.0.11/24 02:00:01:01:00:01"},
		},
		"spanning tree allows loops": {
			yaml: `
topology:
  nodes: {a: {kind: switch, stp: true}, b: {kind: switch}, h: {kind: host, ports: {e: a}}}
  links: {one: {endpoints: [a, b]}, two: {endpoints: [a, b]}}
`,
			want: []string{"needs a spanning tree that goes on behind a switch without one (a has stp, b has not)"},
		},
		"boot profiles": {
			yaml: `
topology:
  defaults: {boot: {profile: fast, os: 30s}}
  nodes:
    a: {kind: switch}
    b: {kind: switch, boot: core-6m}
    c: {kind: router, boot: {self-test: 1m, ports-up: 1s}}
    h: {kind: host, ports: {e: a}}
`,
			want: []string{"node a switch feeds=[] boot=/45s routed=false", "node b switch feeds=[] boot=core-6m/6m0s routed=false",
				"node c router feeds=[] boot=/1m1s routed=false", "node h host feeds=[] boot=server-4m/4m0s routed=false",
				"note b is wired to nothing"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Parse("f.yaml", []byte(tt.yaml))
			require.NoError(t, err)
			sound(t, p)
			lines := strings.Split(dump(p), "\n")
			for i, l := range lines {
				lines[i] = strings.TrimRight(l, " ")
			}
			for _, want := range tt.want {
				assert.Contains(t, lines, want)
			}
		})
	}
}

func TestIPv6FollowsIPv4(t *testing.T) {
	p, err := Parse("f", []byte(`
networks: {lan: {subnet: 10.0.0.0/24, subnet6: "fd00:1::/64", gateway: r}}
topology:
  nodes: {sw: {kind: switch}, r: {kind: router, ports: {e: sw}}, h: {kind: host, count: 2, ports: {e: sw}}}
`))
	require.NoError(t, err)
	assert.Equal(t, "fd00:1::1/64", p.Node("r").Interfaces[0].Addr6.String())
	assert.Equal(t, "fd00:1::b/64", p.Node("h2").Interfaces[0].Addr6.String())
	assert.Equal(t, "10.0.0.11/24", p.Node("h2").Interfaces[0].Addr.String())
	assert.Equal(t, "fd00:1::1", p.Network("lan").Gateway.Addr6.String())
}

func TestPairsAndStorage(t *testing.T) {
	p, err := Parse("f", []byte(`
networks: {lan: {subnet: 10.0.0.0/24, gateway: {via: core, advert: 500ms}}, san: {subnet: 10.0.1.0/24}}
topology:
  nodes:
    core: {kind: switch, count: 2}
    array:
      kind: storage
      access: alua
      takeover: 15s
      controllers: {a: {ports: [e0, e1]}, b: {ports: e0}}
      volumes: {vol1: {size: 4TiB, owner: b}}
      ports: {}
    h:
      kind: host
      ports: {x: {to: core1, networks: [lan]}, y: {to: core2, networks: [san]}}
      datastores: {ds: {volume: array/vol1, paths: [san], no_path_retry: 12, path_timeout: 10s}}
  links:
    peer: {endpoints: [core1, core2]}
    s: {endpoints: [core2, "array:b/e0"], networks: [san]}
groups: {core: {redundant: [core], pair: {delay_restore: 30s, auto_recovery: never}}}
`))
	require.NoError(t, err)
	pair := p.Group("core").Pair
	require.NotNil(t, pair)
	assert.Same(t, p.Link("peer"), pair.PeerLink)
	assert.Zero(t, pair.AutoRecovery)
	array := p.Node("array").Array
	require.Len(t, array.Controllers, 2)
	assert.Empty(t, array.Controllers[0].Ports)
	assert.Same(t, p.Port("array:b/e0"), array.Controllers[1].Ports[0])
	store := p.Node("h").Datastores[0]
	assert.Same(t, array.Volumes[0], store.Volume)
	assert.Same(t, array.Controllers[1], store.Volume.Owner)
	assert.Equal(t, Bytes(4<<40), store.Volume.Size)
	assert.Equal(t, "1.8046875s", p.Network("lan").Gateway.Takeover.String(), "three adverts and the skew")
}

func TestSubnetsHoldExactlyTheirAddresses(t *testing.T) {
	for subnet, hosts := range map[string]string{"10.0.0.0/30": "2", "10.0.0.0/29": "6", "10.0.0.0/31": "2"} {
		text := "networks: {lan: {subnet: " + subnet + "}}\ntopology:\n  nodes:\n    sw: {kind: switch}\n    h: {kind: host, count: " + hosts + ", ports: {e: sw}}\n"
		p, err := Parse("f", []byte(text))
		require.NoError(t, err, subnet)
		sound(t, p)
		_, err = Parse("f", []byte(text+"    one-more: {kind: host, ports: {e: sw}}\n"))
		assert.ErrorContains(t, err, "too small", subnet)
	}
}

func TestTwoRoutersOnAMadeUpNetworkAreNoGateway(t *testing.T) {
	p, err := Parse("f", []byte("topology: {nodes: {sw: {kind: switch}, r: {kind: router, count: 2, ports: {e: sw}}, h: {kind: host, ports: {e: sw}}}}"))
	require.NoError(t, err)
	assert.Nil(t, p.Network("lan").Gateway)
}
