package box

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// switchOff is a kernel setting that bars boxes.
type switchOff struct {
	setting, value string
	what           string
	remedy         string
}

// switchesOff are the settings that bar user namespaces, the most telling first.
var switchesOff = []switchOff{
	{"user.max_user_namespaces", "0", "user namespaces are switched off", "sudo sysctl -w user.max_user_namespaces=10000"},
	{"kernel.unprivileged_userns_clone", "0", "user namespaces are for root only", "sudo sysctl -w kernel.unprivileged_userns_clone=1"},
	// Ubuntu 23.10 and later, and with them the runners of GitHub Actions.
	{"kernel.apparmor_restrict_unprivileged_userns", "1", "AppArmor takes their rights from unprivileged user namespaces",
		"sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
}

// limits are the settings that bound how many namespaces of a sort there may be.
var limits = []string{"user.max_net_namespaces", "user.max_mnt_namespaces", "user.max_pid_namespaces", "user.max_user_namespaces"}

// explain turns the kernel's word for "no" into what is wrong and what helps. It looks only after trying has failed,
// since no setting tells for sure.
func explain(err error, sysctl func(string) string, asUser bool) error {
	refused := errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES)
	full := errors.Is(err, unix.ENOSPC)
	if asUser && (refused || full) {
		for _, s := range switchesOff {
			if sysctl(s.setting) == s.value {
				return &Unavailable{What: s.what + " (" + s.setting + "=" + s.value + ")", Remedy: s.remedy + ", or run with sudo", Err: err}
			}
		}
	}
	switch {
	case full:
		return explainLimit(err, sysctl)
	case refused && asUser:
		return &Unavailable{
			What:   "this container or its seccomp filter bars user namespaces",
			Remedy: "run it with --security-opt seccomp=unconfined --security-opt systempaths=unconfined, or with sudo", Err: err,
		}
	case refused:
		return &Unavailable{
			What:   "this container may not make namespaces",
			Remedy: "run it with --privileged, or with --cap-add SYS_ADMIN --cap-add NET_ADMIN", Err: err,
		}
	case errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS):
		return &Unavailable{
			What:   "this kernel was built without namespaces (CONFIG_USER_NS, CONFIG_NET_NS)",
			Remedy: "use another kernel, or --world model", Err: err,
		}
	}
	return err
}

// explainLimit is for ENOSPC, which is how namespaces(7) says that a limit is reached.
func explainLimit(err error, sysctl func(string) string) error {
	for _, l := range limits {
		if sysctl(l) == "0" {
			return &Unavailable{What: "namespaces are switched off (" + l + "=0)", Remedy: "sudo sysctl -w " + l + "=10000", Err: err}
		}
	}
	return &Unavailable{
		What:   "no more namespaces can be made",
		Remedy: "end what holds them, or raise the limits: sysctl " + strings.Join(limits, " "), Err: err,
	}
}

// explainMount is for the inside's own mounts.
func explainMount(err error, what string) error {
	if !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.EACCES) {
		return err
	}
	if readSysctl("kernel.apparmor_restrict_unprivileged_userns") == "1" {
		return explain(err, readSysctl, true)
	}
	return &Unavailable{
		What:   what + " cannot be mounted: this container masks parts of /proc or bars mounts",
		Remedy: "run the container with --security-opt systempaths=unconfined (Docker), --security-opt unmask=ALL (Podman) or procMount: Unmasked (Kubernetes)",
		Err:    err,
	}
}

func readSysctl(name string) string {
	b, err := os.ReadFile(filepath.Join("/proc/sys", strings.ReplaceAll(name, ".", "/")))
	if err != nil {
		return "" // kernels differ in what they have
	}
	return strings.TrimSpace(string(b))
}
