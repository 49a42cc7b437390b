package topology

import "fmt"

// Star is hosts around one switch; zero: 4 hosts.
type Star struct {
	Hosts int `yaml:"hosts"`
}

// YAML is the plant as a topology file.
func (s Star) YAML() string {
	return fmt.Sprintf(`# %[1]d hosts around one switch.
name: star

networks:
  lan: {subnet: 10.0.0.0/16}

topology:
  nodes:
    sw: {kind: switch}
    h:  {kind: host, count: %[1]d, ports: {eth0: {to: sw, networks: [lan]}}}
`, orElse(s.Hosts, 4))
}

// orElse is a parameter, or what it is when not given.
func orElse(n, byDefault int) int {
	if n == 0 {
		return byDefault
	}
	return n
}
