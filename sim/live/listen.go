package live

import (
	"context"
	"crypto/tls"
	"crypto/x509"
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

// Open listens. What others can reach needs a certificate. The URL is what a browser on another machine asks for, where
// there are any: by the certificate's name, for an address that stands for all of this machine's.
func (a Address) Open() (l net.Listener, url string, err error) {
	host, _, err := net.SplitHostPort(a.Listen)
	if err != nil {
		return nil, "", fmt.Errorf("listen at %s: %w", a.Listen, err)
	}
	if a.Certificate == "" {
		if !Loopback(host) {
			return nil, "", fmt.Errorf("listen at %s: %w", a.Listen, ErrOpen)
		}
		if l, err = net.Listen("tcp", a.Listen); err != nil {
			return nil, "", err
		}
		return l, "http://" + l.Addr().String(), nil
	}
	pair, err := tls.LoadX509KeyPair(a.Certificate, a.Key)
	if err != nil {
		return nil, "", err
	}
	l, err = tls.Listen("tcp", a.Listen, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	if err != nil {
		return nil, "", err
	}
	return l, "https://" + named(host, l.Addr().String(), pair.Leaf), nil
}

// named is the address that a browser asks for, as a certificate has it: by the name that was given, or by the
// certificate's where what was given stands for all of this machine's addresses.
func named(host, address string, c *x509.Certificate) string {
	_, port, _ := net.SplitHostPort(address) // of a listener: it has one
	ip := net.ParseIP(host)
	switch {
	case host != "" && ip == nil:
		return net.JoinHostPort(host, port)
	case ip != nil && !ip.IsUnspecified():
		return address
	case len(c.DNSNames) > 0:
		return net.JoinHostPort(c.DNSNames[0], port)
	case len(c.IPAddresses) > 0:
		return net.JoinHostPort(c.IPAddresses[0].String(), port)
	}
	return address
}

// Serve begins to serve a page.
func Serve(p *Page, a Address) (*Site, error) {
	l, url, err := a.Open()
	if err != nil {
		return nil, fmt.Errorf("serve the live page: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Site{
		URL: url + "/", stop: stop, ended: make(chan error, 2),
		server: &http.Server{
			Handler: p.Handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 14,
			BaseContext: func(net.Listener) context.Context { return ctx },
		},
	}
	go func() { s.ended <- s.server.Serve(l) }()
	go func() { s.ended <- p.Draw(ctx) }()
	return s, nil
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
