package capsule

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"
	"syscall"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// tool is a program that the build runs, and the package of Debian that has it.
type tool struct{ program, pack string }

var (
	tar     = tool{"tar", "tar"}
	xz      = tool{"xz", "xz-utils"}
	dpkgDeb = tool{"dpkg-deb", "dpkg"}
)

// compiling is what the kernel's own makefiles run (Documentation/process/changes.rst).
var compiling = []tool{
	{"make", "make"}, {"gcc", "gcc"}, {"ld", "binutils"}, {"strip", "binutils"}, {"flex", "flex"}, {"bison", "bison"}, {"bc", "bc"},
}

// need looks for programs, and names all that are missing.
func need(tools []tool) error {
	var missing, packs []string
	for _, t := range tools {
		if _, err := exec.LookPath(t.program); err != nil {
			missing, packs = append(missing, t.program), append(packs, t.pack)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &box.Unavailable{
		What:   "building the capsule's kernel needs " + strings.Join(missing, ", "),
		Remedy: "sudo apt-get install -y " + strings.Join(packs, " "),
	}
}

// room says of a folder that cannot be written to, or has no room, what helps.
func room(err error, folder string) error {
	u := &box.Unavailable{Err: err}
	switch {
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || strings.Contains(err.Error(), "No space left on device"):
		u.What, u.Remedy = "there is no room to build the capsule's kernel in "+folder, "free 3 GB there, or set XDG_CACHE_HOME to a folder that has them"
	case errors.Is(err, syscall.EROFS) || errors.Is(err, fs.ErrPermission):
		u.What, u.Remedy = "the folder for the capsule's kernel cannot be written to: "+folder, "set XDG_CACHE_HOME to a folder that can"
	default:
		return fmt.Errorf("build the capsule's kernel: %w", err)
	}
	return u
}
