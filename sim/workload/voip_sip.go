package workload

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/pion/sdp/v3"
)

// sipExpires is how long a registration is good for (RFC 3261 10.2). It outlives every outage that is worth a
// telephone's while, so that only a loss of power or a cut call makes it register again.
const sipExpires = 3600

// sipMessages reads what comes. Of the library, messages are used and not transactions: these count their timeouts in
// real time, and scenario time jumps.
var sipMessages = sip.NewParser()

// hop is the Via of a request, which its answers come back by (RFC 3261 8.1.1.7; rport: RFC 3581).
func hop(from netip.AddrPort, branch string) *sip.ViaHeader {
	params := sip.NewParams()
	params.Add("branch", "z9hG4bK"+branch)
	params.Add("rport", "")
	return &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: "UDP",
		Host: sipHost(from), Port: int(from.Port()), Params: params,
	}
}

// uri is a number at an address.
func uri(number string, at netip.AddrPort) sip.Uri {
	return sip.Uri{Scheme: "sip", User: number, Host: sipHost(at), Port: int(at.Port())}
}

// sipHost writes an address as SIP does: one of IPv6 in brackets (RFC 3261 25.1).
func sipHost(at netip.AddrPort) string {
	if at.Addr().Is6() {
		return "[" + at.Addr().String() + "]"
	}
	return at.Addr().String()
}

func tagged(tag string) sip.HeaderParams {
	params := sip.NewParams()
	if tag != "" {
		params.Add("tag", tag)
	}
	return params
}

// dialog is what the requests of a registration or a call have in common.
type dialog struct {
	id          string
	own, peer   sip.Uri
	tag, theirs string
	cseq        uint32
}

// request makes a request of the dialog, with a body of SDP where there is one.
func (d *dialog) request(method sip.RequestMethod, target sip.Uri, from netip.AddrPort, contact sip.Uri, body []byte) *sip.Request {
	r := sip.NewRequest(method, target)
	id, hops := sip.CallIDHeader(d.id), sip.MaxForwardsHeader(70) // RFC 3261 8.1.1.6
	for _, h := range []sip.Header{
		hop(from, fmt.Sprintf("%s-%d-%s", d.id, d.cseq, method)),
		&sip.FromHeader{Address: d.own, Params: tagged(d.tag)},
		&sip.ToHeader{Address: d.peer, Params: tagged(d.theirs)},
		&id,
		&sip.CSeqHeader{SeqNo: d.cseq, MethodName: method},
		&hops,
		&sip.ContactHeader{Address: contact},
	} {
		r.AppendHeader(h)
	}
	if body != nil {
		r.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	}
	r.SetBody(body)
	return r
}

// offer is the session description of one end of a call: where it hears G.711 (RFC 4566, RFC 3551 6: payload type 0).
func offer(hears netip.AddrPort, packet time.Duration) ([]byte, error) {
	family := "IP4"
	if hears.Addr().Is6() {
		family = "IP6"
	}
	addr := hears.Addr().String()
	d := sdp.SessionDescription{
		Origin:                sdp.Origin{Username: "-", NetworkType: "IN", AddressType: family, UnicastAddress: addr},
		SessionName:           "-",
		ConnectionInformation: &sdp.ConnectionInformation{NetworkType: "IN", AddressType: family, Address: &sdp.Address{Address: addr}},
		TimeDescriptions:      []sdp.TimeDescription{{}},
		MediaDescriptions: []*sdp.MediaDescription{{
			MediaName:  sdp.MediaName{Media: "audio", Port: sdp.RangedPort{Value: int(hears.Port())}, Protos: []string{"RTP", "AVP"}, Formats: []string{"0"}},
			Attributes: []sdp.Attribute{sdp.NewAttribute("rtpmap", "0 PCMU/8000"), sdp.NewAttribute("ptime", fmt.Sprint(packet.Milliseconds()))},
		}},
	}
	return d.Marshal()
}

var errNoVoice = errors.New("no G.711 audio is offered")

// hearsAt reads where the other end hears G.711.
func hearsAt(body []byte) (netip.AddrPort, error) {
	var d sdp.SessionDescription
	if err := d.Unmarshal(body); err != nil {
		return netip.AddrPort{}, fmt.Errorf("read session description: %w", err)
	}
	for _, m := range d.MediaDescriptions {
		where := d.ConnectionInformation
		if m.ConnectionInformation != nil {
			where = m.ConnectionInformation
		}
		if m.MediaName.Media != "audio" || where == nil || where.Address == nil || !slices.Contains(m.MediaName.Formats, "0") {
			continue
		}
		addr, err := netip.ParseAddr(where.Address.Address)
		port := m.MediaName.Port.Value
		if err != nil || port <= 0 || port > 65535 {
			return netip.AddrPort{}, fmt.Errorf("read session description: %q port %d is no place to send voice to", where.Address.Address, port)
		}
		return netip.AddrPortFrom(addr, uint16(port)), nil
	}
	return netip.AddrPort{}, errNoVoice
}
