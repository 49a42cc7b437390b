package kernel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/workload"
	"github.com/dcdrill/dcdrill/topology"
)

// figuresOfServices takes the processor time and the memory of 300 virtual machines of which five serve, and of all those
// outside who use them.
func figuresOfServices(t *testing.T) []figure {
	d := newHall(t, func(p *topology.Plant) []*sim.Use { return busyHall(t, p) })
	defer d.close()
	d.world.clock.Zero()
	busy := cores(t, func() { d.wait(20 * time.Second) })
	return []figure{
		{"300 machines, calls, mail, pages, files, databases", busy, "", "", "one core"},
		{"their memory, with all there is of the program", residentMemory(t), "", "", "under 600 MiB"},
	}
}

// busyHall is 300 machines that write once a second, 20 calls, 10 mails and 5 pages a second, 2 clients of files and 2
// databases.
func busyHall(t *testing.T, p *topology.Plant) []*sim.Use {
	isp := topology.Target{"isp"}
	asked := func(to string, count int) workload.Customers {
		return workload.Customers{From: isp, To: to, Count: count}
	}
	ends := func(to string, count int) workload.Ends {
		return workload.Ends{From: isp, To: topology.Target{to}, Count: count}
	}
	all := machinesAlone(t, 295)(p)
	for _, s := range []struct {
		word     string
		machines int
		clients  workload.Visitor
	}{
		{"mail", 1, &workload.Mail{Customers: asked("mail", 10)}},
		{"web", 1, &workload.HTTP{Ends: ends("web", 5)}},
		{"files", 1, &workload.Files{Customers: asked("files", 2)}},
		{"database", 2, &workload.Database{Customers: asked("database", 2)}},
	} {
		vm := &workload.VM{On: topology.Target{"hv"}, Count: s.machines, Disk: "ds1", Network: "lan", Service: s.word}
		talks, err := vm.Talks(p)
		require.NoError(t, err)
		host := useOf(s.word, vm, talks)
		visits, err := s.clients.Visit(p, s.word+"-clients", host)
		require.NoError(t, err)
		all = append(all, host, useOf(s.word+"-clients", s.clients, visits))
	}
	calls := &workload.VoIP{Ends: ends("hv1", 20)}
	talks, err := calls.Talks(p)
	require.NoError(t, err)
	return append(all, useOf("calls", calls, talks))
}
