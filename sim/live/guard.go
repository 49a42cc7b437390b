package live

import (
	"net"
	"net/http"
)

// policy lets the page have its own style and script and talk to its own server; nothing inline, nothing from elsewhere,
// no frame around it.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Guarded keeps other sites out: they may neither read what is shown, nor send anything, nor frame it.
func Guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !ours(r) {
			http.Error(w, "this page is for its own address only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ours says whether a request is of this page. Another site's page may name a host of its own that leads here (DNS
// rebinding): on the loopback interface only loopback names are ours, unless a certificate vouches for the name, which no
// other site has. What a browser says of where a request comes from
// (Fetch Metadata, Origin) must be this page, or a reader who typed its address.
func ours(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if ok && local.IP.IsLoopback() && r.TLS == nil && !Loopback(r.Host) {
		return false
	}
	if o := r.Header.Get("Origin"); o != "" && o != "http://"+r.Host && o != "https://"+r.Host {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	// A link on another page may lead here; nothing else of it may.
	return r.URL.Path == "/" && r.Header.Get("Sec-Fetch-Mode") == "navigate"
}

// Loopback says whether a host, with or without a port, is this machine to itself.
func Loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
