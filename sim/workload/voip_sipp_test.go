package workload

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/sim/simtest"
)

// caller has SIPp register and call: five times, each call hung up properly.
const caller = `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="register and call">
<send retrans="500"><![CDATA[
REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
From: <sip:[call_number]@[remote_ip]>;tag=[call_number]
To: <sip:[call_number]@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 REGISTER
Contact: <sip:[call_number]@[local_ip]:[local_port]>
Max-Forwards: 70
Expires: 3600
Content-Length: 0

]]></send>
<recv response="200"/>
<send retrans="500"><![CDATA[
INVITE sip:600@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[call_number]@[remote_ip]>;tag=[call_number]
To: <sip:600@[remote_ip]>
Call-ID: [call_id]
CSeq: 2 INVITE
Contact: <sip:[call_number]@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000

]]></send>
<recv response="100" optional="true"/>
<recv response="200" rrs="true"/>
<send><![CDATA[
ACK sip:600@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[call_number]@[remote_ip]>;tag=[call_number]
To: <sip:600@[remote_ip]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<pause milliseconds="100"/>
<send retrans="500"><![CDATA[
BYE sip:600@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[call_number]@[remote_ip]>;tag=[call_number]
To: <sip:600@[remote_ip]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 3 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>
`

// called has SIPp be an exchange: it accepts who registers and who calls.
const called = `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="exchange">
<recv request="REGISTER" optional="true" next="1"/>
<recv request="INVITE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000

]]></send>
<recv request="ACK" next="2"/>
<label id="1"/>
<send next="2"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
[last_Contact:]
Content-Length: 0

]]></send>
<label id="2"/>
<pause milliseconds="10"/>
</scenario>
`

// sipp runs SIPp with a scenario; what it prints comes with its end.
func sipp(ctx context.Context, t *testing.T, scenario string, args ...string) (ended <-chan error) {
	t.Helper()
	path, err := exec.LookPath("sipp")
	if err != nil {
		t.Skip("sipp is missing: install the package sip-tester")
	}
	file := filepath.Join(t.TempDir(), "scenario.xml")
	require.NoError(t, os.WriteFile(file, []byte(scenario), 0o600))
	cmd := exec.CommandContext(ctx, path, append([]string{"-sf", file, "-i", "127.0.0.1", "-mi", "127.0.0.1", "-nostdin", "-trace_err"}, args...)...)
	cmd.Dir = filepath.Dir(file)
	done := make(chan error, 1)
	go func() {
		out, err := cmd.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("sipp: %w\n%s", err, out)
		}
		done <- err
	}()
	return done
}

// freePort is a port of UDP that nobody has, with room for the voice ports that SIPp wants beside it.
func freePort(t *testing.T) int {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	return c.LocalAddr().(*net.UDPAddr).Port
}

func TestSIPpCallsOurExchange(t *testing.T) {
	_, _, to := simtest.NewWire()
	x := newExchange(&call{rhythm: rhythm{interval: UDPInterval}}, to, nil)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- x.run(ctx) }()
	t.Cleanup(func() { stop(); require.NoError(t, <-done) })
	require.Eventually(t, func() bool { return x.sip.port.Load() != 0 && x.rtp.port.Load() != 0 }, 10*time.Second, time.Millisecond)
	patience, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	require.NoError(t, <-sipp(patience, t, caller, "-m", "5", "-r", "5", "-mp", fmt.Sprint(freePort(t)), fmt.Sprint("127.0.0.1:", x.sip.port.Load())))
	x.mu.Lock()
	defer x.mu.Unlock()
	assert.Len(t, x.registered, 5)
	assert.Empty(t, x.calls, "all hung up")
}

func TestOurTelephoneCallsSIPp(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	port := freePort(t)
	served := sipp(ctx, t, called, "-p", fmt.Sprint(port), "-mp", fmt.Sprint(freePort(t)), "-rtp_echo")
	_, from, to := simtest.NewWire()
	c := one(t, &VoIP{Ends: between}).(*call)
	x := newExchange(c, to, nil) // it does not run: SIPp is in its place
	x.sip.port.Store(uint32(port))
	meter := simtest.NewMeter()
	c.phone = newPhone(c, from, nil, x, meter)
	done := make(chan error, 1)
	go func() { done <- c.phone.run(ctx) }()
	require.Eventually(t, func() bool { return meter.Answers() > 50 || len(served) > 0 }, 30*time.Second, time.Millisecond)
	assert.Empty(t, served, "SIPp goes on")
	assert.EqualValues(t, 1, figure(t, c, "registrations"))
	stop()
	require.NoError(t, <-done)
	<-served
}
