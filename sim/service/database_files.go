package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/guestdisk"
)

// files are the three files of a database, each in a place of its own on the disk:
//
//	│ main: headers, bytes ┄┄ │ journal: headers, bytes ┄┄ │ write-ahead log: headers, bytes ┄┄ │
//
// It is a file system for SQLite, whose only machine has it for itself: locks are for nobody.
type files struct {
	name                 string
	disk                 sim.Disk
	main, journal, ahead *slot
}

// opened counts them, for their names: SQLite knows file systems by name.
var opened atomic.Uint64

// openFiles finds the files on a disk. All that is asked of it ends with ctx.
func openFiles(ctx context.Context, disk sim.Disk) (*files, error) {
	f := &files{name: fmt.Sprint("guest", opened.Add(1)), disk: disk}
	third := disk.Size() / 3 / pageSize * pageSize
	for i, s := range []**slot{&f.main, &f.journal, &f.ahead} {
		var err error
		if *s, err = openSlot(ctx, guestdisk.Part(disk, int64(i)*third, third)); err != nil {
			return nil, err
		}
	}
	vfs.Register(f.name, f)
	return f, nil
}

func (f *files) unregister() { vfs.Unregister(f.name) }

// uri names the database for SQLite.
func (f *files) uri() string { return "file:data?vfs=" + f.name }

// of is the file of a name.
func (f *files) of(name string) *slot {
	switch {
	case strings.HasSuffix(name, "-journal"):
		return f.journal
	case strings.HasSuffix(name, "-wal"):
		return f.ahead
	}
	return f.main
}

// Open implements vfs.VFS.
func (f *files) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	if flags&(vfs.OPEN_MAIN_DB|vfs.OPEN_MAIN_JOURNAL|vfs.OPEN_WAL) == 0 {
		return nil, flags, sqlite3.CANTOPEN // what is temporary stays in memory
	}
	s := f.of(name)
	if !s.exists && flags&vfs.OPEN_CREATE == 0 {
		return nil, flags, sqlite3.CANTOPEN
	}
	s.create()
	return s, flags, nil
}

// Delete implements vfs.VFS.
func (f *files) Delete(name string, _ bool) error {
	s := f.of(name)
	if !s.exists {
		return sqlite3.IOERR_DELETE_NOENT
	}
	return vfs.SystemError(s.remove(), sqlite3.IOERR_DELETE)
}

// Access implements vfs.VFS.
func (f *files) Access(name string, _ vfs.AccessFlag) (bool, error) { return f.of(name).exists, nil }

// FullPathname implements vfs.VFS.
func (f *files) FullPathname(name string) (string, error) { return name, nil }

// ReadAt implements vfs.File.
func (s *slot) ReadAt(p []byte, offset int64) (int, error) {
	n := int(max(0, min(int64(len(p)), s.length-offset)))
	if err := s.read(p[:n], offset); err != nil {
		return 0, vfs.SystemError(err, sqlite3.IOERR_READ)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt implements vfs.File.
func (s *slot) WriteAt(p []byte, offset int64) (int, error) {
	switch err := s.write(p, offset); {
	case errors.Is(err, guestdisk.ErrFull):
		return 0, vfs.SystemError(err, sqlite3.FULL)
	case err != nil:
		return 0, vfs.SystemError(err, sqlite3.IOERR_WRITE)
	}
	return len(p), nil
}

// Truncate implements vfs.File.
func (s *slot) Truncate(size int64) error {
	if size > s.room() {
		return sqlite3.FULL
	}
	if err := s.fill(size); err != nil {
		return vfs.SystemError(err, sqlite3.IOERR_TRUNCATE)
	}
	s.resize(size)
	return nil
}

// Sync implements vfs.File.
func (s *slot) Sync(vfs.SyncFlag) error {
	if err := s.sync(); err != nil {
		return vfs.SystemError(err, sqlite3.IOERR_FSYNC)
	}
	return nil
}

// Size implements vfs.File.
func (s *slot) Size() (int64, error) { return s.length, nil }

// Lock implements vfs.File.
func (s *slot) Lock(vfs.LockLevel) error { return nil }

// Unlock implements vfs.File.
func (s *slot) Unlock(vfs.LockLevel) error { return nil }

// CheckReservedLock implements vfs.File.
func (s *slot) CheckReservedLock() (bool, error) { return false, nil }

// SectorSize implements vfs.File.
func (s *slot) SectorSize() int { return pageSize }

// DeviceCharacteristics implements vfs.File: nothing is promised beyond sectors.
func (s *slot) DeviceCharacteristics() vfs.DeviceCharacteristic { return 0 }

// Close implements vfs.File.
func (s *slot) Close() error { return nil }
