package workload

import (
	"context"
	"encoding/binary"
	"errors"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/pion/rtp"
	"golang.org/x/sync/errgroup"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

// phone is a real telephone. All that it decides, it decides at its ticks, in scenario time: so a jump of the clock ages
// its call and its requests as it should.
type phone struct {
	*call
	place    sim.Place
	exchange *exchange
	sip, rtp *lane
	out      asker

	mu    sync.Mutex
	on    bool // its place has power
	state phoneState
	// begun is when it sent the first REGISTER of a row, or the INVITE; sent counts those that it sent since.
	begun time.Duration
	sent  int
	row   uint32 // CSeq of its first
	// lost is when its last call was cut, for the time until it is registered again.
	lost                        time.Duration
	registration, dialog        dialog
	called, dropped, registered int
	again                       time.Duration // the longest time until it was registered again

	peer netip.AddrPort // where the exchange hears voice
	// silent says that a packet was said at since, and nothing has been heard from then on.
	silent bool
	since  time.Duration
	last   uint64 // the packet that it heard last
	seq    uint16
	voice  voice
}

// echoTest is the number that it calls: that of the echo test in Asterisk's sample configuration.
const echoTest = "600"

type phoneState int

const (
	registering phoneState = iota
	inviting
	talking
)

func newPhone(c *call, at sim.Place, on *topology.Network, x *exchange, m sim.Meter) *phone {
	return &phone{
		call: c, place: at, exchange: x, sip: newLane(at, on, "udp"), rtp: newLane(at, on, "udp"),
		out: asker{meter: m}, voice: voice{packet: c.interval}, lost: longAgo,
	}
}

// run telephones until ctx ends.
func (p *phone) run(ctx context.Context) error {
	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() error { return p.sip.run(ctx, p.told) })
	all.Go(func() error { return p.rtp.run(ctx, p.hear) })
	all.Go(func() error {
		return p.place.Serve(ctx, func(ctx context.Context) error {
			p.power(true)
			<-ctx.Done()
			p.power(false)
			return nil
		})
	})
	all.Go(func() error {
		p.place.Pace(ctx, p.interval, p.tick)
		return nil
	})
	return all.Wait()
}

// power begins anew with nothing, or ends.
func (p *phone) power(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = on
	p.register(p.place.Now())
}

// register begins a row of REGISTER requests.
func (p *phone) register(at time.Duration) {
	p.state, p.begun, p.sent, p.row = registering, at, 0, p.registration.cseq+1
}

// tick does what is due and says a packet of voice. While there is no call nobody hears it: it is waited for in vain.
func (p *phone) tick(at time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.on {
		p.due(at)
	}
	p.out.ask(at, func(n uint64) bool {
		if p.state == talking {
			return p.say(n, at)
		}
		return p.on
	})
}

// due cuts a silent call, and sends a request whose time has come. Of several that a jump of the clock left out, the last
// is sent.
func (p *phone) due(at time.Duration) {
	if p.state == talking && p.silent && at-p.since >= p.silence {
		p.dropped++
		p.lost = p.since + p.silence
		p.out.meter.Note(hangUp(p.silence))
		p.request(sip.BYE, nil)
		p.register(p.lost)
	}
	if p.state == inviting && at-p.begun >= sipGiveUp {
		p.register(p.begun + sipRound)
	}
	sent := p.sent
	for p.state != talking && p.passed(sent, at) {
		sent++
	}
	if sent > p.sent && p.ask(sent) {
		p.sent = sent
	}
}

// passed says whether the moment of a request has come.
func (p *phone) passed(n int, at time.Duration) bool {
	if p.state == inviting {
		return n < len(invites) && at-p.begun >= invites[n]
	}
	return at-p.begun >= registerAt(n)
}

// ask sends the nth request of a row, counted from 1; false where it has no socket to do so yet.
func (p *phone) ask(n int) bool {
	if p.state == registering {
		p.registration.cseq = p.row + uint32((n-1)/len(registers)) // one for every transaction
		return p.request(sip.REGISTER, nil)
	}
	hears, open := p.rtp.target()
	body, err := offer(hears, p.interval)
	return open && err == nil && p.request(sip.INVITE, body)
}

// request sends a request of the registration, or of the call.
func (p *phone) request(method sip.RequestMethod, body []byte) bool {
	own, open := p.sip.target()
	server, listens := p.exchange.sip.target()
	if !open || !listens {
		return false
	}
	d, target := &p.dialog, uri("", server)
	switch method {
	case sip.REGISTER:
		d = &p.registration
	case sip.BYE:
		d.cseq++
	}
	if d.id == "" {
		d.id, d.tag = p.number+"@"+own.Addr().String(), p.number
	}
	d.own, d.peer = uri(p.number, server), uri(echoTest, server)
	if method == sip.REGISTER {
		d.peer = d.own
	}
	r := d.request(method, target, own, uri(p.number, own), body)
	if method == sip.REGISTER {
		expires := sip.ExpiresHeader(sipExpires)
		r.AppendHeader(&expires)
	}
	return !errors.Is(p.sip.send([]byte(r.String()), server), errNoSocket)
}

// told takes an answer. One that belongs to no request that it waits for is an earlier one's.
func (p *phone) told(b []byte, _ netip.AddrPort, at time.Duration) {
	msg, err := sipMessages.ParseSIP(b)
	r, ok := msg.(*sip.Response)
	if err != nil || !ok || r == nil || r.CSeq() == nil || r.CallID() == nil || r.IsProvisional() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	seq, id := r.CSeq(), r.CallID().Value()
	switch {
	case p.state == registering && seq.MethodName == sip.REGISTER && id == p.registration.id && seq.SeqNo == p.registration.cseq:
		p.registers(r, at)
	case seq.MethodName == sip.INVITE && id == p.dialog.id && seq.SeqNo == p.dialog.cseq:
		p.invites(r, at)
	}
}

// registers takes the answer to a REGISTER: then it calls.
func (p *phone) registers(r *sip.Response, at time.Duration) {
	if !r.IsSuccess() {
		p.rest(at)
		return
	}
	p.registered++
	if p.lost != longAgo {
		p.again = max(p.again, at-p.lost)
		p.lost = longAgo
	}
	p.state, p.begun, p.sent = inviting, at, 0
	p.called++
	p.dialog = dialog{id: p.number + "-" + strconv.Itoa(p.called) + "@" + p.place.Addr(nil).String(), tag: strconv.Itoa(p.called), cseq: 1}
	if p.ask(1) {
		p.sent = 1
	}
}

// rest waits before it tries again.
func (p *phone) rest(at time.Duration) { p.register(at + sipRest) }

// invites takes the answer to an INVITE, and acknowledges it (RFC 3261 13.2.2.4).
func (p *phone) invites(r *sip.Response, at time.Duration) {
	if to := r.To(); to != nil {
		p.dialog.theirs, _ = to.Params.Get("tag")
	}
	p.request(sip.ACK, nil)
	if p.state != inviting {
		return
	}
	peer, err := hearsAt(r.Body())
	if !r.IsSuccess() || err != nil {
		p.rest(at)
		return
	}
	if p.called > 1 {
		p.out.meter.Reconnected(at)
	}
	p.state, p.peer, p.silent, p.last = talking, peer, false, p.out.last
}

// voiceHead is what a packet of voice begins with: its number and when it was said.
const voiceHead = 16

// say sends a packet of voice. Silence counts from the first that nothing is heard after, and not from what was heard
// last: over a jump of the clock nobody has said anything.
func (p *phone) say(n uint64, at time.Duration) bool {
	p.voice.say(n)
	if !p.silent {
		p.silent, p.since = true, at
	}
	p.seq++
	b := make([]byte, int(min(p.interval, mostPacket)*sampleRate/time.Second))
	binary.BigEndian.PutUint64(b, n)
	binary.BigEndian.PutUint64(b[8:], uint64(at))
	packet := rtp.Packet{Payload: b, Header: rtp.Header{
		Version: 2, PayloadType: pcmu, SequenceNumber: p.seq, SSRC: uint32(p.called),
		Timestamp: uint32(at.Microseconds() * sampleRate / int64(time.Second/time.Microsecond)),
	}}
	voice, err := packet.Marshal()
	return err == nil && p.rtp.send(voice, p.peer) == nil
}

// hear takes a packet of voice that has come back.
func (p *phone) hear(b []byte, from netip.AddrPort, at time.Duration) {
	var in rtp.Packet
	if in.Unmarshal(b) != nil || len(in.Payload) < voiceHead {
		return
	}
	n, said := binary.BigEndian.Uint64(in.Payload), time.Duration(binary.BigEndian.Uint64(in.Payload[8:]))
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != talking || from != p.peer || n <= p.last || n > p.out.last || said > at {
		return
	}
	p.voice.hear(n, at-said, n > p.last+1)
	p.silent, p.last = false, n
	p.out.meter.Answered(n, at)
}

// figures are those of the call so far.
func (p *phone) figures() []sim.Figure {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := append(signalling(p.dropped, p.registered), p.voice.figures()...)
	if p.again > 0 {
		all = append(all, sim.Figure{Name: "until registered again", Value: round2(p.again.Seconds()), Unit: "s", Fold: sim.Most})
	}
	return all
}
