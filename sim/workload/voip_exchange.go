package workload

import (
	"context"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/pion/rtp"
	"golang.org/x/sync/errgroup"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

const (
	// mostLines is how many numbers may be registered at an exchange, and how many calls it holds. Chosen: a telephone has
	// an exchange of its own here, and this only bounds what strangers can make it keep.
	mostLines  = 64
	sipVersion = "SIP/2.0"
	// sipMethods are those that an exchange knows.
	sipMethods = "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER"
)

// exchange is a registrar with an echo test: whoever is registered and calls it hears what he says. It keeps nothing over
// a loss of power. That a call is silent is for the telephone to find; one that calls again takes the place of its last.
type exchange struct {
	place    sim.Place
	sip, rtp *lane
	packet   time.Duration

	mu         sync.Mutex
	registered map[string]bool
	calls      map[string]*leg         // by Call-ID
	voices     map[netip.AddrPort]*leg // by where the caller speaks from
}

// leg is a call that the exchange holds.
type leg struct {
	id     string
	caller netip.AddrPort
	answer []byte // what it answered to the INVITE, for its repetitions
	out    rtp.Header
}

func newExchange(c *call, at sim.Place, on *topology.Network) *exchange {
	x := &exchange{place: at, sip: newLane(at, on, "udp"), rtp: newLane(at, on, "udp"), packet: c.interval}
	x.forget()
	return x
}

func (x *exchange) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.registered, x.calls, x.voices = map[string]bool{}, map[string]*leg{}, map[netip.AddrPort]*leg{}
}

// run serves until ctx ends.
func (x *exchange) run(ctx context.Context) error {
	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() error {
		return x.sip.run(ctx, func(b []byte, from netip.AddrPort, _ time.Duration) {
			if answer := x.answer(b, from); answer != nil {
				_ = x.sip.send(answer, from)
			}
		})
	})
	all.Go(func() error { return x.rtp.run(ctx, x.echo) })
	all.Go(func() error {
		return x.place.Serve(ctx, func(ctx context.Context) error {
			<-ctx.Done()
			x.forget()
			return nil
		})
	})
	return all.Wait()
}

// answer is what it says to a datagram; nil for nothing.
func (x *exchange) answer(b []byte, from netip.AddrPort) []byte {
	msg, err := sipMessages.ParseSIP(b)
	r, ok := msg.(*sip.Request)
	if !ok || r == nil || r.IsAck() || r.Via() == nil {
		return nil // neither answers nor ACKs are answered (RFC 3261 8.1.3, 17); without a Via there is no way to
	}
	r.SetSource(from.String())
	if err != nil {
		return refuse(r, sip.StatusBadRequest, "Bad Request: "+firstLine(err.Error()))
	}
	if code, reason := malformed(r); code != 0 {
		return refuse(r, code, reason)
	}
	if _, open := x.rtp.target(); !open {
		return nil // it has only just been switched on: who asks will ask again
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	switch r.Method {
	case sip.REGISTER:
		return x.register(r)
	case sip.INVITE:
		return x.invite(r)
	case sip.BYE, sip.CANCEL:
		return x.bye(r)
	case sip.OPTIONS:
		return refuse(r, sip.StatusOK, "OK")
	}
	return refuse(r, sip.StatusMethodNotAllowed, "Method Not Allowed")
}

// malformed says what is wrong with a request that is well written (RFC 3261 8.1.1, 8.2.2, 16.3); 0 for nothing.
func malformed(r *sip.Request) (code int, reason string) {
	switch seq := r.CSeq(); {
	case r.SipVersion != sipVersion:
		return sip.StatusVersionNotSupported, "Version Not Supported"
	case r.From() == nil || r.To() == nil || r.CallID() == nil || seq == nil:
		return sip.StatusBadRequest, "Bad Request: From, To, Call-ID or CSeq is missing"
	case seq.MethodName != r.Method:
		return sip.StatusBadRequest, "Bad Request: CSeq is of another method"
	case r.Recipient.Scheme != "sip":
		return 416, "Unsupported URI Scheme"
	case r.MaxForwards() != nil && *r.MaxForwards() == 0:
		return sip.StatusTooManyHops, "Too Many Hops"
	case r.GetHeader("Require") != nil:
		return sip.StatusBadExtension, "Bad Extension"
	}
	return 0, ""
}

// refuse answers without a body; a refusal for most codes.
func refuse(r *sip.Request, code int, reason string) []byte {
	answer := sip.NewResponseFromRequest(r, code, reason, nil)
	answer.SipVersion = sipVersion
	switch code {
	case sip.StatusOK, sip.StatusMethodNotAllowed:
		answer.AppendHeader(sip.NewHeader("Allow", sipMethods))
	case sip.StatusBadExtension:
		answer.AppendHeader(sip.NewHeader("Unsupported", r.GetHeader("Require").Value()))
	}
	return []byte(answer.String())
}

// firstLine keeps what a stranger wrote from ending a line of ours.
func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimRight(line, "\r")
}

func (x *exchange) register(r *sip.Request) []byte {
	number := r.To().Address.User
	if !x.registered[number] && len(x.registered) >= mostLines {
		return refuse(r, sip.StatusServiceUnavailable, "Service Unavailable")
	}
	x.registered[number] = true
	answer := sip.NewResponseFromRequest(r, sip.StatusOK, "OK", nil)
	if c := r.Contact(); c != nil {
		contact := &sip.ContactHeader{Address: c.Address, Params: sip.NewParams()}
		contact.Params.Add("expires", strconv.Itoa(sipExpires))
		answer.AppendHeader(contact)
	}
	return []byte(answer.String())
}

// invite takes a call. One that is repeated gets the answer that it got before.
func (x *exchange) invite(r *sip.Request) []byte {
	id := r.CallID().Value()
	if known := x.calls[id]; known != nil {
		return known.answer
	}
	if !x.registered[r.From().Address.User] {
		return refuse(r, sip.StatusForbidden, "Forbidden: not registered")
	}
	caller, err := hearsAt(r.Body())
	if err != nil {
		return refuse(r, sip.StatusNotAcceptableHere, "Not Acceptable Here: "+firstLine(err.Error()))
	}
	if x.drop(x.voices[caller]); len(x.calls) >= mostLines {
		return refuse(r, sip.StatusBusyHere, "Busy Here")
	}
	hears, _ := x.rtp.target()
	own, _ := x.sip.target()
	body, err := offer(hears, x.packet)
	if err != nil {
		return refuse(r, sip.StatusServiceUnavailable, "Service Unavailable")
	}
	answer := sip.NewSDPResponseFromRequest(r, body)
	answer.AppendHeader(&sip.ContactHeader{Address: uri("", own)})
	l := &leg{id: id, caller: caller, answer: []byte(answer.String())}
	l.out = rtp.Header{Version: 2, SSRC: uint32(len(x.calls)) + 1}
	x.calls[id], x.voices[caller] = l, l
	return l.answer
}

func (x *exchange) bye(r *sip.Request) []byte {
	l := x.calls[r.CallID().Value()]
	if l == nil {
		return refuse(r, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
	}
	x.drop(l)
	return refuse(r, sip.StatusOK, "OK")
}

func (x *exchange) drop(l *leg) {
	if l != nil {
		delete(x.calls, l.id)
		delete(x.voices, l.caller)
	}
}

// echo sends back what a caller says, in a stream of its own: so what he hears has been lost and late on both ways.
func (x *exchange) echo(b []byte, from netip.AddrPort, _ time.Duration) {
	var in rtp.Packet
	if in.Unmarshal(b) != nil || in.PayloadType != pcmu {
		return
	}
	x.mu.Lock()
	l := x.voices[from]
	if l == nil {
		x.mu.Unlock()
		return
	}
	l.out.SequenceNumber++
	l.out.Timestamp = in.Timestamp
	out := rtp.Packet{Header: l.out, Payload: in.Payload}
	x.mu.Unlock()
	if voice, err := out.Marshal(); err == nil {
		_ = x.rtp.send(voice, from)
	}
}
