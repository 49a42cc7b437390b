package kernel

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/KimMachineGun/automemlimit/memlimit"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/topology"
)

// Volumes live in memory, and take as much as is written to them. A machine that has less is found out before the drill,
// not by the kernel in the midst of it.

// memoryRoom is how much memory there is for volumes, and what says so.
type memoryRoom struct {
	free topology.Bytes
	why  string
}

// groupLimit is the limit of this process's control group; 0: none. The box hides the control groups: it is asked before.
var groupLimit topology.Bytes

func readGroupLimit() {
	if limit, err := memlimit.FromCgroup(); err == nil { // no control group, no limit of one
		groupLimit = topology.Bytes(limit)
	}
}

// freeMemory is what this machine has left, or the control group if that is less.
func freeMemory() (memoryRoom, error) {
	free, err := availableMemory()
	if err != nil {
		return memoryRoom{}, err
	}
	if groupLimit > 0 && groupLimit < free {
		return memoryRoom{groupLimit, "the limit of its control group"}, nil
	}
	return memoryRoom{free, "what is free on this machine"}, nil
}

// fits says whether this machine has the memory for all that may be written.
func fits(fills []sim.Fill) error {
	if len(fills) == 0 {
		return nil
	}
	room, err := freeMemory()
	if err != nil {
		return err
	}
	return room.holds(fills)
}

// availableMemory is the machine's free memory and what could be freed (proc_meminfo(5)).
func availableMemory() (topology.Bytes, error) {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0, fmt.Errorf("ask for free memory: %w", err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var kib topology.Bytes
		if _, err := fmt.Sscanf(lines.Text(), "MemAvailable: %d kB", &kib); err == nil {
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("ask for free memory: /proc/meminfo does not say")
}

// holds says whether there is room for all that may be written; the error is an *Unavailable with the sum.
func (r memoryRoom) holds(fills []sim.Fill) error {
	var sum topology.Bytes
	var parts []string
	for _, f := range fills {
		sum += f.Bytes
		parts = append(parts, fmt.Sprintf("%s %s by %d machines", f.Volume, f.Bytes, f.Machines))
	}
	if sum <= r.free {
		return nil
	}
	return &box.Unavailable{
		What:   fmt.Sprintf("volumes live in memory and may take %s (%s); %s is %s", sum, strings.Join(parts, ", "), r.why, r.free),
		Remedy: "fewer machines or services, more memory, or --world model",
	}
}
