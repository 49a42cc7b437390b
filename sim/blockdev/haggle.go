package blockdev

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// haggle is the server's side of the handshake: the client asks one option after the other until it has chosen an export.
type haggle struct {
	server   *Server
	r        *bufio.Reader
	w        *bufio.Writer
	noZeroes bool
}

// run greets and answers options. A nil Nexus without an error is a client that has asked and gone.
func (h *haggle) run() (*Nexus, error) {
	if err := h.greet(); err != nil {
		return nil, err
	}
	for {
		opt, data, err := h.next()
		if err != nil {
			return nil, err
		}
		n, err := h.answer(opt, data)
		if err := errors.Join(err, h.w.Flush()); err != nil || n != nil {
			return n, err
		}
	}
}

func (h *haggle) greet() error {
	b := binary.BigEndian.AppendUint64(nil, magicGreeting)
	b = binary.BigEndian.AppendUint64(b, magicOption)
	b = binary.BigEndian.AppendUint16(b, flagFixedNewstyle|flagNoZeroes)
	_, _ = h.w.Write(b)
	if err := h.w.Flush(); err != nil {
		return err
	}
	var flags [4]byte
	if _, err := io.ReadFull(h.r, flags[:]); err != nil {
		return err
	}
	got := binary.BigEndian.Uint32(flags[:])
	if got&^(flagFixedNewstyle|flagNoZeroes) != 0 {
		return fmt.Errorf("read client flags %#x: %w", got, ErrProtocol)
	}
	h.noZeroes = got&flagNoZeroes != 0
	return nil
}

// next reads an option. One that is too long is skipped and answered so, and the next is read.
func (h *haggle) next() (option, []byte, error) {
	for {
		var b [optionSize]byte
		if _, err := io.ReadFull(h.r, b[:]); err != nil {
			return 0, nil, err
		}
		if magic := binary.BigEndian.Uint64(b[:]); magic != magicOption {
			return 0, nil, fmt.Errorf("read option magic %#x: %w", magic, ErrProtocol)
		}
		opt, length := option(binary.BigEndian.Uint32(b[8:])), binary.BigEndian.Uint32(b[12:])
		if length > maxOption {
			if err := h.skip(opt, length); err != nil {
				return 0, nil, err
			}
			continue
		}
		data := make([]byte, length)
		_, err := io.ReadFull(h.r, data)
		return opt, data, err
	}
}

func (h *haggle) skip(opt option, length uint32) error {
	if opt == optExportName {
		return fmt.Errorf("read export name of %d bytes: %w", length, ErrProtocol)
	}
	if _, err := io.CopyN(io.Discard, h.r, int64(length)); err != nil {
		return err
	}
	h.reply(opt, repErrTooBig, nil)
	return h.w.Flush()
}

// answer answers an option. A Nexus says that the client has its export.
func (h *haggle) answer(opt option, data []byte) (*Nexus, error) {
	switch opt {
	case optExportName:
		return h.export(string(data))
	case optAbort:
		h.reply(opt, repAck, nil)
		return nil, errors.Join(h.w.Flush(), errLeft)
	case optList:
		h.list(data)
	case optInfo, optGo:
		return h.info(opt, data)
	default:
		h.reply(opt, repErrUnsup, nil)
	}
	return nil, nil
}

// reply writes the answer to an option; an error of the connection is found when it is flushed.
func (h *haggle) reply(opt option, kind optionReply, data []byte) {
	b := binary.BigEndian.AppendUint64(nil, magicOptionReply)
	b = binary.BigEndian.AppendUint32(b, uint32(opt))
	b = binary.BigEndian.AppendUint32(b, uint32(kind))
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	_, _ = h.w.Write(append(b, data...))
}

// export is the old way to choose, which has no words for a refusal but to hang up.
func (h *haggle) export(name string) (*Nexus, error) {
	v, n, err := h.attach(name)
	if err != nil {
		return nil, err
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(v.Size()))
	b = binary.BigEndian.AppendUint16(b, flagsOf(v))
	if !h.noZeroes {
		b = append(b, make([]byte, padding)...)
	}
	_, _ = h.w.Write(b)
	return n, nil
}

func (h *haggle) list(data []byte) {
	if len(data) > 0 {
		h.reply(optList, repErrInvalid, []byte("LIST takes no data"))
		return
	}
	for _, v := range h.server.Volumes {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(v.Name())))
		h.reply(optList, repServer, append(b, v.Name()...))
	}
	h.reply(optList, repAck, nil)
}

// info answers INFO and GO, which differ in that a client that may GO has its export.
func (h *haggle) info(opt option, data []byte) (*Nexus, error) {
	name, asked, ok := parseInfo(data)
	if !ok {
		h.reply(opt, repErrInvalid, []byte("name and list of requests do not fit the length"))
		return nil, nil
	}
	v, n, err := h.look(opt, name)
	if err != nil {
		h.reply(opt, refusal(err), []byte(err.Error()))
		return nil, nil
	}
	h.describe(opt, v, asked)
	h.reply(opt, repAck, nil)
	return n, nil
}

// look finds a volume and, to GO, begins the session.
func (h *haggle) look(opt option, name string) (*Volume, *Nexus, error) {
	if opt == optGo {
		return h.attach(name)
	}
	v, _, err := h.find(name)
	return v, nil, err
}

func (h *haggle) attach(name string) (*Volume, *Nexus, error) {
	v, who, err := h.find(name)
	if err != nil {
		return nil, nil, err
	}
	n, err := v.Attach(who.Initiator, who.Generation)
	return v, n, err
}

// find resolves an export name.
func (h *haggle) find(name string) (*Volume, Name, error) {
	who, err := ParseName(name)
	if err != nil {
		return nil, who, fmt.Errorf("%w: %w", err, ErrUnknownExport)
	}
	v := h.server.volume(who.Volume)
	switch {
	case v == nil:
		return nil, who, fmt.Errorf("find %q: %w", who.Volume, ErrUnknownExport)
	case h.server.Refuse != nil && h.server.Refuse(v):
		return nil, who, fmt.Errorf("use %q on this controller: %w", who.Volume, ErrRefused)
	}
	return v, who, nil
}

// refusal is how the protocol says that an export cannot be had.
func refusal(err error) optionReply {
	if errors.Is(err, ErrUnknownExport) {
		return repErrUnknown
	}
	return repErrPolicy
}

// describe says what a volume is, and what else was asked about it.
func (h *haggle) describe(opt option, v *Volume, asked []uint16) {
	b := binary.BigEndian.AppendUint16(nil, infoExport)
	b = binary.BigEndian.AppendUint64(b, uint64(v.Size()))
	h.reply(opt, repInfo, binary.BigEndian.AppendUint16(b, flagsOf(v)))
	if slices.Contains(asked, infoName) {
		h.reply(opt, repInfo, append(binary.BigEndian.AppendUint16(nil, infoName), v.Name()...))
	}
	if slices.Contains(asked, infoBlockSize) {
		b := binary.BigEndian.AppendUint16(nil, infoBlockSize)
		for _, size := range []uint32{1, pageSize, MaxRequest} {
			b = binary.BigEndian.AppendUint32(b, size)
		}
		h.reply(opt, repInfo, b)
	}
}

// parseInfo takes the data of INFO and GO apart: a name with its length, and a list of what is asked with its own.
func parseInfo(data []byte) (name string, asked []uint16, ok bool) {
	if len(data) < 6 {
		return "", nil, false
	}
	length := binary.BigEndian.Uint32(data)
	if uint64(length) > uint64(len(data)-6) || length > maxName {
		return "", nil, false
	}
	name, rest := string(data[4:4+length]), data[4+length:]
	count := int(binary.BigEndian.Uint16(rest))
	if rest = rest[2:]; len(rest) != 2*count {
		return "", nil, false
	}
	for i := range count {
		asked = append(asked, binary.BigEndian.Uint16(rest[2*i:]))
	}
	return name, asked, true
}
