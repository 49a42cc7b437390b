package proto

import (
	"slices"
	"strconv"
	"time"

	"github.com/dcdrill/dcdrill/topology"
)

// How often and how long, where the plant does not say.
const (
	// DefaultNopInterval and DefaultNopTimeout: a path that was silent for the one is asked, and lost when it stays so
	// for the other (open-iscsi, etc/iscsid.conf: noop_out_interval and noop_out_timeout, 5 s each).
	DefaultNopInterval = 5 * time.Second
	DefaultNopTimeout  = 5 * time.Second
	// DefaultCheck is how often a lost path is tried again (multipath-tools, libmultipath/defaults.h: polling interval 5 s).
	DefaultCheck = 5 * time.Second
)

// MultipathPolicy says how requests are spread.
type MultipathPolicy int

// Failover uses one path at a time, in order of preference; RoundRobin all paths of the best group, request by request
// (multipath.conf(5), path_grouping_policy failover and multibus; rr_min_io_rq 1).
const (
	Failover MultipathPolicy = iota
	RoundRobin
)

// FailbackManual leaves requests where they are until somebody says otherwise (multipath.conf(5), failback).
const FailbackManual time.Duration = -1

// What to do with requests while no path is up (multipath.conf(5), no_path_retry); a positive number is how many checks
// they wait.
const (
	RetryQueue = -1
	RetryFail  = 0
)

// MultipathConf is how a host uses the paths to a volume. Zero durations but Failback's take the defaults.
type MultipathConf struct {
	// Groups has the priority group of each path; a lower one is preferred. With Failover each path is a group of its
	// own, and the numbers only say which is preferred; among equals it is the first.
	Groups   []int
	Policy   MultipathPolicy
	Failback time.Duration // how long a better path must be up before it is used: 0 at once, FailbackManual never
	Retry    int           // RetryQueue, RetryFail or a number of checks
	// NopInterval and NopTimeout together are the longest that a path may answer nothing.
	NopInterval, NopTimeout time.Duration
	Check                   time.Duration
	// Replacement is how long requests stay with a path whose session was lost, in case it comes back (open-iscsi,
	// replacement_timeout, 120 s without multipath). 0, as under multipath: they go elsewhere at once.
	Replacement time.Duration
}

// MultipathConfOf is what the plant says of a datastore. The paths to the controller that owns the volume are preferred,
// where it matters which one answers.
func MultipathConfOf(d *topology.Datastore) MultipathConf {
	conf := MultipathConf{
		Failback: d.Failback, Retry: RetryQueue, NopInterval: d.PathTimeout / 2, NopTimeout: d.PathTimeout / 2,
	}
	if d.Replacement != nil {
		conf.Replacement = *d.Replacement
	} else if d.Guest {
		conf.Replacement = topology.DefaultReplacement
	}
	if d.RoundRobin {
		conf.Policy = RoundRobin
	}
	array := ArrayConfOf(d.Volume)
	for _, p := range d.Routes() {
		group := 0
		if array.Access != topology.ActiveActive && p.Controller != array.Owner {
			group = 1
		}
		conf.Groups = append(conf.Groups, group)
	}
	if retry, err := strconv.Atoi(d.NoPathRetry); err == nil {
		conf.Retry = retry
	} else if d.NoPathRetry == "fail" {
		conf.Retry = RetryFail
	}
	return conf
}

// Verb is what a Multipath wants done.
type Verb int

// Connect opens a session (one attempt at a time); Ping asks for any answer; Drop ends a session or an attempt.
const (
	Connect Verb = iota
	Ping
	Drop
)

// Order is one thing to be done with one path.
type Order struct {
	Verb Verb
	Path int
}

// Mode is what becomes of requests.
type Mode int

// Serving: there is a path. Queueing: requests wait for one. Failing: they get an error.
const (
	Serving Mode = iota
	Queueing
	Failing
)

// Multipath decides which path a host's requests to a volume take, when a path counts as lost, when it is tried again
// and used again, and what happens while there is none. The rules are those of iSCSI sessions under dm-multipath:
//
//	Down ──check──> Connecting ──Connected──> Up ──NopInterval silent: Ping──NopTimeout silent──> Down
//	  └──────── Lost, or no answer for a Check ──┘└── Lost, or the carrier is gone ────────────────┘
//
// Any answer counts, not only that to a ping: a path is not lost because the disks behind it are slow.
type Multipath struct {
	conf  MultipathConf
	paths []mpPath
	group int // in use; None when no path is
	next  int // where round-robin goes on
	// begun: there was a path once; until then requests wait, whatever the policy.
	begun bool
	// down is when the last path was lost; spent says that requests have waited long enough since.
	down   time.Duration
	spent  bool
	better time.Duration // since when a better group is up; Never when none is
	asked  bool          // somebody wants the better group used now
	orders []Order
}

// mpPath is what is known of one path.
type mpPath struct {
	group   int
	state   mpState
	carrier bool
	due     time.Duration // Down: the next check; Connecting: the end of patience; Up: the ping, or its timeout
	pinged  bool
	held    time.Duration // until then requests wait for this path's session to come back
}

type mpState int

const (
	mpDown mpState = iota
	mpConnecting
	mpUp
)

// String is the mode as logs write it.
func (m Mode) String() string { return [...]string{"serving", "queueing", "failing"}[m] }

// NewMultipath makes a machine whose paths are all down and tried at once.
func NewMultipath(conf MultipathConf) *Multipath {
	for d, standard := range map[*time.Duration]time.Duration{
		&conf.NopInterval: DefaultNopInterval, &conf.NopTimeout: DefaultNopTimeout, &conf.Check: DefaultCheck,
	} {
		if *d <= 0 {
			*d = standard
		}
	}
	m := &Multipath{conf: conf, group: None, better: Never}
	for i, g := range conf.Groups {
		if conf.Policy == Failover {
			g = g*len(conf.Groups) + i
		}
		m.paths = append(m.paths, mpPath{group: g, carrier: true, due: -Never, held: -Never})
	}
	return m
}

// Carrier tells that the host's own end of a path has gained or lost its carrier. Without one it is lost at once; with
// one it is tried at once.
func (m *Multipath) Carrier(now time.Duration, path int, up bool) {
	p := &m.paths[path]
	if p.carrier == up {
		return
	}
	p.carrier = up
	if !up {
		m.lose(now, path)
		return
	}
	p.due = now
}

// Connected tells that a session has begun.
func (m *Multipath) Connected(now time.Duration, path int) {
	p := &m.paths[path]
	if p.state != mpConnecting {
		return
	}
	p.state, p.due, p.pinged, p.held = mpUp, now+m.conf.NopInterval, false, -Never
	m.choose(now)
}

// Heard tells that something was answered over a path.
func (m *Multipath) Heard(now time.Duration, path int) {
	if p := &m.paths[path]; p.state == mpUp {
		p.due, p.pinged = now+m.conf.NopInterval, false
	}
}

// Lost tells that a session has ended, or that an attempt to begin one has failed.
func (m *Multipath) Lost(now time.Duration, path int) {
	if m.paths[path].state != mpDown {
		m.lose(now, path)
	}
}

// Rest tells that nothing time does to a path changes anything, until Wake: it is up and answers, or attempts are in vain.
func (m *Multipath) Rest(path int) { m.paths[path].due = Never }

// Wake has a path's next turn come now.
func (m *Multipath) Wake(now time.Duration, path int) { m.paths[path].due = now }

// FailBack has the best path used now, as an operator may ask.
func (m *Multipath) FailBack(now time.Duration) {
	m.asked = true
	m.choose(now)
	m.asked = false
}

// Step does what is due, and says what is to be done.
func (m *Multipath) Step(now time.Duration) []Order {
	for i := range m.paths {
		if m.paths[i].due <= now {
			m.turn(now, i)
		}
	}
	m.choose(now)
	orders := m.orders
	m.orders = nil
	return orders
}

// turn is a path's moment: a check, the end of an attempt, a ping, or the end of waiting for its answer.
func (m *Multipath) turn(now time.Duration, path int) {
	p := &m.paths[path]
	switch {
	case !p.carrier:
		p.due = Never
	case p.state == mpDown:
		p.state, p.due = mpConnecting, now+m.conf.Check
		m.orders = append(m.orders, Order{Connect, path})
	case p.state == mpConnecting || p.pinged:
		m.lose(now, path)
		m.turnIfDue(now, path)
	default:
		p.pinged, p.due = true, now+m.conf.NopTimeout
		m.orders = append(m.orders, Order{Ping, path})
	}
}

// turnIfDue goes on to the next attempt where an attempt has taken all the time between two.
func (m *Multipath) turnIfDue(now time.Duration, path int) {
	if m.paths[path].due <= now {
		m.turn(now, path)
	}
}

// lose ends a path's session or attempt. An attempt that never ended has taken the time between two checks.
func (m *Multipath) lose(now time.Duration, path int) {
	p := &m.paths[path]
	due := now + m.conf.Check
	if p.state == mpConnecting && p.due <= now {
		due = now
	}
	if p.state == mpUp {
		p.held = now + m.conf.Replacement
		if !p.carrier {
			p.held = now
		}
		due = now + min(m.conf.Check, time.Second) // a session that broke is begun anew soon (iscsid tries each second)
	}
	if p.state != mpDown {
		m.orders = append(m.orders, Order{Drop, path})
	}
	p.state, p.due, p.pinged = mpDown, due, false
	m.choose(now)
}

// choose settles which group is used.
func (m *Multipath) choose(now time.Duration) {
	for i := range m.paths {
		if p := &m.paths[i]; p.held <= now {
			p.held = -Never
		}
	}
	best, using := m.best(), m.counts(m.group)
	switch {
	case best == None:
		if m.group != None {
			m.down = now
		}
		m.group, m.better = None, Never
		m.spent = m.waits() && now >= m.ends() || m.spent
	case !using || best == m.group:
		m.group, m.better, m.begun, m.spent = best, Never, true, false
	default:
		if m.better == Never {
			m.better = now
		}
		if m.asked || m.conf.Failback >= 0 && now >= m.better+m.conf.Failback {
			m.group, m.better = best, Never
		}
	}
}

// best is the preferred group that can be used.
func (m *Multipath) best() int {
	best := None
	for _, p := range m.paths {
		if (best == None || p.group < best) && m.counts(p.group) {
			best = p.group
		}
	}
	return best
}

// counts says whether a group has a path that is up, or whose session is still waited for.
func (m *Multipath) counts(group int) bool {
	return slices.ContainsFunc(m.paths, func(p mpPath) bool {
		return p.group == group && (p.state == mpUp || p.held > -Never)
	})
}

// Next is when the machine wants to be stepped.
func (m *Multipath) Next() time.Duration {
	next := m.Decides()
	for _, p := range m.paths {
		next = min(next, p.due)
	}
	return next
}

// Due is a path's next turn: a check, a ping, or the end of waiting for its answer. Asked says that it is the latter.
func (m *Multipath) Due(path int) time.Duration { return m.paths[path].due }

// Asked says whether a path was asked whether it still answers.
func (m *Multipath) Asked(path int) bool { return m.paths[path].pinged }

// Decides is when time alone changes what becomes of requests, whatever paths say: a failback, the end of queueing, or
// of waiting for a session to come back.
func (m *Multipath) Decides() time.Duration {
	next := Never
	for _, p := range m.paths {
		if p.held > -Never {
			next = min(next, p.held)
		}
	}
	if m.better != Never && m.conf.Failback >= 0 {
		next = min(next, m.better+m.conf.Failback)
	}
	if m.waits() {
		next = min(next, m.ends())
	}
	return next
}

// waits says whether requests wait that will fail if no path comes back.
func (m *Multipath) waits() bool { return m.begun && m.group == None && m.conf.Retry > 0 && !m.spent }

// Pick is the path that the next request takes; None when it has to wait or fails.
func (m *Multipath) Pick() int {
	for range m.paths {
		i := m.next % len(m.paths)
		m.next = i + 1
		if p := m.paths[i]; p.state == mpUp && p.group == m.group {
			return i
		}
	}
	return None
}

// Using is the path that a next request would take, the first of several; None when there is none.
func (m *Multipath) Using() int {
	return slices.IndexFunc(m.paths, func(p mpPath) bool { return p.state == mpUp && p.group == m.group })
}

// InUse says whether requests are sent over a path.
func (m *Multipath) InUse(path int) bool {
	p := m.paths[path]
	return p.state == mpUp && p.group == m.group
}

// Up says whether a path has a session.
func (m *Multipath) Up(path int) bool { return m.paths[path].state == mpUp }

// Mode says what becomes of requests.
func (m *Multipath) Mode() Mode {
	switch {
	case m.group != None:
		return Serving
	case !m.begun || m.conf.Retry == RetryQueue || m.waits():
		return Queueing
	}
	return Failing
}

// ends is when requests have waited for as many checks as they may.
func (m *Multipath) ends() time.Duration { return m.down + time.Duration(m.conf.Retry)*m.conf.Check }
