package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"golang.org/x/net/webdav"

	"github.com/dcdrill/dcdrill/sim/guestdisk"
)

// MostFile is the largest file that is taken. Chosen: a fraction of a log of the disk.
const MostFile = 1 << 20

// Files is a WebDAV server (RFC 4918) of one folder, whose files lie on the disk.
type Files struct{ stored }

// Serve implements Service.
func (f *Files) Serve(ctx context.Context, l net.Listener) error {
	dav := &webdav.Handler{FileSystem: folder{f.store}, LockSystem: webdav.NewMemLS()}
	return serveHTTP(ctx, l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// An upload that is cut short is none: it is read before anything is done with it.
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MostFile))
		switch tooLarge := new(http.MaxBytesError); {
		case errors.As(err, &tooLarge):
			http.Error(w, "a file is too large", http.StatusRequestEntityTooLarge)
		case err != nil:
			http.Error(w, "the request is cut short", http.StatusBadRequest)
		default:
			r.Body = io.NopCloser(bytes.NewReader(body))
			dav.ServeHTTP(w, r)
		}
	}))
}

// folder is the one folder of a Files in one life of its guest.
type folder struct{ store *guestdisk.Store }

// flat is the name of a file; false for a name in another folder, and for the folder itself.
func flat(name string) (string, bool) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	return name, name != "" && !strings.Contains(name, "/") && len(name) <= guestdisk.MaxName
}

// Mkdir implements webdav.FileSystem: there is one folder.
func (d folder) Mkdir(context.Context, string, os.FileMode) error { return fs.ErrPermission }

// Rename implements webdav.FileSystem.
func (d folder) Rename(ctx context.Context, from, to string) error {
	from, ok := flat(from)
	to, also := flat(to)
	if !ok || !also {
		return fs.ErrPermission
	}
	data, err := d.store.Get(ctx, from)
	if err != nil {
		return pathless(err)
	}
	return errors.Join(d.store.Put(ctx, to, data), d.store.Delete(ctx, from))
}

// RemoveAll implements webdav.FileSystem.
func (d folder) RemoveAll(ctx context.Context, name string) error {
	name, ok := flat(name)
	if !ok {
		return fs.ErrPermission
	}
	return d.store.Delete(ctx, name)
}

// Stat implements webdav.FileSystem.
func (d folder) Stat(_ context.Context, name string) (os.FileInfo, error) {
	name, ok := flat(name)
	if !ok && name == "" {
		return info{}, nil
	}
	size, version, there := d.store.Stat(name)
	if !there {
		return nil, fs.ErrNotExist
	}
	return info{name, int64(size), version}, nil
}

// OpenFile implements webdav.FileSystem.
func (d folder) OpenFile(ctx context.Context, name string, flag int, _ os.FileMode) (webdav.File, error) {
	name, ok := flat(name)
	switch {
	case !ok && name == "":
		return &file{Reader: bytes.NewReader(nil), ctx: ctx, folder: d}, nil
	case !ok:
		return nil, fs.ErrPermission
	case flag&os.O_TRUNC != 0:
		return &file{Reader: bytes.NewReader(nil), ctx: ctx, folder: d, name: name, written: true}, nil
	}
	data, err := d.store.Get(ctx, name)
	if err != nil {
		return nil, pathless(err)
	}
	return &file{Reader: bytes.NewReader(data), ctx: ctx, folder: d, name: name}, nil
}

// pathless says in words of files that there is none.
func pathless(err error) error {
	if errors.Is(err, guestdisk.ErrNone) {
		return fs.ErrNotExist
	}
	return err
}

// file is a file that is open, or the folder; one that is written comes to the disk when it is closed.
type file struct {
	*bytes.Reader
	ctx     context.Context
	folder  folder
	name    string // empty: the folder
	written bool
	data    []byte
}

// Write implements webdav.File.
func (f *file) Write(p []byte) (int, error) {
	if !f.written {
		return 0, fs.ErrPermission
	}
	f.data = append(f.data, p...)
	return len(p), nil
}

// Close implements webdav.File.
func (f *file) Close() error {
	if !f.written {
		return nil
	}
	return f.folder.store.Put(f.ctx, f.name, f.data)
}

// Readdir implements webdav.File.
func (f *file) Readdir(int) ([]os.FileInfo, error) {
	var all []os.FileInfo
	for _, name := range f.folder.store.Names() {
		if i, err := f.folder.Stat(f.ctx, name); err == nil {
			all = append(all, i)
		}
	}
	return all, nil
}

// Stat implements webdav.File.
func (f *file) Stat() (os.FileInfo, error) {
	if f.written {
		return info{name: f.name, size: int64(len(f.data))}, nil
	}
	return f.folder.Stat(f.ctx, f.name)
}

// info is what is known of a file; without a name, of the folder.
type info struct {
	name    string
	size    int64
	version uint64
}

// ETag implements webdav.ETager.
func (i info) ETag(context.Context) (string, error) { return fmt.Sprintf(`"%x"`, i.version), nil }

// What os.FileInfo asks for. A file does not know when it was written.
func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.name == "" }
func (i info) Sys() any           { return nil }

// Mode is what one may do with it.
func (i info) Mode() os.FileMode {
	if i.IsDir() {
		return fs.ModeDir | 0o755
	}
	return 0o644
}
