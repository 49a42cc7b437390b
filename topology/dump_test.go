package topology

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// dump writes everything about a plant that a reader of it relies on, a line each.
func dump(p *Plant) string {
	var b strings.Builder
	for _, n := range p.Nodes {
		fmt.Fprintf(&b, "node %s %s feeds=%v boot=%s/%s routed=%v\n", n.ID, n.Kind, n.Feeds, n.Boot.Name, n.Boot.Total(), n.Routed)
		for _, x := range n.Bonds {
			fmt.Fprintf(&b, "  bond %s %s %v miimon=%s updelay=%s primary=%v\n", x.Name, x.Mode, x.Members, x.Miimon, x.Updelay, x.Primary)
		}
		for _, i := range n.Interfaces {
			fmt.Fprintf(&b, "  %s %s %s\n", i, i.Addr, i.MAC)
		}
		if n.Loopback.IsValid() {
			fmt.Fprintf(&b, "  loopback %s\n", n.Loopback)
		}
	}
	for _, l := range p.Links {
		fmt.Fprintf(&b, "link %s %s -- %s %s mtu=%d [%s] named=%v", l.ID, l.A, l.B, l.Speed, l.MTU, idsOf(l.Networks), l.Named)
		if l.A.Optic != nil {
			fmt.Fprintf(&b, " optic=%s %s", l.A.Optic.Model, l.A.Optic.Batch)
		}
		b.WriteString("\n")
	}
	for _, n := range p.Networks {
		fmt.Fprintf(&b, "network %s %s mtu=%d transit=%v", n.ID, n.Subnet, n.MTU, n.Transit)
		if g := n.Gateway; g != nil {
			fmt.Fprintf(&b, " gateway=%s", g.Addr)
			for _, m := range g.Members {
				fmt.Fprintf(&b, " %s", m.ID)
			}
		}
		b.WriteString("\n")
	}
	for _, g := range p.Groups {
		fmt.Fprintf(&b, "group %s redundant=%v shares=%v", g.ID, g.Redundant, g.Shares)
		for _, n := range g.Nodes {
			fmt.Fprintf(&b, " %s", n.ID)
		}
		for _, l := range g.Links {
			fmt.Fprintf(&b, " %s", l.ID)
		}
		b.WriteString("\n")
	}
	for _, w := range p.Workloads {
		fmt.Fprintf(&b, "workload %s %s %s\n", w.ID, w.Kind, w.Pos)
	}
	for _, s := range p.Notes {
		fmt.Fprintf(&b, "note %s\n", s)
	}
	for _, s := range p.Needs {
		fmt.Fprintf(&b, "needs %s\n", s)
	}
	return b.String()
}

var rewrite = flag.Bool("rewrite", false, "write the golden files instead of comparing")

// golden compares with a file of testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *rewrite {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestHouston(t *testing.T) {
	data, err := os.ReadFile("../testdata/topologies/houston.yaml")
	require.NoError(t, err)
	p, err := Parse("houston.yaml", data)
	require.NoError(t, err)
	golden(t, "houston.txt", dump(p))
}
