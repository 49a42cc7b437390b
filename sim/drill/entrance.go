package drill

import (
	"encoding/json"
	"net"
	"net/http"
)

// mostToken is more than a token is long.
const mostToken = 1 << 10

// enter is what lies at the address of all pages: the way in for who brings a token, or to the facilitator's page where
// none is asked for.
func (d *Desk) enter(w http.ResponseWriter, r *http.Request) {
	if c := d.seats[Facilitator]; c.token == "" {
		http.Redirect(w, r, c.home(), http.StatusSeeOther)
		return
	}
	serve(entrance)(w, r)
}

// join lets somebody in who brings a token: from then on their browser shows it by itself, to the pages of that seat
// alone. The token comes in the body of a request, so that no list of addresses ever has it.
func (d *Desk) join(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Token string `json:"token"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostToken)).Decode(&in); err != nil {
		http.Error(w, "This is no link to a seat.", http.StatusBadRequest)
		return
	}
	var found *chair
	for _, c := range d.seats { // all of them, so that how long it takes tells nothing
		if c.token != "" && c.opens(in.Token) {
			found = c
		}
	}
	if found == nil {
		d.turnAway(w, r)
		return
	}
	home := found.home()
	http.SetCookie(w, &http.Cookie{
		Name: cookie(r), Value: found.token, Path: home, HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode,
	})
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"home": home}) // a browser that has gone needs no answer
}

// turnAway answers who brings a token that is none. Who tries many is not heard for a while, and the log says so; whoever
// brings a right one is let in all the same.
func (d *Desk) turnAway(w http.ResponseWriter, r *http.Request) {
	allowed, refused := d.strangers.spend()
	if refused > 0 {
		d.remember(r.Context(), "a stranger", refused)
	}
	if !allowed {
		http.Error(w, "too many links that open nothing: wait a second", http.StatusTooManyRequests)
		return
	}
	http.Error(w, "This link opens no seat, or no longer: a drill that is gone on with has new ones.", http.StatusForbidden)
}

// cookie is what the token is called in a browser: two drills on one machine differ by their ports alone.
func cookie(r *http.Request) string {
	name := "seat"
	if at, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		if _, port, err := net.SplitHostPort(at.String()); err == nil {
			name += "-" + port
		}
	}
	return name
}

// seated lets those through who sit where they say, and nobody learns which seats there are.
func (d *Desk) seated(next func(*chair, http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := d.seats[r.PathValue("seat")]
		if c == nil || !c.sits(r) {
			http.Error(w, "open the link that you were given: this seat is not yours", http.StatusForbidden)
			return
		}
		next(c, w, r)
	}
}

// sits says whether a request is of who sits there.
func (c *chair) sits(r *http.Request) bool {
	if c.token == "" {
		return true
	}
	shown, err := r.Cookie(cookie(r))
	return err == nil && c.opens(shown.Value)
}
