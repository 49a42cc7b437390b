package blockdev

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// asking is the client's side of the handshake.
type asking struct {
	r        *bufio.Reader
	w        io.Writer
	noZeroes bool
	blocks   uint32
}

// errOld: the server does not know GO.
var errOld = errors.New("server does not know GO")

// run asks for an export by GO, or by EXPORT_NAME where the server does not know that.
func (a *asking) run(name string) (export, error) {
	if len(name) > maxName {
		return export{}, fmt.Errorf("name has %d bytes: %w", len(name), ErrUnknownExport)
	}
	if err := a.greeted(); err != nil {
		return export{}, err
	}
	e, err := a.goTo(name)
	if errors.Is(err, errOld) {
		e, err = a.exportName(name)
	}
	if err == nil && (e.size < 0 || e.flags&flagHasFlags == 0) {
		err = fmt.Errorf("export of %d bytes with flags %#x: %w", uint64(e.size), e.flags, ErrProtocol)
	}
	e.blocks = max(1, a.blocks)
	return e, err
}

func (a *asking) greeted() error {
	var b [18]byte
	if _, err := io.ReadFull(a.r, b[:]); err != nil {
		return err
	}
	flags := binary.BigEndian.Uint16(b[16:])
	if binary.BigEndian.Uint64(b[:]) != magicGreeting || binary.BigEndian.Uint64(b[8:]) != magicOption {
		return fmt.Errorf("read greeting: %w", ErrProtocol)
	}
	if flags&flagFixedNewstyle == 0 {
		return fmt.Errorf("greeting is not fixed newstyle: %w", ErrProtocol)
	}
	flags &= flagFixedNewstyle | flagNoZeroes
	a.noZeroes = flags&flagNoZeroes != 0
	_, err := a.w.Write(binary.BigEndian.AppendUint32(nil, uint32(flags)))
	return err
}

func (a *asking) ask(opt option, data []byte) error {
	b := binary.BigEndian.AppendUint64(nil, magicOption)
	b = binary.BigEndian.AppendUint32(b, uint32(opt))
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	_, err := a.w.Write(append(b, data...))
	return err
}

func (a *asking) goTo(name string) (e export, err error) {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(name)))
	b = append(b, name...)
	b = binary.BigEndian.AppendUint16(b, 1)
	b = binary.BigEndian.AppendUint16(b, infoBlockSize)
	if err := a.ask(optGo, b); err != nil {
		return e, err
	}
	for {
		kind, data, err := a.answer(optGo)
		if err != nil {
			return e, err
		}
		if kind == repAck {
			return e, nil
		}
		if err := a.learn(&e, kind, data); err != nil {
			return e, err
		}
	}
}

// answer reads one reply to an option.
func (a *asking) answer(opt option) (optionReply, []byte, error) {
	var b [optionReplySize]byte
	if _, err := io.ReadFull(a.r, b[:]); err != nil {
		return 0, nil, err
	}
	magic, to := binary.BigEndian.Uint64(b[:]), option(binary.BigEndian.Uint32(b[8:]))
	kind, length := optionReply(binary.BigEndian.Uint32(b[12:])), binary.BigEndian.Uint32(b[16:])
	if magic != magicOptionReply || to != opt || length > maxOption {
		return 0, nil, fmt.Errorf("read reply of %d bytes to option %d: %w", length, to, ErrProtocol)
	}
	data := make([]byte, length)
	_, err := io.ReadFull(a.r, data)
	return kind, data, err
}

// learn takes in a reply that is not the last good one.
func (a *asking) learn(e *export, kind optionReply, data []byte) error {
	switch kind {
	case repInfo:
		return a.info(e, data)
	case repErrUnsup:
		return errOld
	case repErrUnknown:
		return fmt.Errorf("%s: %w", data, ErrUnknownExport)
	case repErrPolicy, repErrShutdown:
		return fmt.Errorf("%s: %w", data, ErrRefused)
	}
	return fmt.Errorf("server answers %#x %q: %w", uint32(kind), data, ErrProtocol)
}

// info takes in what a server tells of an export; what was not asked for is passed over.
func (a *asking) info(e *export, data []byte) error {
	if len(data) < 2 {
		return fmt.Errorf("information of %d bytes: %w", len(data), ErrProtocol)
	}
	what, data := binary.BigEndian.Uint16(data), data[2:]
	switch {
	case what == infoExport && len(data) == 10:
		e.size, e.flags = int64(binary.BigEndian.Uint64(data)), binary.BigEndian.Uint16(data[8:])
	case what == infoBlockSize && len(data) == 12:
		a.blocks = binary.BigEndian.Uint32(data)
	case what == infoExport || what == infoBlockSize:
		return fmt.Errorf("information %d of %d bytes: %w", what, len(data), ErrProtocol)
	}
	return nil
}

func (a *asking) exportName(name string) (e export, err error) {
	if err := a.ask(optExportName, []byte(name)); err != nil {
		return e, err
	}
	b := make([]byte, 10+padding)
	if a.noZeroes {
		b = b[:10]
	}
	if _, err := io.ReadFull(a.r, b); err != nil {
		return e, fmt.Errorf("read export: %w", err)
	}
	e.size, e.flags = int64(binary.BigEndian.Uint64(b)), binary.BigEndian.Uint16(b[8:])
	return e, nil
}
