package kernel

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/topology"
)

// view is the file system as the programs of one node see it: the machine's own, which nobody can write to, with a /run and
// a /tmp that only they have. It is held by a descriptor, and gone with the last who has it.
//
//	/run/bird.conf    the configuration of daemon bird
//	/run/bird/        where it keeps its control socket
type view struct{ fd int }

// viewRoom is how much may be written into each of a node's own folders: pid files, sockets, a dump of a table.
const viewRoom = "size=16m"

// newView makes the view of a node, with the configurations of its daemons in it. It is empty of what an earlier one held:
// /run does not outlive a power loss.
func newView(n *topology.Node) (*view, error) {
	v := &view{}
	err := inThread(func() error {
		runtime.LockOSThread() // once more than the caller undoes: no other code shall run on this thread
		if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
			return fmt.Errorf("leave mounts: %w", err)
		}
		if err := furnish(n); err != nil {
			return err
		}
		var err error
		v.fd, err = unix.Open("/proc/thread-self/ns/mnt", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make files of %s: %w", n.ID, err)
	}
	return v, nil
}

// furnish makes the mounts of the calling thread those of a node. Its own network settings stay writable.
func furnish(n *topology.Node) error {
	const settings = "/proc/sys/net"
	if err := unix.Mount(settings, settings, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("keep %s: %w", settings, err)
	}
	if err := unix.MountSetattr(unix.AT_FDCWD, "/", unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}); err != nil {
		return fmt.Errorf("make files read-only: %w", err)
	}
	if err := unix.MountSetattr(unix.AT_FDCWD, settings, 0, &unix.MountAttr{Attr_clr: unix.MOUNT_ATTR_RDONLY}); err != nil {
		return fmt.Errorf("keep %s: %w", settings, err)
	}
	for folder, mode := range map[string]string{"/run": "mode=755,", "/tmp": "mode=1777,"} {
		if err := unix.Mount("tmpfs", folder, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, mode+viewRoom); err != nil {
			return fmt.Errorf("mount %s: %w", folder, err)
		}
	}
	for _, d := range n.Daemons {
		if err := os.MkdirAll(filepath.Join("/run", d.Folder), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(configPath(d), []byte(d.Config), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// configPath is where a daemon finds its configuration.
func configPath(d *topology.Daemon) string { return filepath.Join("/run", d.Name+".conf") }

// enter has the calling thread see files as the node's programs do.
func (v *view) enter() error {
	if err := unix.Unshare(unix.CLONE_FS); err != nil { // threads that share a folder cannot have mounts of their own
		return fmt.Errorf("leave folder: %w", err)
	}
	if err := unix.Setns(v.fd, unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("enter files: %w", err)
	}
	return nil
}

func (v *view) close() { _ = unix.Close(v.fd) }
