package service

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"

	"github.com/dcdrill/dcdrill/sim/guestdisk"
)

// MostPage is the largest page of a Web.
const MostPage = 1 << 20

// Web is a web server whose pages lie on the disk: each is read from there whenever somebody asks for it. The page /1024
// has 1024 octets, and is written when it is first asked for.
type Web struct{ stored }

// Page is what the page of a size holds.
func Page(size int) []byte {
	b := make([]byte, size)
	dice := rand.NewChaCha8([32]byte{byte(size), byte(size >> 8), byte(size >> 16)})
	_, _ = dice.Read(b)
	return b
}

// Serve implements Service.
func (w *Web) Serve(ctx context.Context, l net.Listener) error {
	pages := http.NewServeMux()
	pages.HandleFunc("GET /{size}", site{w.store}.answer)
	return serveHTTP(ctx, l, pages)
}

// site is a Web in one life of its guest.
type site struct{ store *guestdisk.Store }

func (s site) answer(out http.ResponseWriter, r *http.Request) {
	name := r.PathValue("size")
	size, err := strconv.Atoi(name)
	if err != nil || size < 0 || size > MostPage || strconv.Itoa(size) != name {
		http.NotFound(out, r)
		return
	}
	page, err := s.page(r.Context(), name, size)
	if err != nil {
		http.Error(out, "the disk does not answer", http.StatusServiceUnavailable)
		return
	}
	_, _ = out.Write(page)
}

// page reads a page, and writes it before where there is none.
func (s site) page(ctx context.Context, name string, size int) ([]byte, error) {
	page, err := s.store.Get(ctx, name)
	if errors.Is(err, guestdisk.ErrNone) {
		page = Page(size)
		err = s.store.Put(ctx, name, page)
	}
	return page, err
}
