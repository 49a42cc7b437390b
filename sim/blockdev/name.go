package blockdev

import (
	"fmt"
	"strconv"
	"strings"
)

// Name is the export name that a session asks for: which volume, and who asks.
//
//	vol1;initiator=hv1/ds1/storage-a;generation=3
//
// Once a session of generation 3 has begun, every session of the same initiator with a lower one is fenced, on all
// controllers of the array: what it still has on its way is refused. Sessions of the same generation live side by side.
// A plain "vol1" is a session that nobody fences.
type Name struct {
	Volume     string
	Initiator  string
	Generation uint64
}

const initiatorWord, generationWord = ";initiator=", ";generation="

// String is the name as it is sent.
func (n Name) String() string {
	if n.Initiator == "" {
		return n.Volume
	}
	return n.Volume + initiatorWord + n.Initiator + generationWord + strconv.FormatUint(n.Generation, 10)
}

// ParseName is the reverse of String.
func ParseName(s string) (Name, error) {
	volume, rest, named := strings.Cut(s, initiatorWord)
	if !named {
		return Name{Volume: s}, nil
	}
	initiator, number, _ := strings.Cut(rest, generationWord)
	generation, err := strconv.ParseUint(number, 10, 64)
	if err != nil || initiator == "" || strings.Contains(initiator, ";") {
		return Name{}, fmt.Errorf("read export name %q: want VOLUME%sNAME%sNUMBER", s, initiatorWord, generationWord)
	}
	return Name{volume, initiator, generation}, nil
}
