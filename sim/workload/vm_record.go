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

// record is one write of a machine. It describes itself: its number, the time it was written, and a checksum over all
// of its bytes.
type record struct {
	number uint64
	at     time.Duration
}

// castagnoli is the checksum of iSCSI (RFC 7143 13.1) and of most that guards data on disks.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (r record) bytes() []byte {
	b := make([]byte, recordSize)
	binary.BigEndian.PutUint64(b[4:], r.number)
	binary.BigEndian.PutUint64(b[12:], uint64(r.at))
	binary.BigEndian.PutUint32(b, crc32.Checksum(b[4:], castagnoli))
	return b
}

// readRecord reads one; not whole when its bytes are not those that were written together, and number 0 when nothing
// was ever written there.
func readRecord(b []byte) (r record, whole bool) {
	r.number, r.at = binary.BigEndian.Uint64(b[4:]), time.Duration(binary.BigEndian.Uint64(b[12:]))
	if r.number == 0 && r.at == 0 && binary.BigEndian.Uint32(b) == 0 {
		return record{}, true
	}
	return r, binary.BigEndian.Uint32(b) == crc32.Checksum(b[4:recordSize], castagnoli)
}

// journal is what a machine's users know of its records: which were acknowledged. They remember it when the machine does
// not any more.
type journal struct {
	last  uint64 // asked for
	acked [records]record
}

// next is the next record to be written.
func (j *journal) next(at time.Duration) record {
	j.last++
	return record{j.last, at}
}

func (j *journal) acknowledged(r record) { j.acked[r.number%records] = r }

// judge holds what was read back against what was acknowledged. A record that is newer than the acknowledged one was
// written and had no answer yet: nothing is wrong with that.
func (j *journal) judge(ring []byte) sim.IntegrityData {
	var d sim.IntegrityData
	oldest := time.Duration(-1)
	for slot, acked := range j.acked {
		if acked.number == 0 {
			continue
		}
		got, whole := readRecord(ring[slot*recordSize : (slot+1)*recordSize])
		switch {
		case !whole:
			d.Torn++
		case got.number >= acked.number && got.number <= j.last:
			d.Intact++
			continue
		case got.number == 0:
			d.Lost++
		default:
			d.Stale++
		}
		if oldest < 0 || acked.at < oldest {
			oldest = acked.at
		}
	}
	if !d.Sound() {
		d.Back = sim.Seconds(j.newest() - oldest)
	}
	return d
}

// newest is when the latest acknowledged record was written.
func (j *journal) newest() time.Duration {
	newest := record{}
	for _, r := range j.acked {
		if r.number > newest.number {
			newest = r
		}
	}
	return newest.at
}
