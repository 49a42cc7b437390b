package workload

import (
	"encoding/binary"
	"hash/crc32"
	"time"

	"github.com/dcdrill/dcdrill/sim"
	"github.com/dcdrill/dcdrill/topology"
)

const (
	// recordSize is what a write writes: the block of most file systems and databases.
	recordSize = 4096
	// records is how many of them a machine keeps, one after the other in a ring. Chosen: 300 machines take 19 MiB.
	records = 16
	// seatMost is the largest disk of a machine. Chosen; volumes are sparse.
	seatMost = 1 << 30
)

// seat is where a machine's bytes lie on its volume.
type seat struct{ offset, size int64 }

// record is where a record lies.
func (s *seat) record(number uint64) int64 {
	return s.offset + int64(number%records)*recordSize
}

// Seat gives every virtual machine of a scenario its part of its volume. It is called once for all the workloads.
func Seat(uses []*sim.Use) {
	onVolume := map[*topology.Volume][]*machine{}
	for _, u := range uses {
		for _, m := range u.Members {
			if vm, ok := m.Talk.(*machine); ok {
				onVolume[vm.store.Volume] = append(onVolume[vm.store.Volume], vm)
			}
		}
	}
	for v, all := range onVolume {
		size := min(seatMost, int64(v.Size)/int64(len(all))/recordSize*recordSize)
		for i, vm := range all {
			*vm.seat = seat{offset: int64(i) * size, size: size}
		}
	}
}

// castagnoli is the checksum of iSCSI (RFC 7143 13.1) and of most that guards data on disks.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// newRecord is a record that describes itself: its number, the time it was written, and a checksum over all of it.
func newRecord(number uint64, at time.Duration) []byte {
	b := make([]byte, recordSize)
	binary.BigEndian.PutUint64(b[4:], number)
	binary.BigEndian.PutUint64(b[12:], uint64(at))
	binary.BigEndian.PutUint32(b, crc32.Checksum(b[4:], castagnoli))
	return b
}
