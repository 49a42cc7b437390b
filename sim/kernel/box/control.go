package box

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
)

// Control is a run that other processes of the same user may speak to: exec, shell, inject, heal and capture do.
//
//	dcdrill exec hv1 -- ip a        dcdrill up plant.yaml
//	  Open("exec", ...) ──socket──> the outside: asks who it is ──stream──> the inside: Handle("exec", ...)
//
// The socket has no file (unix(7), abstract): it is gone with its process, and every user has names of their own.
type Control struct{ Name string }

// Open begins a channel with a verb, on a connection of its own.
func (c Control) Open(verb string, args any) (*Channel, error) {
	conn, err := net.Dial("unix", controlAddress(c.Name))
	if err != nil {
		return nil, fmt.Errorf("speak to run %s: %w", c.Name, err)
	}
	ch := NewChannel(conn)
	if err := ch.open(verb, args); err != nil {
		conn.Close()
		return nil, err
	}
	return ch, nil
}

// Call begins a channel with a verb, waits for one value unless reply is nil, and for the end.
func (c Control) Call(verb string, args, reply any) error {
	ch, err := c.Open(verb, args)
	if err != nil {
		return err
	}
	defer ch.Close()
	return ch.reply(verb, reply)
}

// FindControl finds a run by its name; without one, the only run there is.
func FindControl(name string) (Control, error) {
	all, err := Controls()
	if err != nil {
		return Control{}, err
	}
	switch {
	case name != "" && slices.Contains(all, Control{name}):
		return Control{name}, nil
	case len(all) == 0:
		return Control{}, errors.New("nothing is running: begin with `dcdrill up TOPOLOGY` in another terminal")
	case name != "":
		return Control{}, fmt.Errorf("no run %s, there is %s", name, namesOf(all))
	case len(all) > 1:
		return Control{}, fmt.Errorf("several runs are going on, choose one with --run: %s", namesOf(all))
	}
	return all[0], nil
}

func namesOf(all []Control) string {
	var list []string
	for _, c := range all {
		list = append(list, c.Name)
	}
	return strings.Join(list, ", ")
}

// ControlSocket lets other processes speak to the inside.
type ControlSocket struct {
	Control
	listener net.Listener
	via      *Stream
	verbs    []string
}

// ListenControl makes a run reachable under its name, numbered if that is taken, and passes on what is asked with one of
// the verbs until it is closed.
func ListenControl(name string, via *Stream, verbs ...string) (*ControlSocket, error) {
	for i := 1; i < 100; i++ {
		free := name
		if i > 1 {
			free = fmt.Sprintf("%s-%d", name, i)
		}
		l, err := listenControl(controlAddress(free))
		if isTaken(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("open control socket: %w", err)
		}
		s := &ControlSocket{Control: Control{free}, listener: l, via: via, verbs: verbs}
		go s.serve()
		return s, nil
	}
	return nil, fmt.Errorf("open control socket: a hundred runs are called %s", name)
}

func (s *ControlSocket) serve() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		go s.pass(conn)
	}
}

// pass joins a connection to a channel of the inside's.
func (s *ControlSocket) pass(conn net.Conn) {
	ch := NewChannel(conn)
	defer conn.Close()
	if err := s.join(ch, conn); err != nil {
		_ = ch.End(err) // who asked may have gone
	}
}

func (s *ControlSocket) join(ch *Channel, conn net.Conn) error {
	if err := sameUser(conn); err != nil {
		return err
	}
	o, err := ch.opened()
	if err != nil {
		return err
	}
	if !slices.Contains(s.verbs, o.Verb) {
		return fmt.Errorf("a run does not do %q for others", o.Verb)
	}
	inside, err := s.via.Open(o.Verb, o.Args)
	if err != nil {
		return err
	}
	defer inside.Close()
	go func() {
		_, _ = io.Copy(inside.conn, conn) // frames of the caller's, until it has gone
		_ = inside.conn.Close()
	}()
	_, err = io.Copy(conn, inside.conn)
	return err
}

// Close makes the run unreachable; conversations that go on are not cut.
func (s *ControlSocket) Close() error { return s.listener.Close() }
