package drill

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed page
var page embed.FS

// entrance is the page for who brings a token.
const entrance = "join"

// sheet is what a page is made with.
type sheet struct {
	Kind   string // names its main part and its script
	Title  string
	Banner string
	// Seated: somebody sits here; Playing: and takes part, as nobody does at the wall.
	Seated, Playing bool
}

// pages are those of all sorts of seats, and the entrance; they are the same for everybody and hold nothing of a drill.
var pages = func() map[string][]byte {
	all := map[string][]byte{}
	for kind, title := range map[string]string{
		entrance: "your seat", Facilitator: "facilitator", Control: "control cell", Evaluator: "evaluator", Wall: "wall screen", player: "player",
	} {
		s := sheet{Kind: kind, Title: title, Banner: Banner, Seated: kind != entrance, Playing: kind != entrance && kind != Wall}
		if kind == Facilitator || kind == Control || kind == Evaluator {
			s.Banner += ": not for players"
		}
		t := template.Must(template.ParseFS(page, "page/layout.html", "page/"+kind+".html"))
		var b bytes.Buffer
		if err := t.Execute(&b, s); err != nil {
			panic(err) // a template that is embedded, and that every test of a page runs
		}
		all[kind] = b.Bytes()
	}
	return all
}()

// serve gives a page.
func serve(kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(pages[kind]) // a browser that has gone needs no answer
	}
}

// assets are styles and scripts, which are the same for everybody, too.
func assets() http.Handler {
	files, _ := fs.Sub(page, "page") // embedded: it is there
	all := http.FileServerFS(files)
	return http.StripPrefix("/page/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, ".css") && !strings.HasSuffix(r.URL.Path, ".js") {
			http.NotFound(w, r)
			return
		}
		all.ServeHTTP(w, r)
	}))
}
