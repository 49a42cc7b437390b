package kernel

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/topology"
)

// daemonFolders are where systems keep daemons that are on nobody's path but root's: Debian's, and FRR's own.
var daemonFolders = []string{"/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/lib/frr", "/usr/libexec/frr"}

// daemonPath finds the program of a daemon.
func daemonPath(d *topology.Daemon) (string, error) {
	if path, err := exec.LookPath(d.Run[0]); err == nil {
		return filepath.Abs(path)
	}
	for _, folder := range daemonFolders {
		if path, err := exec.LookPath(filepath.Join(folder, d.Run[0])); err == nil && !strings.Contains(d.Run[0], "/") {
			return path, nil
		}
	}
	return "", fmt.Errorf("find program %s: %w", d.Run[0], os.ErrNotExist)
}

// daemonsInstalled refuses a plant whose daemons this machine does not have.
func daemonsInstalled(p *topology.Plant) error {
	for _, n := range p.Nodes {
		for _, d := range n.Daemons {
			if _, err := daemonPath(d); err == nil {
				continue
			}
			remedy := "install it, or name the program with its whole path (run: [/opt/bin/" + d.Name + ", ...])"
			if d.Package != "" {
				remedy = "sudo apt install " + d.Package
			}
			return &box.Unavailable{
				What: fmt.Sprintf("node %s runs %s, which this machine does not have", n.ID, d.Run[0]), Remedy: remedy, Err: sim.ErrUnsupported,
			}
		}
	}
	return nil
}
