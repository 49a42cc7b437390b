package workload

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/sync/errgroup"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/guestdisk"
	"github.com/dcdrill/dcdrill/sim/service"
	"github.com/dcdrill/dcdrill/topology"
)

func init() {
	sim.Workloads.Register("mail", "send mail to virtual machines: accepted when it is on their disk, else queued and sent again",
		func() sim.Workload { return new(Mail) })
}

const (
	// MailTolerates is when senders are first told that their mail is late, as sendmail does (Timeout.queuewarn, 4 h): until
	// then nobody minds.
	MailTolerates = 4 * time.Hour
	// MailInterval is a mail a second, as a firm of some hundred people gets. Chosen.
	MailInterval = time.Second
	// MailBounce is when a sender gives a mail up (Postfix, maximal_queue_lifetime 5d; RFC 5321 4.5.4.1: at least 4 to 5 days).
	MailBounce = 5 * 24 * time.Hour
	// mailRemembered is how many of its mails a sender looks for after a crash: fewer than the server keeps.
	mailRemembered = service.MailKeeps / 4
)

// Mail is mail servers outside that send to those in virtual machines. Whoever is not told that his mail is accepted keeps
// it and tries again: so an outage delays mail, and loses none that the disk does not lose.
type Mail struct {
	Customers
	Size   int           `yaml:"size,positive" doc:"octets in a mail; 4096 by default"`
	Bounce time.Duration `yaml:"bounce,positive" doc:"when a sender gives a mail up and returns it; 120h by default"`
}

// Tolerates is MailTolerates, or as told.
func (m *Mail) Tolerates() time.Duration { return orTime(m.For, MailTolerates) }

// Visit lists who sends to which machine.
func (m *Mail) Visit(p *topology.Plant, own string, host *sim.Use) ([]sim.Talk, error) {
	if m.Size < 0 || m.Size > service.MostMail/2 {
		return nil, fmt.Errorf("size is %d: it must be between 0 and %d", m.Size, service.MostMail/2)
	}
	return m.visits(p, own, host, clientele{service.MailService, MailInterval, mailRemembered, func(v *visit) sim.Talk {
		return &sender{visit: v, size: orInt(m.Size, 4096), bounce: orTime(m.Bounce, MailBounce)}
	}})
}

// sender is a mail server outside.
type sender struct {
	*visit
	size   int
	bounce time.Duration

	mu     sync.Mutex
	last   int
	queue  mailQueue
	trying int // mails of the queue
}

// Predict: while nobody takes it, mail is queued.
func (s *sender) Predict(v sim.Viewer) sim.Machine {
	law := &mailLaw{Viewer: v, sender: s}
	law.clientLaw = s.visit.law(law)
	return law
}

// Measure sends a mail at every beat, and those that are due again, until ctx ends.
func (s *sender) Measure(ctx context.Context, from, _ sim.Place, m sim.Meter) error {
	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() error {
		return s.ask(ctx, from, m, func(ctx context.Context) bool { return s.try(ctx, from, s.write(from.Now())) })
	})
	all.Go(func() error {
		var again sync.WaitGroup
		defer again.Wait()
		from.Pace(ctx, s.interval, func(at time.Duration) {
			for _, old := range s.due(at) {
				again.Go(func() { s.tryAgain(ctx, from, old) })
			}
		})
		return nil
	})
	return ended(ctx, all.Wait())
}

func (s *sender) tryAgain(ctx context.Context, from sim.Place, m queued) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	s.try(ctx, from, m)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trying--
}

// Figures are what became of its mail. Lost is what was accepted and not there when the disk was last read back.
func (s *sender) Figures() []sim.Figure {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]sim.Figure{
		{Name: "delivered mails", Value: float64(s.queue.taken), Fold: sim.Sum},
		{Name: "waiting mails", Value: float64(len(s.queue.waiting)), Fold: sim.Sum},
		{Name: "lost mails", Value: float64(s.lost()), Fold: sim.Sum},
	}, s.queue.figures()...)
}

// write writes the next mail.
func (s *sender) write(now time.Duration) queued {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	return queued{number: s.last, since: now}
}

func (s *sender) due(now time.Duration) []queued {
	s.mu.Lock()
	defer s.mu.Unlock()
	due := s.queue.due(now)
	s.trying += len(due)
	return due
}

// Due says whether there are mails to be sent again.
func (s *sender) Due(now time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trying > 0 || s.queue.isDue(now)
}

// try tries to hand over a mail; if that fails it is queued.
func (s *sender) try(ctx context.Context, from sim.Place, m queued) bool {
	text := s.text(m.number)
	name, sum := service.MailName(s.address(), s.messageID(m.number)), guestdisk.SumOf(text)
	s.ledger.Sent(name, sum)
	err := s.send(ctx, from, text)
	now := from.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.queue.failed(m, now, s.bounce)
		return false
	}
	s.queue.delivered(m, now)
	s.ledger.Acknowledged(name, sum, now)
	return true
}

func (s *sender) address() string { return s.name + "@sender.example" }

func (s *sender) messageID(number int) string {
	return fmt.Sprintf("<%d.%s@sender.example>", number, s.name)
}

// text is a mail; its lines end as they do on the wire.
func (s *sender) text(number int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: %s\r\nTo: user@mail.example.com\r\nMessage-Id: %s\r\nSubject: %d\r\n\r\n", s.address(), s.messageID(number), number)
	for b.Len() < s.size {
		fmt.Fprintf(&b, "%08d a line of a mail, as long as lines of mails are\r\n", b.Len())
	}
	return b.Bytes()
}

// send hands over a mail in a dialogue of its own; nil when the server has taken it on.
func (s *sender) send(ctx context.Context, from sim.Place, text []byte) error {
	conn, err := s.dial(ctx, from)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	client := smtp.NewClient(conn)
	defer func() { _ = client.Close() }()
	if err := client.SendMail(s.address(), []string{"user@mail.example.com"}, bytes.NewReader(text)); err != nil {
		return err
	}
	_ = client.Quit() // the mail is theirs, whatever they say to that
	return nil
}
