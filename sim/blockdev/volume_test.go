package blockdev

import (
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPowerLossTakesWhatWasNotFlushed(t *testing.T) {
	for _, c := range []struct {
		cache                       Cache
		plain, fua, flushed, zeroed bool // survive
	}{
		{Through, true, true, true, true},
		{Mirrored, true, true, true, true},
		{Volatile, false, true, true, false},
		{Lying, false, false, false, false},
	} {
		for _, path := range []string{"", filepath.Join(t.TempDir(), "vol")} {
			v := newVolume(t, VolumeSpec{Cache: c.cache, Path: path})
			n, err := v.Attach("", 0)
			require.NoError(t, err)
			require.NoError(t, n.Write(fill('f', 9000), 300, false))
			require.NoError(t, n.Flush())
			require.NoError(t, n.Write(fill('u', 5000), 100_000, true))
			require.NoError(t, n.Write(fill('p', 5000), 200_000, false))
			require.NoError(t, n.Zero(8192, 100, false))
			assert.Equal(t, fill('p', 5000), holds(t, v, 200_000, 5000), "a cache is seen by all until it is lost")
			v.LosePower()
			zeroes := make([]byte, 9000)
			want := func(survives bool, b []byte) []byte {
				if survives {
					return b
				}
				return zeroes[:len(b)]
			}
			assert.Equal(t, want(c.flushed, fill('f', 5000)), holds(t, v, 300, 5000), c.cache)
			assert.Equal(t, want(c.fua, fill('u', 5000)), holds(t, v, 100_000, 5000), c.cache)
			assert.Equal(t, want(c.plain, fill('p', 5000)), holds(t, v, 200_000, 5000), c.cache)
			assert.Equal(t, c.zeroed || c.cache == Lying, [100]byte(holds(t, v, 8192, 100)) == [100]byte{}, c.cache)
			require.ErrorIs(t, n.Write([]byte{1}, 0, false), ESHUTDOWN, "sessions end with the power")
		}
	}
}

// TestVolumeIsAnArrayOfBytes does anything to a volume and to an array of bytes, and compares.
func TestVolumeIsAnArrayOfBytes(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		spec := VolumeSpec{Size: 50_000, Cache: []Cache{Through, Volatile}[seed%2]}
		if seed%3 == 0 {
			spec.Path = filepath.Join(t.TempDir(), "vol")
		}
		v := newVolume(t, spec)
		n, err := v.Attach("", 0)
		require.NoError(t, err)
		media, seen := make([]byte, spec.Size), make([]byte, spec.Size)
		for range 200 {
			offset := r.IntN(len(seen))
			length := r.IntN(min(len(seen)-offset, 9000) + 1)
			part := seen[offset : offset+length]
			switch r.IntN(8) {
			case 0, 1, 2:
				copy(part, fill(byte(r.IntN(256)), length))
				require.NoError(t, n.Write(part, int64(offset), false))
			case 3, 4:
				clear(part)
				require.NoError(t, n.Zero(int64(offset), int64(length), false))
			case 5:
				require.NoError(t, n.Flush())
				copy(media, seen)
			case 6:
				if spec.Cache == Volatile {
					copy(seen, media)
				}
				v.LosePower()
				n, err = v.Attach("", 0)
				require.NoError(t, err)
			default:
				require.Equal(t, part, holds(t, v, int64(offset), length), "seed %d", seed)
			}
		}
		require.Equal(t, seen, holds(t, v, 0, len(seen)), "seed %d", seed)
	}
}

func TestAVolumeIsSparse(t *testing.T) {
	v := newVolume(t, VolumeSpec{Size: 4 << 40, Cache: Volatile})
	n, err := v.Attach("", 0)
	require.NoError(t, err)
	require.NoError(t, n.Write([]byte{1}, 3<<40, false))
	require.NoError(t, n.Zero(1<<40, 1<<30, false), "zeroes on a hole are a hole")
	assert.EqualValues(t, pageSize, v.InUse())
	require.NoError(t, n.Zero(3<<40, pageSize, false))
	require.NoError(t, n.Flush())
	assert.Zero(t, v.InUse())
}

func TestANewerGenerationFencesTheOlder(t *testing.T) {
	v := newVolume(t, VolumeSpec{})
	old, err := v.Attach("hv1", 1)
	require.NoError(t, err)
	beside, err := v.Attach("hv1", 1)
	require.NoError(t, err)
	other, err := v.Attach("hv2", 1)
	require.NoError(t, err)
	require.NoError(t, beside.Write([]byte("a"), 0, false), "equals live side by side")
	young, err := v.Attach("hv1", 2)
	require.NoError(t, err)
	require.ErrorIs(t, old.Write([]byte("b"), 0, false), ErrFenced)
	require.ErrorIs(t, beside.Zero(0, 1, false), ErrFenced)
	require.ErrorIs(t, old.Flush(), ErrFenced)
	require.ErrorIs(t, old.Read(make([]byte, 1), 0), ErrFenced)
	require.NoError(t, other.Write([]byte("c"), 1, false), "another initiator is not meant")
	require.NoError(t, young.Write([]byte("d"), 2, false))
	assert.Equal(t, "a"+string('c')+"d", string(holds(t, v, 0, 3)))
	assert.Equal(t, 2, v.Discarded())
	_, err = v.Attach("hv1", 1)
	require.ErrorIs(t, err, ErrFenced)
	v.LosePower()
	_, err = v.Attach("hv1", 1)
	require.ErrorIs(t, err, ErrFenced, "fences outlive a power loss")
}

func TestAVolumeThatIsGone(t *testing.T) {
	v := newVolume(t, VolumeSpec{})
	n, err := v.Attach("", 0)
	require.NoError(t, err)
	v.SetGone(true)
	require.ErrorIs(t, n.Write([]byte{1}, 0, false), EIO)
	require.ErrorIs(t, n.Read(make([]byte, 1), 0), EIO)
	_, err = v.Attach("", 0)
	require.ErrorIs(t, err, ErrUnknownExport)
	v.SetGone(false)
	require.NoError(t, n.Write([]byte{1}, 0, false))
}

func TestWhatLiesOutsideIsRefused(t *testing.T) {
	v := newVolume(t, VolumeSpec{Size: 1000})
	n, err := v.Attach("", 0)
	require.NoError(t, err)
	b := make([]byte, 2)
	require.NoError(t, n.Write(b, 998, false))
	require.ErrorIs(t, n.Write(b, 999, false), ENOSPC)
	require.ErrorIs(t, n.Zero(0, 1001, false), ENOSPC)
	require.ErrorIs(t, n.Zero(1<<62, 1<<62, false), ENOSPC)
	require.ErrorIs(t, n.Read(b, 999), EINVAL)
	require.ErrorIs(t, n.Read(b, -1), EINVAL)
}

func TestVolumesThatCannotBe(t *testing.T) {
	for _, spec := range []VolumeSpec{
		{Name: "a"}, {Name: "a", Size: -1}, {Name: "a;initiator=b;generation=1", Size: 1}, {Name: "a", Size: 1, Path: t.TempDir()},
	} {
		_, err := NewVolume(spec)
		require.Error(t, err, spec)
	}
}

func TestNames(t *testing.T) {
	for _, n := range []Name{{Volume: "vol1"}, {}, {"vol1", "hv1/ds1", 18446744073709551615}, {"", "a=b", 0}} {
		got, err := ParseName(n.String())
		require.NoError(t, err)
		assert.Equal(t, n, got)
	}
	for _, bad := range []string{"v;initiator=", "v;initiator=a", "v;initiator=a;generation=", "v;initiator=a;generation=-1", "v;initiator=;generation=1"} {
		_, err := ParseName(bad)
		require.Error(t, err, bad)
	}
}
