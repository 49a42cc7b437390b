package topology

import (
	"fmt"
	"net/netip"
)

// PrefixSpec is a subnet as typed, with its place.
type PrefixSpec struct{ netip.Prefix }

// UnmarshalText reads 10.0.10.0/24; the host bits must be zero, because a reader could not tell what was meant.
func (p *PrefixSpec) UnmarshalText(text []byte) error {
	prefix, err := netip.ParsePrefix(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a subnet: write it as 10.0.10.0/24", text)
	}
	if prefix != prefix.Masked() {
		return fmt.Errorf("%q has host bits: the subnet is %s", text, prefix.Masked())
	}
	p.Prefix = prefix
	return nil
}
