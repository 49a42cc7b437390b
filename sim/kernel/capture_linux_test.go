package kernel

import (
	"bytes"
	"context"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/vishvananda/netlink"

	"github.com/dcdrill/dcdrill/sim/kernel/capture"
)

// captured is a capture of the cable between two places while one datagram goes from a to b.
func captured(t *testing.T) []byte {
	t.Helper()
	a, b, _ := twoPlaces(t)
	near, far := streams(t)
	far.Handle(capture.Verb, capture.Serve(func(string) ([]capture.Tap, error) {
		return []capture.Tap{{In: a.room.do, Index: 101, Name: "a:e0", About: "e0 in a"}, {In: b.room.do, Index: indexOf(t, b), Name: "b:e0", About: "e0 in b"}}, nil
	}))
	in, err := b.ListenPacket(t.Context(), "udp4", "10.0.0.2:9")
	require.NoError(t, err)
	out, err := a.ListenPacket(t.Context(), "udp4", "")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var file bytes.Buffer
	err = capture.Run(ctx, near, "cable", &file, func() {
		go func() {
			defer cancel()
			assert.NoError(t, out.WriteTo([]byte("seen"), netip.MustParseAddrPort("10.0.0.2:9")))
			_, _, _, err := in.ReadFrom(make([]byte, 10))
			assert.NoError(t, err)
		}()
	})
	require.NoError(t, err)
	return file.Bytes()
}

func TestACaptureHasBothEndsAsInterfaces(t *testing.T) {
	r, err := pcapgo.NewNgReader(bytes.NewReader(captured(t)), pcapgo.NgReaderOptions{})
	require.NoError(t, err)
	seen := map[string]int{}
	for {
		data, info, err := r.ReadPacketData()
		if err != nil {
			break
		}
		p := gopacket.NewPacket(data, layers.LayerTypeEthernet, gopacket.Default)
		if app := p.ApplicationLayer(); app != nil && string(app.Payload()) == "seen" {
			end, err := r.Interface(info.InterfaceIndex)
			require.NoError(t, err)
			seen[end.Name]++
		}
	}
	require.Equal(t, map[string]int{"a:e0": 1, "b:e0": 1}, seen)
}

// TestWiresharkReadsIt is for machines that have it.
func TestWiresharkReadsIt(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed (package tshark)")
	}
	file := filepath.Join(t.TempDir(), "cable.pcapng")
	require.NoError(t, os.WriteFile(file, captured(t), 0o600))
	cmd := exec.Command("tshark", "-r", file, "-Y", "udp.port==9", "-T", "fields", "-e", "frame.interface_name", "-e", "udp.dstport")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := cmd.Output()
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"a:e0\t9", "b:e0\t9"}, strings.Split(strings.TrimSpace(string(out)), "\n"))
}

// indexOf is the index of a place's end of the cable.
func indexOf(t *testing.T, p *place) (index int) {
	t.Helper()
	require.NoError(t, p.room.do(func() error {
		l, err := netlink.LinkByName("e0")
		if err == nil {
			index = l.Attrs().Index
		}
		return err
	}))
	return index
}
