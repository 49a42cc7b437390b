package topology

import (
	"fmt"
	"net/netip"
)

// usualBits is the length of most subnets.
func usualBits(a netip.Addr) int {
	if a.Is4() {
		return 24
	}
	return 64
}

// PrefixSpec is a subnet as typed, with its place.
type PrefixSpec struct{ netip.Prefix }

// UnmarshalText reads 10.0.10.0/24; the host bits must be zero, because a reader could not tell what was meant.
func (p *PrefixSpec) UnmarshalText(text []byte) error {
	prefix, err := netip.ParsePrefix(string(text))
	if err != nil {
		if addr, err := netip.ParseAddr(string(text)); err == nil {
			return fmt.Errorf("%q is an address: a subnet has a length, such as %s", text, netip.PrefixFrom(addr, usualBits(addr)).Masked())
		}
		return fmt.Errorf("%q is not a subnet: write it as 10.0.10.0/24", text)
	}
	if prefix != prefix.Masked() {
		return fmt.Errorf("%q has host bits: the subnet is %s", text, prefix.Masked())
	}
	p.Prefix = prefix
	return nil
}
