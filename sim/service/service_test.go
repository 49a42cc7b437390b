package service

import (
	"context"
	"crypto/sha256"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/guestdisk"
	"github.com/dcdrill/dcdrill/sim/simtest"
)

// life is one life of a service: where it listens, and how it ends.
type life struct {
	addr  string
	found guestdisk.Found
	end   func()
}

// serve has a service live on a disk until the test ends, or its end is called.
func serve(t testing.TB, s Service, d sim.Disk) life {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	found, err := s.Open(ctx, d)
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	ended := false
	end := func() {
		if !ended {
			ended = true
			cancel()
			require.NoError(t, <-done)
		}
	}
	t.Cleanup(end)
	return life{l.Addr().String(), found, end}
}

// ask makes a request, and returns the status and what was answered.
func (l life) ask(t testing.TB, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, "http://"+l.addr+path, strings.NewReader(body))
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(b)
}

// say sends octets as they are, and returns all that is answered until the server hangs up.
func (l life) say(t testing.TB, octets []byte) string {
	t.Helper()
	conn, err := net.Dial("tcp", l.addr)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, _ = conn.Write(octets)
	_ = conn.(*net.TCPConn).CloseWrite()
	b, _ := io.ReadAll(conn)
	return string(b)
}

func TestEveryServiceHasItsWord(t *testing.T) {
	for _, word := range []string{WebService, MailService, FilesService, DatabaseService} {
		assert.NotNil(t, New(word), word)
	}
	assert.Nil(t, New("ftp"))
}

func TestWebReadsPagesFromTheDisk(t *testing.T) {
	d := simtest.NewDisk(16<<20, 1, false)
	w := serve(t, New(WebService), d)
	status, page := w.ask(t, http.MethodGet, "/3000", "")
	assert.Equal(t, 200, status)
	assert.Equal(t, string(Page(3000)), page)

	d.Stop()
	answered := make(chan string, 1)
	go func() { _, page := w.ask(t, http.MethodGet, "/3000", ""); answered <- page }()
	select {
	case <-answered:
		t.Fatal("the page came from somewhere else")
	case <-time.After(50 * time.Millisecond): // long enough for a page that is in memory
	}
	d.Resume()
	assert.Equal(t, string(Page(3000)), <-answered)

	d.PowerOff()
	status, _ = w.ask(t, http.MethodGet, "/3000", "")
	assert.Equal(t, 503, status)
	w.end()
	d.PowerOn()
	w = serve(t, New(WebService), d)
	assert.Equal(t, map[string]guestdisk.Sum{"3000": guestdisk.SumOf(Page(3000))}, w.found.Whole)
}

func TestWebRefuses(t *testing.T) {
	w := serve(t, New(WebService), simtest.NewDisk(16<<20, 1, false))
	for path, want := range map[string]int{"/x": 404, "/-1": 404, "/007": 404, "/99999999": 404, "/": 404} {
		status, _ := w.ask(t, http.MethodGet, path, "")
		assert.Equal(t, want, status, path)
	}
	status, _ := w.ask(t, http.MethodDelete, "/3000", "")
	assert.Equal(t, 405, status)
	assert.Contains(t, w.say(t, []byte("\x00\x01\r\n\r\n")), "400 Bad Request")
	assert.Contains(t, w.say(t, []byte("GET /1 HTTP/1.1\r\nX: "+strings.Repeat("x", 2*mostHeaders)+"\r\n\r\n")), "431 ")
}

func TestFilesAreOnTheDiskWhenTheyAreUploaded(t *testing.T) {
	d := simtest.NewDisk(16<<20, 1, false)
	f := serve(t, New(FilesService), d)
	text := strings.Repeat("a line\n", 5000)
	status, _ := f.ask(t, http.MethodPut, "/plan.txt", text)
	require.Equal(t, 201, status)
	status, _ = f.ask(t, http.MethodPut, "/plan.txt", text+"one more\n")
	require.Equal(t, 201, status)
	_, got := f.ask(t, http.MethodGet, "/plan.txt", "")
	assert.Equal(t, text+"one more\n", got)
	status, list := f.ask(t, "PROPFIND", "/", "")
	assert.Equal(t, 207, status)
	assert.Contains(t, list, "plan.txt")

	f.end()
	d.PowerOff()
	d.PowerOn()
	f = serve(t, New(FilesService), d)
	assert.Equal(t, map[string]guestdisk.Sum{"plan.txt": sha256.Sum256([]byte(text + "one more\n"))}, f.found.Whole)
	status, _ = f.ask(t, http.MethodDelete, "/plan.txt", "")
	assert.Equal(t, 204, status)
	status, _ = f.ask(t, http.MethodGet, "/plan.txt", "")
	assert.Equal(t, 404, status)
}

func TestFilesRefuse(t *testing.T) {
	f := serve(t, New(FilesService), simtest.NewDisk(16<<20, 1, false))
	status, _ := f.ask(t, http.MethodPut, "/large", strings.Repeat("x", MostFile+1))
	assert.Equal(t, 413, status)
	status, _ = f.ask(t, "MKCOL", "/folder", "")
	assert.Equal(t, 405, status)
	status, _ = f.ask(t, http.MethodPut, "/folder/file", "x")
	assert.GreaterOrEqual(t, status, 400)
	f.say(t, []byte("PUT /half HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf of it"))
	assert.Contains(t, f.say(t, []byte("PROPFIND")), "400 Bad Request")
	status, _ = f.ask(t, http.MethodGet, "/half", "")
	assert.Equal(t, 404, status, "an upload that is cut short is none")
	status, _ = f.ask(t, http.MethodPut, "/small", "x")
	assert.Equal(t, 201, status, "and it lives")
}

func TestFilesAreRenamed(t *testing.T) {
	f := serve(t, New(FilesService), simtest.NewDisk(16<<20, 1, false))
	f.ask(t, http.MethodPut, "/a", "x")
	req, err := http.NewRequest("MOVE", "http://"+f.addr+"/a", nil)
	require.NoError(t, err)
	req.Header.Set("Destination", "http://"+f.addr+"/b")
	answer, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	_ = answer.Body.Close()
	assert.Equal(t, 201, answer.StatusCode)
	_, got := f.ask(t, http.MethodGet, "/b", "")
	assert.Equal(t, "x", got)
	status, _ := f.ask(t, http.MethodGet, "/a", "")
	assert.Equal(t, 404, status)
}

const dialogue = "HELO me\r\nMAIL FROM:<a@sender.example>\r\nRCPT TO:<b@mail.example.com>\r\nDATA\r\n"

func TestMailIsAcceptedWhenItIsOnTheDisk(t *testing.T) {
	d := simtest.NewDisk(16<<20, 1, false)
	m := serve(t, New(MailService), d)
	text := "Message-Id: <1@sender.example>\r\n\r\n.a line\r\n"
	for range 2 { // the second as if the answer to the first had been lost
		assert.Contains(t, m.say(t, []byte(dialogue+strings.ReplaceAll(text, "\n.", "\n..")+".\r\nQUIT\r\n")), "\r\n250 2.0.0 OK: queued\r\n221 ")
	}
	m.end()
	d.PowerOff()
	d.PowerOn()
	m = serve(t, New(MailService), d)
	name := MailName("a@sender.example", "<1@sender.example>")
	assert.Equal(t, map[string]guestdisk.Sum{name: guestdisk.SumOf([]byte(text))}, m.found.Whole)

	d.PowerOff()
	assert.Contains(t, m.say(t, []byte(dialogue+text+".\r\nQUIT\r\n")), "451 4.3.0 ")
}

func TestMailKeepsTheNewest(t *testing.T) {
	var m Mail
	_, err := m.Open(context.Background(), simtest.NewDisk(16<<20, 1, false))
	require.NoError(t, err)
	s := spool{context.Background(), m.store}
	for n := range MailKeeps + 3 {
		require.NoError(t, s.keep("a@sender.example", string(rune('a'+n)), []byte("text")))
	}
	require.NoError(t, s.keep("b@sender.example", "a", []byte("text")))
	assert.Len(t, m.store.Names(), MailKeeps+1)
	assert.NotContains(t, m.store.Names(), MailName("a@sender.example", "c"))
	assert.Contains(t, m.store.Names(), MailName("a@sender.example", "d"))
}

func TestMailRefuses(t *testing.T) {
	m := serve(t, New(MailService), simtest.NewDisk(1<<20, 1, false))
	for said, want := range map[string]string{
		"NONSENSE\r\n":                         "\r\n501 ",
		"MAIL FROM:<a@b.example>\r\n":          "\r\n502 ",
		"HELO me\r\nDATA\r\n":                  "\r\n502 ",
		"HELO me\r\nMAIL FROM:garbage<\r\n":    "\r\n501 ",
		strings.Repeat("x", 5000) + "\r\n":     "500 ",
		dialogue + "half a mail":               "354 ",
		dialogue + strings.Repeat("x", 600000): "500 5.4.0 ", // a line that does not end
	} {
		assert.Contains(t, m.say(t, []byte(said)), want, "%.40q", said)
	}
	assert.Contains(t, m.say(t, []byte(dialogue+strings.Repeat(strings.Repeat("x", 998)+"\r\n", 1000)+".\r\nQUIT\r\n")), "452 4.3.1 ", "it does not fit on the disk")
	assert.Contains(t, m.say(t, []byte(dialogue+strings.Repeat(strings.Repeat("x", 998)+"\r\n", 1200)+".\r\nQUIT\r\n")), "552 ", "it is too large")
	assert.Contains(t, m.say(t, []byte(dialogue+"x\r\n.\r\nQUIT\r\n")), "250 2.0.0 OK: queued", "and it lives")
}

func TestDatabaseAnswers(t *testing.T) {
	d := simtest.NewDisk(dataSize, 1, false)
	db := New(DatabaseService)
	l := serve(t, db, d)
	for path, want := range map[string]int{"/commits/bank/1": 204, "/commits/bank/0": 400, "/commits/bank/x": 400, "/commits/bank": 404,
		"/commits/" + strings.Repeat("x", mostClient+1) + "/1": 400} {
		status, _ := l.ask(t, http.MethodPut, path, "")
		assert.Equal(t, want, status, path)
	}
	d.PowerOff()
	status, _ := l.ask(t, http.MethodPut, "/commits/bank/2", "")
	assert.Equal(t, 503, status)
	l.end()
	d.PowerOn()
	l = serve(t, db, d)
	assert.Contains(t, l.found.Whole, "bank/1")
	status, _ = l.ask(t, http.MethodPut, "/commits/bank/3", "")
	assert.Equal(t, 204, status)
}

// fuzzed says anything to a service: it says no in its own words, or nothing, and lives.
func fuzzed(f *testing.F, word string, seeds ...string) {
	d := simtest.NewDisk(dataSize, 1, false)
	s := New(word)
	l := serve(f, s, d)
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		l.say(t, octets)
		found, err := s.Find(context.Background())
		require.NoError(t, err)
		require.Empty(t, found.Torn)
	})
}

func FuzzWeb(f *testing.F) {
	fuzzed(f, WebService, "GET /10 HTTP/1.1\r\nHost: x\r\n\r\n", "GET /10 HTTP/1.1\r\n\r\n", "PUT / HTTP/1.0\r\nContent-Length: -1\r\n\r\n", "\x16\x03\x01")
}

func FuzzFiles(f *testing.F) {
	fuzzed(f, FilesService, "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "PROPFIND / HTTP/1.1\r\nHost: x\r\n\r\n<a",
		"LOCK /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n<?xml", "MOVE /a HTTP/1.1\r\nHost: x\r\nDestination: //\r\n\r\n")
}

func FuzzMail(f *testing.F) {
	fuzzed(f, MailService, dialogue+"x\r\n.\r\nQUIT\r\n", "EHLO x\r\nBDAT 10 LAST\r\n", "HELO x\r\nMAIL FROM:<> SIZE=999999999999999999\r\n", "STARTTLS\r\nAUTH PLAIN x\r\n", "\x00\xff\r\n")
}

func FuzzDatabase(f *testing.F) {
	fuzzed(f, DatabaseService, "PUT /commits/a/1 HTTP/1.1\r\nHost: x\r\n\r\n", "PUT /commits/a'/9223372036854775807 HTTP/1.1\r\nHost: x\r\n\r\n",
		"PUT /commits/%00/2 HTTP/1.1\r\nHost: x\r\n\r\n", "GET /commits/a/1 HTTP/1.1\r\nHost: x\r\n\r\n")
}
