package kernel

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/topology"
)

// ping asks once and waits for the answer.
func ping(t *testing.T, from *netns, to netip.Addr, wait time.Duration) bool {
	t.Helper()
	var c *icmp.PacketConn
	err := from.do(func() (err error) {
		c, err = icmp.ListenPacket("ip4:icmp", "0.0.0.0")
		return err
	})
	require.NoError(t, err)
	defer c.Close()
	return ask(t, c, to, wait)
}

func ask(t *testing.T, c *icmp.PacketConn, to netip.Addr, wait time.Duration) bool {
	t.Helper()
	id := int(time.Now().UnixNano() & 0x7fff)
	m := icmp.Message{Type: ipv4.ICMPTypeEcho, Body: &icmp.Echo{ID: id, Seq: 1, Data: []byte("dcdrill")}}
	b, err := m.Marshal(nil)
	require.NoError(t, err)
	if _, err := c.WriteTo(b, &net.IPAddr{IP: to.AsSlice()}); err != nil {
		return false
	}
	require.NoError(t, c.SetReadDeadline(time.Now().Add(wait)))
	buf := make([]byte, 1500)
	for {
		n, _, err := c.ReadFrom(buf)
		if err != nil {
			return false
		}
		got, err := icmp.ParseMessage(unix.IPPROTO_ICMP, buf[:n])
		require.NoError(t, err)
		if echo, ok := got.Body.(*icmp.Echo); ok && got.Type == ipv4.ICMPTypeEchoReply && echo.ID == id {
			return true
		}
	}
}

// reaches pings until an answer comes: neighbours may have to be found first.
func reaches(t *testing.T, f *fabric, from *topology.Node, to netip.Addr) {
	t.Helper()
	require.Eventually(t, func() bool { return ping(t, f.netns(from), to, 200*time.Millisecond) }, 5*time.Second, time.Millisecond,
		"%s cannot reach %s", from.ID, to)
}
