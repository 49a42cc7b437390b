package service

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"

	"github.com/ncruces/go-sqlite3"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/guestdisk"
)

const (
	// DatabaseKeeps is how many transactions of a client the database keeps. Chosen.
	DatabaseKeeps = 256
	// mostClient is the longest name of a client.
	mostClient = 64
)

// Database is SQLite on the disk, and an HTTP server before it: PUT /commits/CLIENT/NUMBER is a transaction that writes
// the number into two tables, and is answered when it is committed. A number that is in one of them alone is half a
// transaction.
type Database struct{ engine *engine }

// engine is SQLite in one life of its guest.
type engine struct {
	disk *files
	conn *sqlite3.Conn
	turn chan struct{} // there is one connection
}

// errCorrupt is what a database is that no crash of an honest disk leaves.
var errCorrupt = errors.New("the database is corrupt")

// ahead has SQLite write a log ahead, without the shared memory that other processes would need; every commit is flushed.
const ahead = `
PRAGMA locking_mode = exclusive;
PRAGMA journal_mode = wal;
PRAGMA synchronous = full;
PRAGMA temp_store = memory;
`

// tables are the two that every transaction writes to.
const tables = `
CREATE TABLE IF NOT EXISTS debit (client TEXT, number INTEGER, PRIMARY KEY (client, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS credit (client TEXT, number INTEGER, PRIMARY KEY (client, number)) WITHOUT ROWID;
`

// Open implements Service: SQLite recovers what the disk has, and the result is checked.
func (d *Database) Open(ctx context.Context, disk sim.Disk) (found guestdisk.Found, err error) {
	d.engine.shut()
	e := &engine{turn: make(chan struct{}, 1)}
	d.engine = nil
	if e.disk, err = openFiles(ctx, disk); err != nil {
		return guestdisk.Found{Corrupt: corruption(err)}, err
	}
	if e.conn, found, err = check(e.disk, ahead); err != nil {
		e.disk.unregister()
		return found, err
	}
	d.engine = e
	return found, nil
}

// shut ends an earlier life, whose disk answers nothing any more: whoever still waits for his turn never gets it.
func (e *engine) shut() {
	if e == nil {
		return
	}
	e.turn <- struct{}{}
	_ = e.conn.Close()
	e.disk.unregister()
}

// check opens a database and looks at all that is in it.
func check(f *files, journal string) (*sqlite3.Conn, guestdisk.Found, error) {
	conn, err := sqlite3.Open(f.uri())
	if err == nil {
		err = conn.Exec(journal + tables)
	}
	var found guestdisk.Found
	if err == nil {
		found, err = look(conn)
	}
	if err != nil {
		_ = conn.Close()
		found.Corrupt = corruption(err)
		return nil, found, fmt.Errorf("open the database: %w", err)
	}
	return conn, found, nil
}

// corruption is what is wrong with a database; empty when it is the disk that is to blame.
func corruption(err error) string {
	if errors.Is(err, sqlite3.CORRUPT) || errors.Is(err, sqlite3.NOTADB) || errors.Is(err, errCorrupt) {
		return err.Error()
	}
	return ""
}

// look has SQLite check its pages, and finds out which transactions are there.
func look(conn *sqlite3.Conn) (guestdisk.Found, error) {
	found := guestdisk.Found{Whole: map[string]guestdisk.Sum{}, Torn: map[string]bool{}}
	err := each(conn, "PRAGMA integrity_check", func(s *sqlite3.Stmt) error {
		if said := s.ColumnText(0); said != "ok" {
			return fmt.Errorf("%w: %s", errCorrupt, said)
		}
		return nil
	})
	if err != nil {
		return found, err
	}
	const both = `SELECT client, number, count(*) FROM (SELECT * FROM debit UNION ALL SELECT * FROM credit) GROUP BY client, number`
	return found, each(conn, both, func(s *sqlite3.Stmt) error {
		name := CommitName(s.ColumnText(0), s.ColumnInt64(1))
		if s.ColumnInt(2) == 2 {
			found.Whole[name] = CommitSum(name)
		} else {
			found.Torn[name] = true
		}
		return nil
	})
}

// CommitName is the name of a transaction, and CommitSum what it leaves.
func CommitName(client string, number int64) string {
	return client + "/" + strconv.FormatInt(number, 10)
}

// CommitSum is the sum of a transaction that is there whole.
func CommitSum(name string) guestdisk.Sum { return guestdisk.SumOf([]byte(name)) }

// each calls do for every row of an answer.
func each(conn *sqlite3.Conn, query string, do func(*sqlite3.Stmt) error) error {
	s, _, err := conn.Prepare(query)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	for s.Step() {
		if err := do(s); err != nil {
			return err
		}
	}
	return s.Err()
}

// Find implements Service. What is read is the disk and not the memory of SQLite: it opens a second time, as after a
// crash, on a copy that what it repairs is written to.
func (d *Database) Find(ctx context.Context) (guestdisk.Found, error) {
	e := d.engine
	give, err := e.take(ctx)
	if err != nil {
		return guestdisk.Found{}, err
	}
	defer give()
	copied, err := openFiles(ctx, newOverlay(e.disk.disk))
	if found := (guestdisk.Found{Corrupt: corruption(err)}); found.Corrupt != "" {
		return found, nil
	}
	if err != nil {
		return guestdisk.Found{}, err
	}
	defer copied.unregister()
	conn, found, err := check(copied, ahead)
	if err == nil {
		err = conn.Close()
	}
	if found.Corrupt != "" {
		err = nil
	}
	return found, err
}

func (e *engine) take(ctx context.Context) (give func(), err error) {
	select {
	case e.turn <- struct{}{}:
		return func() { <-e.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Serve implements Service.
func (d *Database) Serve(ctx context.Context, l net.Listener) error {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /commits/{client}/{number}", d.engine.answer)
	return serveHTTP(ctx, l, mux)
}

func (e *engine) answer(w http.ResponseWriter, r *http.Request) {
	client := r.PathValue("client")
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil || number < 1 || len(client) > mostClient {
		http.Error(w, "a transaction has a client and a number from 1 on", http.StatusBadRequest)
		return
	}
	give, err := e.take(r.Context())
	if err == nil {
		err = e.commit(client, number)
		give()
	}
	if err != nil {
		http.Error(w, "the transaction was not committed", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// commit does a transaction, and forgets the oldest of its client.
func (e *engine) commit(client string, number int64) (err error) {
	tx, err := e.conn.BeginImmediate()
	if err != nil {
		return err
	}
	defer tx.End(&err)
	for _, table := range []string{"debit", "credit"} {
		if err = e.write(`INSERT OR REPLACE INTO `+table+` VALUES (?, ?)`, client, number); err != nil {
			return err
		}
		if err = e.write(`DELETE FROM `+table+` WHERE client = ? AND number <= ?`, client, number-DatabaseKeeps); err != nil {
			return err
		}
	}
	return err
}

func (e *engine) write(query, client string, number int64) error {
	s, _, err := e.conn.Prepare(query)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	return errors.Join(s.BindText(1, client), s.BindInt64(2, number), s.Exec())
}
