package service

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"net"
	"net/mail"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"

	"github.com/dcdrill/dcdrill/sim/guestdisk"
)

const (
	// MailKeeps is how many mails of a sender are kept; older ones have been read and deleted. Chosen.
	MailKeeps = 256
	// MostMail is the largest mail that is accepted. Chosen; RFC 5321 4.5.3.1.7 asks for 64 KiB at least.
	MostMail = 1 << 20
	// mostSessions is how many talk to the server at once; the others wait to be greeted (Postfix, default_process_limit).
	mostSessions = 100
	// sayWithin is how long a client may be silent (RFC 5321 4.5.3.2.7).
	sayWithin = 5 * time.Minute
)

// Mail is an SMTP server (RFC 5321) with a spool on the disk. A mail is accepted when it is there; one whose answer was lost
// comes again under its own message ID, and is kept once.
type Mail struct{ stored }

// MailName is the name of a mail in the spool.
func MailName(sender, messageID string) string {
	return mailOf(sender) + short(messageID)
}

func mailOf(sender string) string { return short(sender) + "/" }

func short(s string) string {
	sum := guestdisk.SumOf([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// Serve implements Service.
func (m *Mail) Serve(ctx context.Context, l net.Listener) error {
	spool := &spool{ctx, m.store}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &letter{spool: spool}, nil }))
	srv.Domain = "mail.example.com" // RFC 2606
	srv.MaxMessageBytes, srv.MaxRecipients = MostMail, 100
	srv.ReadTimeout, srv.WriteTimeout = sayWithin, sayWithin
	srv.ErrorLog = log.New(io.Discard, "", 0) // what clients say wrong, they are told
	defer context.AfterFunc(ctx, func() { _ = srv.Close() })()
	return closed(ctx, srv.Serve(netutil.LimitListener(l, mostSessions)), smtp.ErrServerClosed)
}

// spool is a Mail in one life of its guest.
type spool struct {
	life  context.Context
	store *guestdisk.Store
}

// letter is one dialogue with a client.
type letter struct {
	spool  *spool
	sender string
}

// Reset implements smtp.Session.
func (l *letter) Reset() { l.sender = "" }

// Logout implements smtp.Session.
func (l *letter) Logout() error { return nil }

// Mail implements smtp.Session.
func (l *letter) Mail(from string, _ *smtp.MailOptions) error {
	l.sender = from
	return nil
}

// Rcpt implements smtp.Session: there is a mailbox for everybody.
func (l *letter) Rcpt(string, *smtp.RcptOptions) error { return nil }

// Data implements smtp.Session: it returns when the mail is on the disk.
func (l *letter) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err // the library's own words for a mail that is too large or cut short
	}
	id := short(string(text))
	if m, err := mail.ReadMessage(bytes.NewReader(text)); err == nil && m.Header.Get("Message-Id") != "" {
		id = m.Header.Get("Message-Id")
	}
	if err := l.spool.keep(l.sender, id, text); err != nil {
		return refusal(err)
	}
	return nil
}

// refusal is what a client is told that may try again.
func refusal(err error) error {
	if errors.Is(err, guestdisk.ErrFull) {
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "no room in the spool"}
	}
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "the spool does not take it"}
}

// keep brings a mail to the disk, and deletes the oldest of those of its sender that are too many.
func (s *spool) keep(sender, id string, text []byte) error {
	if err := s.store.Put(s.life, MailName(sender, id), text); err != nil {
		return err
	}
	var own []string
	for _, name := range s.store.Names() {
		if strings.HasPrefix(name, mailOf(sender)) {
			own = append(own, name)
		}
	}
	if len(own) <= MailKeeps {
		return nil
	}
	return s.store.Delete(s.life, own[0])
}
