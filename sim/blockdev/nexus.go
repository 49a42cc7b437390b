package blockdev

// Nexus is one session at a volume: what an initiator may do there until it is fenced (SCSI calls the like an I_T
// nexus). Offsets and lengths are bytes; whatever lies outside the volume is refused.
type Nexus struct {
	volume     *Volume
	initiator  string
	generation uint64
	power      int
}

// Read fills b from an offset on.
func (n *Nexus) Read(b []byte, offset int64) error {
	if !n.inside(offset, int64(len(b))) {
		return EINVAL
	}
	n.volume.mu.RLock()
	err := n.stale()
	if err == nil {
		err = n.volume.read(b, offset)
	}
	n.volume.mu.RUnlock()
	return err
}

// Write writes b from an offset on; with fua it is on the media when this returns.
func (n *Nexus) Write(b []byte, offset int64, fua bool) error {
	return n.change(b, offset, int64(len(b)), fua)
}

// Zero makes bytes zeroes; with fua they are on the media when this returns. It serves TRIM too: what nobody needs any
// more may as well read as zeroes.
func (n *Nexus) Zero(offset, length int64, fua bool) error { return n.change(nil, offset, length, fua) }

// Flush returns when all that was written before, by any session, is on the media.
func (n *Nexus) Flush() error {
	n.volume.mu.Lock()
	defer n.volume.mu.Unlock()
	if err := n.stale(); err != nil || n.volume.spec.Cache == Lying {
		return err
	}
	return n.volume.flush()
}

func (n *Nexus) change(b []byte, offset, length int64, fua bool) error {
	v := n.volume
	switch {
	case v.spec.ReadOnly:
		return EPERM
	case !n.inside(offset, length):
		return ENOSPC
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := n.stale(); err != nil {
		v.discarded++
		return err
	}
	if err := v.write(b, offset, length); err != nil {
		return err
	}
	if !v.volatile() {
		return v.media.sync()
	}
	if fua && v.spec.Cache != Lying {
		return v.settle(offset, length)
	}
	return nil
}

// stale says why a session may not go on; the volume is locked.
func (n *Nexus) stale() error {
	v := n.volume
	switch {
	case v.gone:
		return EIO
	case n.power != v.power:
		return ESHUTDOWN
	case n.initiator != "" && n.generation < v.fences[n.initiator] && !v.spec.Unfenced:
		return ErrFenced
	}
	return nil
}

func (n *Nexus) inside(offset, length int64) bool {
	size := n.volume.Size()
	return offset >= 0 && length >= 0 && offset <= size && length <= size-offset
}
