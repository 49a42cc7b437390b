package service

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/guestdisk"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

// dataSize is a disk that holds a small database.
const dataSize = 24 << 20

// commits has a database do transactions until its power goes.
func commits(d *simtest.Disk, l *guestdisk.Ledger, from int64) error {
	life, end := context.WithCancel(context.Background())
	defer end()
	var db Database
	if _, err := db.Open(life, d); err != nil {
		return err
	}
	defer func() { db.engine.shut() }()
	for n := from; n < from+4; n++ {
		name := CommitName("bank", n)
		l.Sent(name, CommitSum(name))
		if err := db.engine.commit("bank", n); err != nil {
			return err
		}
		l.Acknowledged(name, CommitSum(name), time.Duration(n)*time.Second)
	}
	return nil
}

// after is what a database finds after a loss of power.
func after(t *testing.T, d *simtest.Disk) guestdisk.Found {
	t.Helper()
	d.PowerOff()
	d.PowerOn()
	var db Database
	found, err := db.Open(context.Background(), d)
	if found.Corrupt == "" {
		require.NoError(t, err)
		db.engine.shut()
	}
	return found
}

// Whenever the power goes, every transaction that was acknowledged is there, and none is there by halves.
func TestDatabaseSurvivesACrashAtEveryWrite(t *testing.T) {
	whole := simtest.NewDisk(dataSize, 0, false)
	require.NoError(t, commits(whole, new(guestdisk.Ledger), 1))
	require.Greater(t, whole.Ops(), 20)
	for at := range whole.Ops() {
		d, l := simtest.NewDisk(dataSize, uint64(at), false), new(guestdisk.Ledger)
		for round, crash := range []int{at, whole.Ops() - at} {
			d.CrashAfter(crash)
			_ = commits(d, l, int64(round*4+1))
			found := after(t, d)
			require.True(t, l.Judge(found).Sound(), "crash at write %d, round %d: %+v %s", at, round, l.Judge(found), found.Corrupt)
			require.Empty(t, found.Torn)
		}
	}
}

func TestDatabaseFindsALiar(t *testing.T) {
	d, l := simtest.NewDisk(dataSize, 1, true), new(guestdisk.Ledger)
	require.NoError(t, commits(d, l, 1))
	assert.Equal(t, 4, l.Judge(after(t, d)).Lost)
}

func TestDatabaseFindsWhatIsCorrupt(t *testing.T) {
	d, l := simtest.NewDisk(dataSize, 1, false), new(guestdisk.Ledger)
	require.NoError(t, commits(d, l, 1))
	for page := range int64(4) {
		require.NoError(t, d.WriteAt(context.Background(), make([]byte, 600), headers*pageSize+page*pageSize, true))
	}
	found := after(t, d)
	require.NotEmpty(t, found.Corrupt)
	assert.Equal(t, 4, l.Judge(found).Torn)
}

// A header that promises more than its slot holds is damage, whatever its checksum says: when the database comes up, and
// when it is looked at.
func TestDatabaseRefusesAHeaderLongerThanItsSlot(t *testing.T) {
	for _, length := range []int64{dataSize, -1} {
		d, l := simtest.NewDisk(dataSize, 1, false), new(guestdisk.Ledger)
		require.NoError(t, commits(d, l, 1))
		var live Database
		_, err := live.Open(context.Background(), d)
		require.NoError(t, err)
		f, err := openFiles(context.Background(), d)
		require.NoError(t, err)
		f.unregister()
		f.main.length = length
		require.NoError(t, f.main.writeHeader())
		seen, err := live.Find(context.Background())
		require.NoError(t, err)
		assert.Contains(t, seen.Corrupt, "a header says")
		live.engine.shut()
		found := after(t, d)
		assert.Contains(t, found.Corrupt, "a header says")
		assert.Equal(t, 4, l.Judge(found).Torn)
	}
}

// What lies between the end of a file and a write beyond it reads as zeroes, whatever was there before.
func TestSlotFillsTheGapWithZeroes(t *testing.T) {
	const size = 2 << 20
	ctx := context.Background()
	grow := map[string]func(*slot) error{
		"a write beyond the end": func(s *slot) error { return s.write([]byte{7}, size-1) },
		"a longer file":          func(s *slot) error { return s.Truncate(size) },
	}
	for name, grow := range grow {
		t.Run(name, func(t *testing.T) {
			s, err := openSlot(ctx, simtest.NewDisk(4<<20, 1, false))
			require.NoError(t, err)
			s.create()
			require.NoError(t, s.write(bytes.Repeat([]byte{9}, size), 0))
			require.NoError(t, s.Truncate(5))
			require.NoError(t, grow(s))
			got := make([]byte, size-1)
			n, err := s.ReadAt(got, 0)
			require.NoError(t, err)
			require.Equal(t, len(got), n)
			assert.Equal(t, []byte{9, 9, 9, 9, 9}, got[:5])
			assert.Equal(t, make([]byte, size-6), got[5:])
		})
	}
	s, err := openSlot(ctx, simtest.NewDisk(4<<20, 1, false))
	require.NoError(t, err)
	require.ErrorIs(t, s.write([]byte{1}, s.room()), guestdisk.ErrFull)
	require.ErrorIs(t, s.Truncate(s.room()+1), sqlite3.FULL)
}

func TestDatabaseFindsHalfATransaction(t *testing.T) {
	d := simtest.NewDisk(dataSize, 1, false)
	var db Database
	_, err := db.Open(context.Background(), d)
	require.NoError(t, err)
	defer func() { db.engine.shut() }()
	require.NoError(t, db.engine.commit("bank", 1))
	require.NoError(t, db.engine.commit("bank", 2))
	require.NoError(t, db.engine.conn.Exec("DELETE FROM credit WHERE number = 2"))
	before := d.Ops()
	found, err := db.Find(context.Background())
	require.NoError(t, err)
	assert.Equal(t, map[string]bool{"bank/2": true}, found.Torn)
	assert.Contains(t, found.Whole, "bank/1")
	assert.Equal(t, before, d.Ops(), "looking changes nothing")
	require.NoError(t, db.engine.commit("bank", 3), "and it goes on")
}

func TestDatabaseForgetsOldTransactions(t *testing.T) {
	var db Database
	_, err := db.Open(context.Background(), simtest.NewDisk(dataSize, 1, false))
	require.NoError(t, err)
	defer func() { db.engine.shut() }()
	for n := range int64(DatabaseKeeps + 20) {
		require.NoError(t, db.engine.commit("bank", n+1))
	}
	found, err := db.Find(context.Background())
	require.NoError(t, err)
	assert.Len(t, found.Whole, DatabaseKeeps)
}

// A rollback journal, which the service has no use for, is kept in its place as well.
func TestFilesKeepARollbackJournal(t *testing.T) {
	run := func(d *simtest.Disk) (last int64, err error) {
		f, err := openFiles(context.Background(), d)
		if err != nil {
			return 0, err
		}
		defer f.unregister()
		e := &engine{disk: f}
		_, _, err = rollback(e)
		for n := int64(1); err == nil && n < 4; n++ {
			if err = e.commit("bank", n); err == nil {
				last = n
			}
		}
		return last, errors.Join(err, e.conn.Close())
	}
	whole := simtest.NewDisk(dataSize, 0, false)
	_, err := run(whole)
	require.NoError(t, err)
	for at := range whole.Ops() {
		d := simtest.NewDisk(dataSize, uint64(at), false)
		d.CrashAfter(at)
		last, _ := run(d)
		d.PowerOff()
		d.PowerOn()
		f, err := openFiles(context.Background(), d)
		require.NoError(t, err)
		e := &engine{disk: f}
		found, corrupt, err := rollback(e)
		require.NoError(t, err, "crash at write %d", at)
		require.Empty(t, corrupt)
		require.Empty(t, found.Torn)
		for n := range last {
			require.Contains(t, found.Whole, CommitName("bank", n+1), "crash at write %d", at)
		}
		require.NoError(t, e.conn.Close())
		f.unregister()
	}
}

// rollback opens a database that keeps a rollback journal.
func rollback(e *engine) (found guestdisk.Found, corrupt string, err error) {
	e.conn, found, err = check(e.disk, `PRAGMA locking_mode = exclusive; PRAGMA journal_mode = delete; PRAGMA synchronous = full; PRAGMA temp_store = memory;`)
	return found, found.Corrupt, err
}
