// Package browser opens pages in Chromium, as their readers do.
//
//	p := browser.Open(t, browser.Desktop, "file:///tmp/report.html")
//	p.Click(`[data-zoom="in"]`)
//	p.Clean() // nothing in the console, no request but for the page itself
//
// Where there is no Chromium the test is skipped; on Linux with CI=true it fails instead. .ci/browser installs one.
package browser

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Size is that of a screen, in CSS pixels.
type Size struct{ Width, Height int64 }

// The screens that pages are looked at on.
var (
	Desktop = Size{1280, 900}
	Phone   = Size{390, 844}
)

// patience is how long a test may take in all: a loaded machine needs seconds to start Chromium.
const patience = 90 * time.Second

// pause is how long it is until a test looks again for what it waits for.
const pause = 50 * time.Millisecond

// Page is a page that is open.
type Page struct {
	t       testing.TB
	ctx     context.Context // of the tab; ends with the test
	address string

	mu       sync.Mutex
	troubles []string
	requests []string
}

// missing skips a test that lacks something, or fails it where nothing may be lacking.
func missing(t testing.TB, what string) {
	t.Helper()
	if runtime.GOOS == "linux" && os.Getenv("CI") == "true" {
		t.Fatalf("no %s: .ci/browser installs it", what)
	}
	t.Skipf("no %s here: .ci/browser installs it", what)
}

// Open starts a Chromium of its own, which knows nothing, and has it open an address. Short runs leave it out: they are
// for the race detector and for ordinary users, and pages are the same for them.
func Open(t testing.TB, size Size, address string) *Page {
	t.Helper()
	if testing.Short() {
		t.Skip("pages are looked at in the long run")
	}
	p := &Page{t: t, address: address}
	p.start(chromium(t))
	p.Resize(size)
	p.Do(chromedp.Navigate(address))
	return p
}

// chromium finds the program.
func chromium(t testing.TB) (path string) {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "Chromium")
	return ""
}

// start starts Chromium with an empty profile.
func (p *Page) start(path string) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(p.t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true),
	)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	p.ctx, _ = chromedp.NewContext(ctx, chromedp.WithListener(p.listen))
	p.t.Cleanup(func() {
		assert.NoError(p.t, chromedp.Cancel(p.ctx)) // waits until Chromium has gone, and with it its hold on the profile
		cancelAllocator()
		cancel()
	})
}

// listen remembers what a clean page does not do.
func (p *Page) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *cdpruntime.EventExceptionThrown:
		p.troubles = append(p.troubles, fmt.Sprintf("%s at line %d: %v", e.ExceptionDetails.Text, e.ExceptionDetails.LineNumber+1, e.ExceptionDetails.Exception))
	case *cdpruntime.EventConsoleAPICalled:
		p.troubles = append(p.troubles, fmt.Sprintf("console.%s", e.Type))
	case *cdplog.EventEntryAdded:
		p.troubles = append(p.troubles, e.Entry.Text)
	}
}

// Do has the browser do something.
func (p *Page) Do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, actions...))
}

// spot brings what a selector finds to the middle of the window and says where on the screen it is, once it stays there from
// one frame to the next (a page that goes to an anchor scrolls a little later); nothing where something else lies upon it.
const spot = `(async () => {
	const e = document.querySelector(%q);
	if (!e) return null;
	const frame = () => new Promise(requestAnimationFrame);
	for (let was = {}; ; ) {
		e.scrollIntoView({block: 'center', behavior: 'instant'});
		await frame();
		await frame();
		const b = e.getBoundingClientRect(), x = b.left + b.width / 2, y = b.top + b.height / 2;
		if (was.x === x && was.y === y) return e.contains(document.elementFromPoint(x, y)) ? {x, y} : null;
		was = {x, y};
	}
})()`

// place is a point of the window.
type place struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// find brings what a CSS selector finds into view, where the mouse can reach it.
func (p *Page) find(selector string) place {
	p.t.Helper()
	at := Get[*place](p, fmt.Sprintf(spot, selector))
	require.NotNil(p.t, at, "nobody can click on %s", selector)
	return *at
}

// Click clicks with the mouse on what a CSS selector finds.
func (p *Page) Click(selector string) {
	p.t.Helper()
	at := p.find(selector)
	p.Do(chromedp.MouseClickXY(at.X, at.Y))
}

// Drag presses the mouse on what a CSS selector finds and lets go so many pixels to the right of it.
func (p *Page) Drag(selector string, right float64) {
	p.t.Helper()
	at := p.find(selector)
	for _, step := range []input.DispatchMouseEventParams{
		{Type: input.DispatchMouseEventTypeMousePressed, X: at.X, Y: at.Y, Button: input.MouseButtonLeft, ClickCount: 1},
		{Type: input.DispatchMouseEventTypeMouseMoved, X: at.X + right/2, Y: at.Y, Button: input.MouseButtonLeft},
		{Type: input.DispatchMouseEventTypeMouseMoved, X: at.X + right, Y: at.Y, Button: input.MouseButtonLeft},
		{Type: input.DispatchMouseEventTypeMouseReleased, X: at.X + right, Y: at.Y, Button: input.MouseButtonLeft, ClickCount: 1},
	} {
		_, err := chromedp.Call(p.ctx, input.DispatchMouseEvent, step)
		require.NoError(p.t, err)
	}
}

// Press presses a key.
func (p *Page) Press(key string) {
	p.t.Helper()
	p.Do(chromedp.KeyEvent(key))
}

// Get evaluates an expression of JavaScript in the page.
func Get[T any](p *Page, expression string) T {
	p.t.Helper()
	got, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err, "%.200s", expression)
	return got
}

// Until waits until an expression of JavaScript is true.
func (p *Page) Until(expression string) {
	p.t.Helper()
	for !Get[bool](p, expression) {
		select {
		case <-p.ctx.Done():
			require.NoError(p.t, p.ctx.Err(), "wait until %s", expression)
		case <-time.After(pause):
		}
	}
}

// Arrives waits until the page has gone, by itself, to a path that begins so. On its way it is for a moment no page at
// all, and answers nothing.
func (p *Page) Arrives(path string) {
	p.t.Helper()
	for !p.at(path) {
		select {
		case <-p.ctx.Done():
			require.NoError(p.t, p.ctx.Err(), "wait to arrive at %s", path)
		case <-time.After(pause):
		}
	}
	p.Do(chromedp.WaitReady("body"))
}

// at says whether the page is known to be at a path that begins so.
func (p *Page) at(path string) bool {
	h, err := chromedp.Call(p.ctx, page.GetNavigationHistory, cdp.Empty{})
	if err != nil {
		return false
	}
	at, err := url.Parse(h.Entries[h.CurrentIndex].URL)
	return err == nil && strings.HasPrefix(at.Path, path)
}

// Resize gives the page another screen.
func (p *Page) Resize(size Size) {
	p.t.Helper()
	p.Do(chromedp.EmulateViewport(size.Width, size.Height))
}

// Reload opens the page anew.
func (p *Page) Reload() {
	p.t.Helper()
	p.Do(chromedp.Reload())
}

// Dark says whether the reader likes dark pages.
func (p *Page) Dark(dark bool) {
	p.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	require.NoError(p.t, err)
}

// Clean fails the test when the console has anything to say, or the page asked for anything outside its own folder.
func (p *Page) Clean() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	assert.Empty(p.t, p.troubles)
	home, err := url.Parse(p.address)
	require.NoError(p.t, err)
	for _, r := range p.requests {
		u, err := url.Parse(r)
		require.NoError(p.t, err)
		same := u.Scheme == home.Scheme && u.Host == home.Host
		if home.Scheme == "file" {
			same = u.Path == home.Path
		}
		assert.True(p.t, same, "the page asked for %s", r)
	}
	assert.NotEmpty(p.t, p.requests)
}

// Fits fails the test when the page is wider than its window.
func (p *Page) Fits() {
	p.t.Helper()
	assert.LessOrEqual(p.t, Get[int](p, `document.documentElement.scrollWidth`), Get[int](p, `innerWidth`), "the page can be scrolled sideways")
}

// Picture writes what is in the window to a PNG file.
func (p *Page) Picture(file string) {
	p.t.Helper()
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	require.NoError(p.t, err)
	require.NoError(p.t, os.WriteFile(file, png, 0o644))
}

// File is the address of a file on this machine.
func File(path string) string {
	return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(path, "/")}).String()
}
