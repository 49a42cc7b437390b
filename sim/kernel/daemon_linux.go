package kernel

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/kernel/box"
	"github.com/dcdrill/dcdrill/topology"
)

// daemons are the programs that the plant's nodes run: each in the network of its node and with the files of a view, from
// when the node is in service until it loses its power.
type daemons struct {
	world *World
	nodes []*topology.Node // that run any
	watch []*routeWatch
	stop  context.CancelFunc
	// died gets how the first of those that end by themselves did.
	died chan string

	mu   sync.Mutex
	news []func() // for the loop, in order: nobody waits for it, or a daemon that talks would be held up
}

const (
	// mostLines of a daemon's words are kept of a run, and mostText of each: what it says of every session's states, many
	// times over. Chosen.
	mostLines = 500
	mostText  = 200
)

// startDaemons starts what the nodes run.
func startDaemons(w *World) (*daemons, error) {
	ctx, stop := context.WithCancel(context.Background())
	ds := &daemons{world: w, stop: stop, died: make(chan string, 1)}
	for _, n := range w.env.Plant.Nodes {
		if len(n.Daemons) == 0 {
			continue
		}
		ds.nodes = append(ds.nodes, n)
		watch, err := watchRoutes(w.cond.netns(n), func(changed int) { ds.later(func() { w.rerouted(n, changed) }) })
		if err != nil {
			ds.close()
			return nil, err
		}
		ds.watch = append(ds.watch, watch)
		go func() {
			p, mouths := w.places[n.Index], mouthsOf(ds, n)
			if err := p.Serve(ctx, func(life context.Context) error { return ds.live(life, p, mouths) }); err != nil {
				w.wake.fail(err, w)
			}
		}()
	}
	return ds, nil
}

// later has the loop do something, once it comes by.
func (ds *daemons) later(f func()) {
	ds.mu.Lock()
	ds.news = append(ds.news, f)
	ds.mu.Unlock()
	ds.world.wake.stir(ds.world)
}

// hear does what has come for the loop.
func (ds *daemons) hear() {
	if ds == nil {
		return
	}
	ds.mu.Lock()
	news := ds.news
	ds.news = nil
	ds.mu.Unlock()
	for _, f := range news {
		f()
	}
}

// live runs a node's daemons until it loses its power.
func (ds *daemons) live(life context.Context, p *place, mouths map[*topology.Daemon]*mouth) error {
	v, err := newView(p.node)
	if err != nil {
		return err
	}
	defer v.close()
	p.see(v)
	defer p.see(nil)
	var running sync.WaitGroup
	defer running.Wait()
	for _, d := range p.node.Daemons {
		run, err := p.daemon(life, d, mouths[d])
		if err != nil {
			ds.world.wake.fail(err, ds.world)
			continue
		}
		running.Add(1)
		go func() {
			defer running.Done()
			if why := run(); life.Err() == nil {
				mouths[d].tell(sim.DaemonData{Name: d.Name, State: sim.DaemonEnded, Text: why})
				select {
				case ds.died <- fmt.Sprintf("daemon %s of %s ended: %s%s", d.Name, p.node.ID, why, mouths[d].last()):
				default:
				}
			}
		}()
	}
	<-life.Done()
	return nil
}

// daemon starts a daemon, and gives what waits for its end and says how that was.
func (p *place) daemon(life context.Context, d *topology.Daemon, m *mouth) (wait func() string, err error) {
	cmd, err := daemonCommand(d, p.node)
	if err != nil {
		return nil, err
	}
	out, in, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make output of %s: %w", d.Name, err)
	}
	cmd.Stdout, cmd.Stderr = in, in
	err = p.start(cmd, leaveRights)
	in.Close()
	if err != nil {
		out.Close()
		return nil, fmt.Errorf("run %s on %s: %w", d.Name, p.node.ID, err)
	}
	m.tell(sim.DaemonData{Name: d.Name, State: sim.DaemonStarted})
	r := &resident{pid: cmd.Process.Pid}
	_ = p.keep(r, life) // if the power has gone meanwhile, this has killed it
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		m.hear(out)
	}()
	return func() string {
		defer out.Close()
		defer p.forget(r)
		err := box.WaitChild(cmd)
		r.left()
		select {
		case <-heard:
		case <-time.After(afterExit): // somebody whom it left behind has its output
		}
		if err == nil {
			return "exit status 0: it has to stay in the foreground"
		}
		return err.Error()
	}, nil
}

// leaveRights has the calling thread give up, for what it starts, rights over more than the node: to mount, and so to write
// where nobody may, and to change the machine. Networks, its own processes and files stay its own.
func leaveRights() error {
	for _, right := range []uintptr{
		unix.CAP_SYS_ADMIN, unix.CAP_SYS_MODULE, unix.CAP_SYS_RAWIO, unix.CAP_SYS_BOOT, unix.CAP_SYS_TIME, unix.CAP_MKNOD,
	} {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, right, 0, 0, 0); err != nil {
			return fmt.Errorf("give up right %d: %w", right, err)
		}
	}
	return nil
}

// daemonCommand is how a daemon is started.
func daemonCommand(d *topology.Daemon, n *topology.Node) (*exec.Cmd, error) {
	path, err := daemonPath(d)
	if err != nil {
		return nil, err
	}
	var args []string
	for _, a := range d.Run[1:] {
		args = append(args, strings.ReplaceAll(a, topology.ConfigWord, configPath(d)))
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "DCDRILL_NODE="+n.ID, "TMPDIR=/tmp")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd, nil
}

// capabilities says of those of a kernel which routes are daemons'.
func (ds *daemons) capabilities(all []sim.Capability) []sim.Capability {
	if len(ds.nodes) == 0 {
		return all
	}
	var names []string
	for _, n := range ds.nodes {
		for _, d := range n.Daemons {
			names = append(names, d.Name+" on "+n.ID)
		}
	}
	ours := slices.ContainsFunc(ds.world.env.Plant.Nodes, func(n *topology.Node) bool { return routes(n.Kind, n) && len(n.Daemons) == 0 })
	if !ours {
		all = slices.DeleteFunc(all, func(c sim.Capability) bool { return c.Name == emulatedRoutes })
	}
	return append(all, sim.Capability{Name: "daemons", Status: sim.Native, Why: strings.Join(names, ", ")})
}

// resident is a process that a power loss takes.
type resident struct {
	mu  sync.Mutex
	pid int // 0: it has ended, and its number may be somebody else's
}

// abandon implements socket.
func (r *resident) abandon() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pid != 0 {
		_ = unix.Kill(-r.pid, unix.SIGKILL)
	}
}

func (r *resident) left() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pid = 0
}

// mouth writes down what a daemon says, as much of it as is kept.
type mouth struct {
	daemons *daemons
	node    *topology.Node
	name    string

	mu    sync.Mutex
	lines int
	said  string // the latest
}

func mouthsOf(ds *daemons, n *topology.Node) map[*topology.Daemon]*mouth {
	mouths := map[*topology.Daemon]*mouth{}
	for _, d := range n.Daemons {
		mouths[d] = &mouth{daemons: ds, node: n, name: d.Name}
	}
	return mouths
}

// tell writes down what became of the daemon.
func (m *mouth) tell(d sim.DaemonData) {
	w := m.daemons.world
	m.daemons.later(func() { w.env.Log.Add(w.cause, m.node.ID, d) })
}

// last is what it said last, for an error; empty when it was silent.
func (m *mouth) last() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.said == "" {
		return ""
	}
	return " (" + m.said + ")"
}

// hear takes what the daemon writes until it ends: whoever does not read holds it up.
func (m *mouth) hear(from io.Reader) {
	lines := bufio.NewReaderSize(from, 4<<10)
	for {
		line, whole, err := lines.ReadLine()
		if err != nil {
			return
		}
		if m.keep(line) {
			m.tell(sim.DaemonData{Name: m.name, State: sim.DaemonSaid, Text: m.said})
		}
		for whole && err == nil { // the rest of a line that is longer than any that is kept
			_, whole, err = lines.ReadLine()
		}
	}
}

// keep takes a line, and says whether it is to be written down.
func (m *mouth) keep(line []byte) bool {
	text := strings.ToValidUTF8(string(bytes.TrimSpace(line)), string(utf8.RuneError))
	if runes := []rune(text); len(runes) > mostText {
		text = string(runes[:mostText]) + "..."
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if text == "" {
		return false
	}
	m.lines++
	if m.lines == mostLines {
		text = "(says more, which is left out)"
	}
	m.said = text
	return m.lines <= mostLines
}

// close ends all daemons.
func (ds *daemons) close() {
	if ds == nil {
		return
	}
	ds.stop()
	for _, w := range ds.watch {
		w.close()
	}
}
