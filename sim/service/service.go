package service

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/guestdisk"
	"github.com/dcdrill/dcdrill/topology"
)

// Service is a server in a guest.
type Service interface {
	// Open brings it up after a boot, on a disk of its own, and tells what is on it. All that it asks of the disk ends with
	// ctx, the guest's life.
	Open(ctx context.Context, disk sim.Disk) (guestdisk.Found, error)
	// Serve answers on l until ctx ends.
	Serve(ctx context.Context, l net.Listener) error
	// Find reads back what is on the disk.
	Find(ctx context.Context) (guestdisk.Found, error)
}

// The services that there are, by the words of plant files.
const (
	WebService      = "web"
	MailService     = "mail"
	FilesService    = "files"
	DatabaseService = "database"
)

// New makes a service by its word; nil for a word that is none.
func New(word string) Service {
	switch word {
	case WebService:
		return new(Web)
	case MailService:
		return new(Mail)
	case FilesService:
		return new(Files)
	case DatabaseService:
		return new(Database)
	}
	return nil
}

// databaseMost is what a database writes to its disk at most. Chosen: three times the log ahead, which SQLite brings back
// after 1,000 pages (PRAGMA wal_autocheckpoint); its tables keep a few rows of each client (DatabaseKeeps).
const databaseMost = 3 * 1000 * pageSize

// Most is how much of its disk a service writes at most, where the disk is large.
func Most(word string) topology.Bytes {
	if word == DatabaseService {
		return databaseMost
	}
	return guestdisk.MostWritten
}

// stored is what most services stand on.
type stored struct{ store *guestdisk.Store }

// Open implements Service.
func (s *stored) Open(ctx context.Context, disk sim.Disk) (found guestdisk.Found, err error) {
	s.store, found, err = guestdisk.Open(ctx, disk)
	return found, err
}

// Find implements Service.
func (s *stored) Find(ctx context.Context) (guestdisk.Found, error) { return s.store.Find(ctx) }

const (
	// headersWithin is how long a client may take to say what it wants: one that lost power in mid-sentence is not waited
	// for. Chosen, as most web servers do.
	headersWithin = 10 * time.Second
	// mostHeaders is how many octets of headers there may be; more is answered with 431. Chosen: Apache's limit
	// (LimitRequestFieldSize 8190), twice.
	mostHeaders = 16 << 10
)

// serveHTTP answers requests until ctx ends.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: headersWithin, MaxHeaderBytes: mostHeaders}
	defer context.AfterFunc(ctx, func() { _ = srv.Close() })()
	return closed(ctx, srv.Serve(l), http.ErrServerClosed)
}

// closed drops the error of a server whose listener was closed, by its context or a moment earlier by the power.
func closed(ctx context.Context, err, own error) error {
	if err == nil || errors.Is(err, net.ErrClosed) || errors.Is(err, own) {
		<-ctx.Done()
		return nil
	}
	return err
}
