package live

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/sim/simtest/browser"
)

// machines is the header of a run with so many virtual machines.
func machines(n int) sim.HeaderData {
	return sim.HeaderData{
		Format: sim.Format, World: "kernel", Scenario: "live-test", Plant: "p: 1 nodes, 0 links", Topology: "topology: {nodes: {core1: {kind: switch}}}",
		Uses:    []sim.UseData{{ID: "vms", Kind: "vm", Members: n, Tolerates: sim.Seconds(time.Second)}},
		Entries: []sim.EntryData{{ID: "paste", Kind: "reboot", Text: "reboot core1"}},
	}
}

// run is a run that the test tells what to do.
type run struct {
	log *sim.Log
	now time.Duration
}

func begin(p *Page, members int) *run {
	r := &run{}
	r.log = sim.NewLog(func() time.Duration { return r.now }, nil)
	r.log.Listen(p.Event)
	r.log.Add(0, "", machines(members))
	r.log.Add(0, "", sim.SteadyData{Members: members})
	return r
}

// serve serves a page without the loop that draws it: the test draws.
func serve(t testing.TB, p *Page) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(p.Handler())
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

// redrawn draws at once, however lately that was done.
func redrawn(t testing.TB, p *Page) {
	t.Helper()
	p.draw.Lock()
	p.next = time.Time{}
	p.draw.Unlock()
	require.NoError(t, p.refresh())
}

// watcher is a browser that looks on.
type watcher struct {
	t    testing.TB
	in   *bufio.Reader
	seen int
}

func watch(t testing.TB, ctx context.Context, url string, header http.Header) *watcher {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	require.NoError(t, err)
	for k, v := range header {
		r.Header[k] = v
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, answer.Body.Close()) })
	require.Equal(t, http.StatusOK, answer.StatusCode)
	return &watcher{t: t, in: bufio.NewReader(answer.Body)}
}

// next reads one update.
func (w *watcher) next() update {
	w.t.Helper()
	var u update
	for {
		line, err := w.in.ReadString('\n')
		require.NoError(w.t, err)
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			w.seen, err = strconv.Atoi(strings.TrimSpace(id))
			require.NoError(w.t, err)
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			require.NoError(w.t, json.Unmarshal([]byte(data), &u))
			return u
		}
	}
}

func TestBrowsersGetWhatIsNewerThanTheyHave(t *testing.T) {
	p := New()
	r := begin(p, 2)
	s := serve(t, p)
	redrawn(t, p)

	early := watch(t, t.Context(), s.URL+"/events?after=0", nil)
	first := early.next()
	assert.Contains(t, first.Parts, "at-work-vms-1")

	r.now = time.Second
	fault := r.log.Add(0, "paste", sim.FaultData{Fault: "reboot", Text: "reboot core1"})
	r.log.Add(fault, "vms/1", sim.DownData{Since: sim.Seconds(time.Second)})
	redrawn(t, p)
	second := early.next()
	assert.Contains(t, second.Parts["at-work-vms-1"], "not back")
	assert.NotContains(t, second.Parts, "at-work-vms-2", "nothing has become of it")

	late := watch(t, t.Context(), s.URL+"/events?after=0", nil)
	all := late.next()
	assert.Equal(t, second.Parts["at-work-vms-1"], all.Parts["at-work-vms-1"], "who comes late gets what was before")
	assert.Contains(t, all.Parts, "at-work-vms-2")

	r.now = time.Minute
	r.log.Add(0, "core1", sim.StageData{Stage: "off"})
	redrawn(t, p)
	third := early.next()
	assert.NotContains(t, third.Parts, "at-work-vms-1", "it is as it was: that time goes on is no news of it")

	// One that was away says what it has, and finds the present.
	r.log.Add(fault, "vms/2", sim.DownData{Since: sim.Seconds(time.Second)})
	redrawn(t, p)
	back := watch(t, t.Context(), s.URL+"/events?after=0", http.Header{"Last-Event-Id": {strconv.Itoa(early.seen)}})
	missed := back.next()
	assert.Contains(t, missed.Parts, "at-work-vms-2")
	assert.NotContains(t, missed.Parts, "at-work-vms-1")
}

func TestTheEndIsTold(t *testing.T) {
	p := New()
	r := begin(p, 1)
	s := serve(t, p)
	redrawn(t, p)
	w := watch(t, t.Context(), s.URL+"/events?after=0", nil)
	assert.False(t, w.next().Over)
	r.log.Add(0, "", sim.EndData{Reason: "played"})
	p.Over()
	redrawn(t, p)
	assert.True(t, w.next().Over)
	_, err := w.in.ReadByte()
	for err == nil {
		_, err = w.in.ReadByte()
	}
	assert.ErrorIs(t, err, io.EOF, "there is no more")
}

// TestARunWaitsForNoBrowser: fifty that never read a byte keep nobody from adding events and drawing them.
func TestARunWaitsForNoBrowser(t *testing.T) {
	p := New()
	r := begin(p, 50)
	s := serve(t, p)
	redrawn(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range 50 {
		watch(t, ctx, s.URL+"/events?after=0", nil)
	}
	for i := range 200 {
		r.now += time.Second
		r.log.Add(0, fmt.Sprintf("vms/%d", i%50+1), sim.DownData{Since: sim.Seconds(r.now)})
		redrawn(t, p)
	}
	assert.Len(t, p.log.Events(), 202)
}

func TestOtherSitesAreKeptOut(t *testing.T) {
	p := New()
	begin(p, 1)
	s := serve(t, p)
	for _, c := range []struct {
		name   string
		path   string
		host   string
		header map[string]string
		want   int
	}{
		{"a reader who typed the address", "/", "", map[string]string{"Sec-Fetch-Site": "none"}, 200},
		{"the page itself", "/page.js", "", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": s.URL}, 200},
		{"no browser at all", "/page.css", "", nil, 200},
		{"a link elsewhere", "/", "", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200},
		{"another site's script", "/events?after=0", "", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, 403},
		{"another site's frame", "/page.js", "", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403},
		{"another origin", "/", "", map[string]string{"Origin": "http://evil.example"}, 403},
		{"a name that was made to lead here", "/", "evil.example:80", nil, 403},
		{"a path that is none", "/../../etc/passwd", "", nil, 404},
		{"a number that is none", "/events?after=x", "", nil, 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+c.path, nil)
			require.NoError(t, err)
			r.Host = c.host
			for k, v := range c.header {
				r.Header.Set(k, v)
			}
			answer, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			defer answer.Body.Close()
			assert.Equal(t, c.want, answer.StatusCode)
			assert.Equal(t, policy, answer.Header.Get("Content-Security-Policy"))
		})
	}
	answer, err := http.Post(s.URL+"/", "text/plain", strings.NewReader("x"))
	require.NoError(t, err)
	defer answer.Body.Close()
	assert.Equal(t, http.StatusMethodNotAllowed, answer.StatusCode)
}

func TestOnlyLoopbackIsServedWithoutACertificate(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", "[::]:0", ":0", "192.0.2.1:80"} {
		_, err := Serve(New(), Address{Listen: address})
		assert.ErrorIs(t, err, ErrOpen, address)
	}
	_, err := Serve(New(), Address{Listen: "127.0.0.1"})
	assert.ErrorContains(t, err, "missing port")
	for _, address := range []string{"127.0.0.1:0", "localhost:0"} {
		s, err := Serve(New(), Address{Listen: address})
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(s.URL, "http://127.0.0.1:") || strings.HasPrefix(s.URL, "http://[::1]:"), s.URL)
		require.NoError(t, s.Close())
	}
}

func TestACertificateOpensThePageToOthers(t *testing.T) {
	certificate, key, pool := selfSigned(t)
	p := New()
	begin(p, 1)
	s, err := Serve(p, Address{Listen: "127.0.0.1:0", Certificate: certificate, Key: key})
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(s.URL, "https://"), s.URL)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	for _, host := range []string{"", "drill.example"} { // the certificate vouches for a name, whatever address it leads to
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
		require.NoError(t, err)
		r.Host = host
		answer, err := (&http.Client{Transport: transport}).Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Equal(t, http.StatusOK, answer.StatusCode, host)
	}
	transport.CloseIdleConnections()
	require.NoError(t, s.Close())

	_, err = Serve(New(), Address{Listen: "127.0.0.1:0", Certificate: key, Key: key})
	assert.ErrorContains(t, err, "serve the live page")
}

func TestAnAddressIsSaidAsBrowsersAskForIt(t *testing.T) {
	certificate, key, _ := selfSigned(t)
	for listen, want := range map[string]string{":0": "https://127.0.0.1:", "127.0.0.1:0": "https://127.0.0.1:", "localhost:0": "https://localhost:"} {
		l, url, err := Address{Listen: listen, Certificate: certificate, Key: key}.Open()
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(url, want), "%s is said as %s", listen, url)
		require.NoError(t, l.Close())
	}
}

// selfSigned makes a certificate of this machine for an hour.
func selfSigned(t *testing.T) (certificate, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	folder := t.TempDir()
	certificate, key = filepath.Join(folder, "certificate.pem"), filepath.Join(folder, "key.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	require.NoError(t, os.WriteFile(certificate, text, 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	pool = x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(text))
	return certificate, key, pool
}

func TestTooManyBrowsersAreTurnedAway(t *testing.T) {
	p := New()
	begin(p, 1)
	s := serve(t, p)
	redrawn(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range mostBrowsers {
		watch(t, ctx, s.URL+"/events?after=0", nil)
	}
	answer, err := http.Get(s.URL + "/events?after=0")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
}

func TestThePageGrows(t *testing.T) {
	p := New()
	site, err := Serve(p, Address{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, site.Close()) })
	r := begin(p, 3)
	b := browser.Open(t, browser.Desktop, site.URL)
	b.Until(`document.getElementById('live').textContent.startsWith('live')`)

	r.now = 2 * time.Second
	fault := r.log.Add(0, "paste", sim.FaultData{Fault: "reboot", Text: "reboot core1"})
	r.log.Add(fault, "core1", sim.StageData{Stage: "off"})
	r.log.Add(fault, "vms/2", sim.DownData{Since: sim.Seconds(2 * time.Second)})
	b.Until(`document.querySelector('#work-vms .many') !== null`)
	b.Until(`document.querySelector('#node-core1.is-off') !== null`)
	assert.NotContains(t, browser.Get[string](b, `document.body.textContent`), "INTERRUPTED", "it has not ended at all")
	b.Click(`#work-vms .many`)
	b.Click(`#evidence a[href="#fault-paste"]`)
	b.Until(`document.activeElement.id == 'fault-paste'`)

	r.now = 4 * time.Second
	r.log.Add(fault, "core1", sim.StageData{Stage: "forwarding"})
	r.log.Add(fault, "vms/2", sim.UpData{From: sim.Seconds(2 * time.Second), To: sim.Seconds(4 * time.Second)})
	r.log.Add(0, "", sim.EndData{Reason: "played"})
	r.log.Add(0, "vms", sim.VerdictData{Part: "survive", Workload: "vms", Outcome: sim.Failed, Want: "longest outage <= 1s", Got: "2s"})
	p.Over()
	b.Until(`document.getElementById('live').textContent == 'the run is over'`)
	assert.Contains(t, browser.Get[string](b, `document.querySelector('.answers').textContent`), "SURVIVED 0 of 1 workload")
	assert.Equal(t, "fault-paste", browser.Get[string](b, `document.activeElement.id`), "what had the focus still has it")
	b.Clean()
	b.Accessible()
}
