package simtest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Machine is what could be left behind on a machine, a line each: processes, links, mounts, namespaces that processes
// are in, named sockets, and the files of a directory. It is of use in a box, where all of that is the test's own.
type Machine []string

// Look looks at the machine.
func Look(dir string) (Machine, error) {
	var m Machine
	for _, look := range []func() ([]string, error){processes, links, mounts, sockets, func() ([]string, error) { return files(dir) }} {
		found, err := look()
		if err != nil {
			return nil, fmt.Errorf("look at the machine: %w", err)
		}
		m = append(m, found...)
	}
	return m, nil
}

// Since lists what is there that was not before.
func (m Machine) Since(before Machine) []string {
	var more []string
	for _, x := range m {
		if !slices.Contains(before, x) {
			more = append(more, x)
		}
	}
	return more
}

// processes lists each with its command line and the namespaces it is in. One that ends meanwhile is none.
func processes() ([]string, error) {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var all []string
	for _, dir := range dirs {
		command, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil {
			continue
		}
		line := strings.ReplaceAll(string(command), "\x00", " ")
		all = append(all, "process "+filepath.Base(dir)+" "+line)
		for _, ns := range []string{"net", "mnt", "pid", "user"} {
			if link, err := os.Readlink(filepath.Join(dir, "ns", ns)); err == nil && !slices.Contains(all, "namespace "+link) {
				all = append(all, "namespace "+link)
			}
		}
	}
	return all, nil
}

func links() ([]string, error) {
	found, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, l := range found {
		all = append(all, "link "+l.Name)
	}
	return all, nil
}

func mounts() ([]string, error) {
	return lines("/proc/thread-self/mountinfo", func(fields []string) string {
		return "mount " + fields[4]
	})
}

// sockets lists those with a name, in files or not.
func sockets() ([]string, error) {
	return lines("/proc/thread-self/net/unix", func(fields []string) string {
		if len(fields) < 8 || fields[0] == "Num" {
			return ""
		}
		return "socket " + fields[7]
	})
}

// lines makes a line of each line of a file; empty ones are left out.
func lines(path string, of func(fields []string) string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []string
	in := bufio.NewScanner(f)
	for in.Scan() {
		if line := of(strings.Fields(in.Text())); line != "" {
			all = append(all, line)
		}
	}
	return all, in.Err()
}

func files(dir string) ([]string, error) {
	var all []string
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		all = append(all, "file "+path)
		return err
	})
	return all, err
}

// NothingLeft waits until a machine, which is a box with users of its own, is as it was before. The error says what is
// left. The kernel takes namespaces down in its own time, one after another for the whole machine, so it looks for minutes.
func NothingLeft(dir string, before Machine) error {
	return eventually(func() error { return nothingLeft(dir, before) })
}

// Alone waits until this is the only process in its box.
func Alone() error {
	return eventually(func() error {
		dirs, err := filepath.Glob("/proc/[0-9]*")
		if err == nil && len(dirs) > 1 {
			err = fmt.Errorf("not alone: %s", strings.Join(dirs, " "))
		}
		return err
	})
}

// eventually tries for five minutes.
func eventually(f func() error) error {
	var err error
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); <-time.After(5 * time.Millisecond) {
		if err = f(); err == nil {
			return nil
		}
	}
	return err
}

func nothingLeft(dir string, before Machine) error {
	after, err := Look(dir)
	if err != nil {
		return err
	}
	if left := after.Since(before); len(left) > 0 {
		return fmt.Errorf("left behind: %s", strings.Join(left, "; "))
	}
	return onlyNamespace()
}

// onlyNamespace says whether there is no network namespace in the box but its own, held by whatever: with two allowed
// (namespaces(7), /proc/sys/user), there is room for just one more.
func onlyNamespace() error {
	const limit = "/proc/sys/user/max_net_namespaces"
	usual, err := os.ReadFile(limit)
	if err != nil {
		return err
	}
	if err := os.WriteFile(limit, []byte("2"), 0); err != nil {
		return err
	}
	defer os.WriteFile(limit, usual, 0)
	errs := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the namespace goes with the thread
		errs <- unix.Unshare(unix.CLONE_NEWNET)
	}()
	if err := <-errs; err != nil {
		return fmt.Errorf("left behind: network namespaces (%w)", err)
	}
	return nil
}
