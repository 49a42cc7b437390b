package blockdev

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// packages says which Debian package has a program.
var packages = map[string]string{
	"nbdinfo": "libnbd-bin", "nbdcopy": "libnbd-bin", "qemu-img": "qemu-utils", "qemu-io": "qemu-utils",
	"qemu-nbd": "qemu-utils", "nbdkit": "nbdkit",
}

// peer finds a program, or skips the test and says which package has it.
func peer(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is missing: install the package %s", program, packages[program])
	}
	return path
}

func runPeer(t *testing.T, program string, args ...string) string {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	out, err := exec.CommandContext(ctx, peer(t, program), args...).CombinedOutput()
	require.NoError(t, err, "%s %q: %s", program, args, out)
	return string(out)
}

func TestOtherClientsUseOurServer(t *testing.T) {
	v, w := newVolume(t, VolumeSpec{Size: 16 * mib, Cache: Volatile}), newVolume(t, VolumeSpec{Name: "vol2", Size: 16 * mib})
	uri := "nbd://" + serve(t, &Server{Volumes: []*Volume{v, w}}) + "/"
	image := filepath.Join(t.TempDir(), "image")
	data := append(fill('i', 8<<20), make([]byte, 8<<20)...)
	require.NoError(t, os.WriteFile(image, data, 0o600))

	t.Run("nbdinfo", func(t *testing.T) {
		out := runPeer(t, "nbdinfo", uri+"vol1")
		for _, want := range []string{"newstyle-fixed", "export-size: 16777216", "can_flush: true", "can_fua: true", "can_multi_conn: true", "can_trim: true", "can_zero: true", "is_read_only: false"} {
			assert.Contains(t, out, want)
		}
		assert.Contains(t, runPeer(t, "nbdinfo", "--list", uri), "vol2")
	})
	t.Run("nbdcopy", func(t *testing.T) {
		back := filepath.Join(t.TempDir(), "back")
		runPeer(t, "nbdcopy", "--flush", image, uri+"vol1")
		assert.True(t, bytes.Equal(data, holds(t, v, 0, len(data))))
		runPeer(t, "nbdcopy", uri+"vol1", back)
		got, err := os.ReadFile(back)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(data, got))
		runPeer(t, "nbdcopy", uri+"vol1", uri+"vol2")
		assert.True(t, bytes.Equal(data, holds(t, w, 0, len(data))))
	})
	t.Run("qemu-img", func(t *testing.T) {
		runPeer(t, "qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image, uri+"vol2")
		assert.True(t, bytes.Equal(data, holds(t, w, 0, len(data))))
		runPeer(t, "qemu-img", "compare", "-f", "raw", "-F", "raw", image, uri+"vol2")
	})
	t.Run("qemu-io", func(t *testing.T) {
		out := runPeer(t, "qemu-io", "-f", "raw", "-c", "write -P 7 4096 65536", "-c", "write -f -P 8 1M 1M", "-c", "write -z 8192 4096",
			"-c", "discard 1M 64k", "-c", "flush", "-c", "read -P 7 4096 4096", "-c", "read -P 0 8192 4096", "-c", "read -P 7 12288 4096", uri+"vol1")
		assert.NotContains(t, out, "Pattern verification failed")
		assert.Equal(t, bytes.Repeat([]byte{7}, 4096), holds(t, v, 4096, 4096))
		assert.Equal(t, bytes.Repeat([]byte{8}, 4096), holds(t, v, 3<<19, 4096))
	})
	t.Run("qemu-io of a fenced session", func(t *testing.T) {
		runPeer(t, "qemu-io", "-f", "raw", "-c", "write -P 7 0 4096", uri+"vol1;initiator=hv1;generation=5")
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		out, err := exec.CommandContext(ctx, peer(t, "qemu-io"), "-f", "raw", "-c", "write -P 9 0 4096", uri+"vol1;initiator=hv1;generation=4").CombinedOutput()
		require.Error(t, err, string(out))
		assert.Contains(t, string(out), "session is fenced")
	})
}

// listening runs a server until the test ends, and waits until it takes connections.
func listening(t testing.TB, path string, args ...string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	address = l.Addr().String()
	require.NoError(t, l.Close())
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	cmd := exec.Command(path, append([]string{"-p", port}, args...)...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp4", address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, 20*time.Second, 20*time.Millisecond, "%s does not listen", path)
	return address
}

func TestOurClientUsesOtherServers(t *testing.T) {
	image := filepath.Join(t.TempDir(), "image")
	require.NoError(t, os.WriteFile(image, make([]byte, 16<<20), 0o600))
	for name, start := range map[string]func(t *testing.T) string{
		"qemu-nbd": func(t *testing.T) string {
			return listening(t, peer(t, "qemu-nbd"), "-b", "127.0.0.1", "-t", "-e", "8", "-f", "raw", "-x", "vol1", "--discard=unmap", image)
		},
		"nbdkit": func(t *testing.T) string {
			return listening(t, peer(t, "nbdkit"), "-i", "127.0.0.1", "-f", "-e", "vol1", "memory", "16M")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := dial(t, start(t), "vol1")
			assert.EqualValues(t, 16<<20, s.Size())
			data := fill('n', 1<<20)
			do(t, s, &Request{Op: Write, Offset: 4096, Data: data})
			do(t, s, &Request{Op: Write, Offset: 8 << 20, Data: data, FUA: true})
			do(t, s, &Request{Op: WriteZeroes, Offset: 8192, Length: 8192})
			do(t, s, &Request{Op: Flush})
			got := make([]byte, len(data))
			do(t, s, &Request{Op: Read, Offset: 4096, Data: got})
			clear(data[4096 : 4096+8192])
			assert.True(t, bytes.Equal(data, got))
			do(t, s, &Request{Op: Trim, Offset: 8 << 20, Length: 1 << 20})
			require.Error(t, try(t, s, &Request{Op: Read, Offset: 1 << 40, Data: got}))
			_ = try(t, s, &Request{Op: Read}) // whatever it says of no bytes, it answers
			do(t, s, &Request{Op: Read, Data: got[:512]})
			require.NoError(t, s.Disconnect(context.Background()))
		})
	}
}
