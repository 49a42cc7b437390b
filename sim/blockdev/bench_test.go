package blockdev

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dcdrill/dcdrill/topology"
)

// moved is how much a benchmark copies, and window how many requests are under way: what nbdcopy has with one connection.
const moved, window = 256 << 20, 64

// BenchmarkCopy writes a volume full by requests of one size over one connection: our client to our server, and nbdcopy
// to qemu-nbd. The ratio is ours over theirs, of bytes a second, both in this run.
func BenchmarkCopy(b *testing.B) {
	for _, size := range []int{4 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			var ours, theirs time.Duration
			for range b.N {
				theirs += theirCopy(b, size)
				ours += ourCopy(b, size)
			}
			rate := func(d time.Duration) float64 { return float64(b.N) * moved / d.Seconds() / 1e6 }
			b.ReportMetric(rate(ours), "ours-MB/s")
			b.ReportMetric(rate(theirs), "nbdcopy-MB/s")
			b.ReportMetric(rate(ours)/rate(theirs), "ratio")
		})
	}
}

func ourCopy(b *testing.B, size int) time.Duration {
	v := newVolume(b, VolumeSpec{Size: topology.Bytes(moved)})
	s := dial(b, serve(b, &Server{Volumes: []*Volume{v}}), "vol1")
	data := fill('b', size)
	done := make(chan error, window)
	start := time.Now()
	for at := 0; at < moved+window*size; at += size {
		if at >= window*size {
			require.NoError(b, <-done)
		}
		if at < moved {
			require.NoError(b, s.Submit(&Request{Op: Write, Offset: int64(at), Data: data, Done: func(err error) { done <- err }}))
		}
	}
	return time.Since(start)
}

// theirCopy has nbdcopy write a file to qemu-nbd, whose image lies in memory where there is /dev/shm.
func theirCopy(b *testing.B, size int) time.Duration {
	nbdcopy, server := peer(b, "nbdcopy"), peer(b, "qemu-nbd")
	source := filepath.Join(b.TempDir(), "source")
	require.NoError(b, os.WriteFile(source, fill('b', moved), 0o600))
	folder, err := os.MkdirTemp("/dev/shm", "dcdrill")
	if err != nil {
		folder = b.TempDir()
	}
	defer os.RemoveAll(folder)
	image := filepath.Join(folder, "image")
	require.NoError(b, os.WriteFile(image, nil, 0o600))
	require.NoError(b, os.Truncate(image, moved))
	address := listening(b, server, "-b", "127.0.0.1", "-t", "-e", "8", "-f", "raw", "--cache=writeback", image)
	start := time.Now()
	out, err := exec.Command(nbdcopy, "--connections=1", fmt.Sprintf("--requests=%d", window),
		fmt.Sprintf("--request-size=%d", size), source, "nbd://"+address).CombinedOutput()
	require.NoError(b, err, string(out))
	return time.Since(start)
}
