package capsule

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/dcdrill/dcdrill/sim/kernel/box"
)

// Config is what the kernel has, over tinyconfig.
//
//go:embed capsule.config
var Config string

// PathEnv names a kernel to be used instead of the cache's: a pipeline builds it once and gives it to all.
const PathEnv = "DCDRILL_CAPSULE"

const (
	kernelFile = "linux"
	infoFile   = "info.json"
)

// Info says of what a kernel was built.
type Info struct {
	Path    string        `json:"-"`
	Source  string        `json:"source"`  // "linux-source-6.12 6.12.117-1", or a tree
	Release string        `json:"release"` // "6.12.117"
	Built   time.Time     `json:"built"`
	Took    time.Duration `json:"took"`
}

// Folder is where kernels are kept, below the user's cache folder.
func Folder() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", &box.Unavailable{What: "there is no folder for the capsule's kernel", Remedy: "set HOME or XDG_CACHE_HOME", Err: err}
	}
	return filepath.Join(cache, "dcdrill", "capsule"), nil
}

// Find gives the kernel that stands ready: the one that PathEnv names, or the latest of this configuration in the
// cache. The error is a *kernel.Unavailable where there is none.
func Find() (Info, error) {
	if path := os.Getenv(PathEnv); path != "" {
		return named(path)
	}
	folder, err := Folder()
	if err != nil {
		return Info{}, err
	}
	found, err := filepath.Glob(filepath.Join(folder, configKey()+"-*", infoFile))
	if err != nil {
		return Info{}, fmt.Errorf("look for the capsule's kernel: %w", err)
	}
	var latest Info
	for _, file := range found {
		if i, err := read(file); err == nil && i.Built.After(latest.Built) {
			latest = i
		}
	}
	if latest.Path == "" {
		return Info{}, none()
	}
	return latest, nil
}

// none says how to come by a kernel.
func none() error {
	u := &box.Unavailable{What: "the capsule's kernel has not been built", Remedy: "dcdrill capsule build (some minutes, once)"}
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		u.What = "the capsule runs on Linux on x86-64 only: this is " + runtime.GOOS + " on " + runtime.GOARCH
		u.Remedy = "use --world model"
	}
	return u
}

func named(path string) (Info, error) {
	full, err := filepath.Abs(path)
	if err == nil {
		_, err = os.Stat(full)
	}
	if err != nil {
		return Info{}, &box.Unavailable{What: PathEnv + " names no kernel", Remedy: "unset it, or name one that dcdrill capsule path prints", Err: err}
	}
	return Info{Path: full, Source: PathEnv}, nil
}

// read reads what is said of a kernel, if that is whole.
func read(file string) (Info, error) {
	var i Info
	text, err := os.ReadFile(file)
	if err != nil {
		return i, err
	}
	if err := json.Unmarshal(text, &i); err != nil {
		return i, err
	}
	i.Path = filepath.Join(filepath.Dir(file), kernelFile)
	_, err = os.Stat(i.Path)
	return i, err
}

// keep moves a kernel that was built in a folder to its place in the cache, at one instant: another build of the same
// may be going on.
func (i Info) keep(work, key string) (Info, error) {
	text, err := json.MarshalIndent(i, "", "  ")
	if err != nil {
		return i, err
	}
	if err := os.WriteFile(filepath.Join(work, infoFile), append(text, '\n'), 0o644); err != nil {
		return i, err
	}
	place := filepath.Join(filepath.Dir(work), key)
	err = os.Rename(work, place)
	if errors.Is(err, fs.ErrExist) { // somebody else was faster, or it is built anew
		if err = os.RemoveAll(place); err == nil {
			err = os.Rename(work, place)
		}
	}
	i.Path = filepath.Join(place, kernelFile)
	return i, err
}

// configKey is the first half of a kernel's name: of its configuration and of our patches.
func configKey() string {
	all := []byte(Config)
	names, _ := patchesIn(patches) // the pattern is right, and nothing else can be wrong
	for _, name := range names {
		text, _ := patches.ReadFile(name)
		all = append(all, text...)
	}
	return short(all)
}

// short is enough of a hash to tell a handful of kernels apart.
func short(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}
