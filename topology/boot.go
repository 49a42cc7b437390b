package topology

import (
	"strings"
	"time"

	"github.com/dcdrill/dcdrill/topology/yamlfile"
)

// BootSpec is a boot profile as typed: a built-in name, stages, or a name with some stages changed.
type BootSpec struct {
	Pos          Pos
	Profile      yamlfile.Word  `yaml:"profile,scalar" doc:"built-in profile: core-6m, server-4m, fast, instant"`
	Off          *time.Duration `yaml:"off" doc:"without power before it starts"`
	SelfTest     *time.Duration `yaml:"self-test" doc:"power-on self-test, no carrier"`
	OS           *time.Duration `yaml:"os" doc:"loading its system, no carrier"`
	PortsUp      *time.Duration `yaml:"ports-up" doc:"carrier, nothing forwarded"`
	ControlPlane *time.Duration `yaml:"control-plane" doc:"protocols starting, nothing forwarded"`
	Peering      *time.Duration `yaml:"peering" doc:"looking for the peer of its pair, nothing forwarded"`
}

// bootProfiles are the built-in ones.
var bootProfiles = []Boot{
	// 6 min is the median of a switch reload; the shares are self-test 15 %, OS 45 %, ports 15 %, control plane and
	// peering 25 %. Median: "less than six minutes" for half of the failures of 180,000 switches (CCR 51(2), Azure).
	{Name: "core-6m", SelfTest: 54 * time.Second, OS: 162 * time.Second, PortsUp: 54 * time.Second, ControlPlane: time.Minute, Peering: 30 * time.Second},
	// A server with much memory: half of it self-test. An assumption; set your own where it matters.
	{Name: "server-4m", SelfTest: 2 * time.Minute, OS: 2 * time.Minute},
	// 25 s without traffic: fast-boot of Dell S4048 and S6000 switches, as their manuals state it.
	{Name: "fast", SelfTest: 2 * time.Second, OS: 10 * time.Second, PortsUp: 8 * time.Second, ControlPlane: 5 * time.Second},
	{Name: "instant"},
}

func bootProfile(name string) (Boot, bool) {
	for _, b := range bootProfiles {
		if b.Name == name {
			return b, true
		}
	}
	return Boot{}, false
}

// boot is what the profile means.
func (s *BootSpec) boot(ps *yamlfile.Problems) Boot {
	var b Boot
	if s.Profile.Text != "" {
		var ok bool
		if b, ok = bootProfile(s.Profile.Text); !ok {
			var have []string
			for _, known := range bootProfiles {
				have = append(have, known.Name)
			}
			hint := yamlfile.Suggest(s.Profile.Text, have)
			if hint == "" {
				hint = "there are " + strings.Join(have, ", ") + ", and stages of your own: {self-test: 1m, os: 2m, ports-up: 30s}"
			}
			ps.Add(s.Profile.Pos, hint, "no boot profile %q", s.Profile.Text)
		}
	}
	changed := false
	for stage, d := range map[*time.Duration]*time.Duration{
		&b.Off: s.Off, &b.SelfTest: s.SelfTest, &b.OS: s.OS, &b.PortsUp: s.PortsUp, &b.ControlPlane: s.ControlPlane, &b.Peering: s.Peering,
	} {
		if d != nil {
			*stage, changed = *d, true
		}
	}
	if changed {
		b.Name = ""
	}
	return b
}
