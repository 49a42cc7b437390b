package kernel

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/dcdrill/dcdrill/topology"
)

// announce tells a network where addresses are from now on: by a gratuitous ARP request (RFC 5227, 3) or an unsolicited
// neighbour advertisement (RFC 4861, 7.2.6). Whoever knew them otherwise learns at once, and so does every switch.
func (c *condition) announce(d *device, addrs []netip.Addr) error {
	for _, a := range addrs {
		frame := gratuitousARP(d.mac, a)
		if a.Is6() {
			frame = unsolicitedNA(d.mac, a)
		}
		if err := c.netns(d.node).transmit(d.index, frame); err != nil {
			return fmt.Errorf("announce %s from %s: %w", a, d.node.ID, err)
		}
	}
	return nil
}

var everybody = topology.HardwareID{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

func linkHeader(to, from topology.HardwareID, protocol uint16) []byte {
	return binary.BigEndian.AppendUint16(append(to[:], from[:]...), protocol)
}

func gratuitousARP(mac topology.HardwareID, a netip.Addr) []byte {
	f := linkHeader(everybody, mac, unix.ETH_P_ARP)
	f = append(f, 0, 1, 8, 0, 6, 4, 0, 1) // Ethernet, IPv4, request
	f = append(f, mac[:]...)
	f = append(f, a.AsSlice()...)
	f = append(f, 0, 0, 0, 0, 0, 0)
	return append(f, a.AsSlice()...)
}

// reverseARP is the frame by which hypervisors tell switches where a machine is now (RFC 903); nobody answers it.
func reverseARP(mac topology.HardwareID) []byte {
	f := linkHeader(everybody, mac, unix.ETH_P_RARP)
	f = append(f, 0, 1, 8, 0, 6, 4, 0, 3)
	f = append(append(f, mac[:]...), 0, 0, 0, 0)
	return append(append(f, mac[:]...), 0, 0, 0, 0)
}

func unsolicitedNA(mac topology.HardwareID, a netip.Addr) []byte {
	all := netip.MustParseAddr("ff02::1")
	body := append([]byte{136, 0, 0, 0, 0x20, 0, 0, 0}, a.AsSlice()...) // override
	body = append(append(body, 2, 1), mac[:]...)                        // target link-layer address
	binary.BigEndian.PutUint16(body[2:], icmp6Checksum(a, all, body))
	f := linkHeader(topology.HardwareID{0x33, 0x33, 0, 0, 0, 1}, mac, unix.ETH_P_IPV6)
	f = append(f, 0x60, 0, 0, 0, 0, byte(len(body)), unix.IPPROTO_ICMPV6, 255)
	f = append(append(f, a.AsSlice()...), all.AsSlice()...)
	return append(f, body...)
}

// icmp6Checksum is that of RFC 4443, 2.3, over the pseudo-header and the message.
func icmp6Checksum(from, to netip.Addr, body []byte) uint16 {
	b := append(from.AsSlice(), to.AsSlice()...)
	b = append(b, 0, 0, 0, byte(len(body)), 0, 0, 0, unix.IPPROTO_ICMPV6)
	b = append(b, body...)
	var sum uint32
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// transmit sends a whole frame out of a device.
func (n *netns) transmit(index int32, frame []byte) error {
	if n.packet == 0 {
		err := n.do(func() (err error) {
			n.packet, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
			return err
		})
		if err != nil {
			n.packet = 0
			return fmt.Errorf("open packet socket: %w", err)
		}
	}
	return unix.Sendto(n.packet, frame, 0, &unix.SockaddrLinklayer{Ifindex: int(index)})
}
