package live

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Address is where the page is served.
type Address struct {
	// Listen is HOST:PORT; port 0 takes a free one.
	Listen string
	// Certificate and Key are files in PEM. Without them only the loopback interface will do: whoever sits between
	// would read along, and could show something else.
	Certificate, Key string
}

// Site is a page that is being served.
type Site struct {
	URL    string
	server *http.Server
	ended  chan error
	stop   context.CancelFunc
}

// ErrOpen is an address that others can reach, without a certificate.
var ErrOpen = errors.New("others can reach it: it needs --certificate and --key")

// Serve begins to serve a page.
func Serve(p *Page, a Address) (*Site, error) {
	host, _, err := net.SplitHostPort(a.Listen)
	if err != nil {
		return nil, fmt.Errorf("serve the live page at %s: %w", a.Listen, err)
	}
	if a.Certificate == "" && !Loopback(host) {
		return nil, fmt.Errorf("serve the live page at %s: %w", a.Listen, ErrOpen)
	}
	l, scheme, err := a.open()
	if err != nil {
		return nil, fmt.Errorf("serve the live page: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Site{
		URL: fmt.Sprintf("%s://%s/", scheme, l.Addr()), stop: stop, ended: make(chan error, 2),
		server: &http.Server{
			Handler: p.Handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 14,
			BaseContext: func(net.Listener) context.Context { return ctx },
		},
	}
	go func() { s.ended <- s.server.Serve(l) }()
	go func() { s.ended <- p.Draw(ctx) }()
	return s, nil
}

// open listens, with TLS where there is a certificate.
func (a Address) open() (l net.Listener, scheme string, err error) {
	if a.Certificate == "" {
		l, err = net.Listen("tcp", a.Listen)
		return l, "http", err
	}
	pair, err := tls.LoadX509KeyPair(a.Certificate, a.Key)
	if err != nil {
		return nil, "", err
	}
	l, err = tls.Listen("tcp", a.Listen, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	return l, "https", err
}

// Close ends every connection and waits until all that served them has ended.
func (s *Site) Close() error {
	s.stop()
	err := s.server.Close()
	for range 2 {
		if e := <-s.ended; !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, e)
		}
	}
	return err
}
