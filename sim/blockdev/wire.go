package blockdev

// Numbers of the NBD protocol (doc/proto.md, "Values"). All are big-endian on the wire.
const (
	magicGreeting    = 0x4e42444d41474943 // "NBDMAGIC"
	magicOption      = 0x49484156454F5054 // "IHAVEOPT"
	magicOptionReply = 0x3e889045565a9
	magicRequest     = 0x25609513
	magicReply       = 0x67446698
)

// Handshake flags of the server, and the client's answers to them.
const (
	flagFixedNewstyle = 1 << 0
	flagNoZeroes      = 1 << 1
)

// option is what a client asks before it uses an export.
type option uint32

const (
	optExportName option = 1
	optAbort      option = 2
	optList       option = 3
	optInfo       option = 6
	optGo         option = 7
)

// optionReply is what a server answers to an option.
type optionReply uint32

const (
	repAck         optionReply = 1
	repServer      optionReply = 2
	repInfo        optionReply = 3
	repErrUnsup    optionReply = 1<<31 + 1
	repErrPolicy   optionReply = 1<<31 + 2
	repErrInvalid  optionReply = 1<<31 + 3
	repErrUnknown  optionReply = 1<<31 + 6
	repErrShutdown optionReply = 1<<31 + 7
	repErrTooBig   optionReply = 1<<31 + 9
)

// Kinds of information about an export.
const (
	infoExport    = 0
	infoName      = 1
	infoBlockSize = 3
)

// Transmission flags: what an export can do.
const (
	flagHasFlags        = 1 << 0
	flagReadOnly        = 1 << 1
	flagSendFlush       = 1 << 2
	flagSendFUA         = 1 << 3
	flagSendTrim        = 1 << 5
	flagSendWriteZeroes = 1 << 6
	flagCanMultiConn    = 1 << 8
)

// Command flags.
const (
	cmdFlagFUA    = 1 << 0
	cmdFlagNoHole = 1 << 1
)

// Op is what a request asks of a volume; its value is the protocol's number of the command.
type Op uint16

// The commands of the transmission phase that are spoken here.
const (
	Read        Op = 0
	Write       Op = 1
	disconnect  Op = 2
	Flush       Op = 3
	Trim        Op = 4
	WriteZeroes Op = 6
)

// changes says whether a request can change what a volume holds.
func (o Op) changes() bool { return o == Write || o == Trim || o == WriteZeroes }

const (
	// MaxRequest is the most bytes of one READ or WRITE, 32 MiB: what the protocol document has both sides assume where
	// they negotiate nothing ("Block size constraints").
	MaxRequest = 32 << 20
	// maxName is the longest string of the protocol ("Conventions").
	maxName = 4096
	// maxOption is the longest data of an option that is taken in: a name and a list of what is asked about it.
	maxOption = maxName + 1024
	// requestSize is a request's header, replySize a simple reply's, optionSize an option's, optionReplySize its answer's.
	requestSize, replySize, optionSize, optionReplySize = 28, 16, 16, 20
	// padding follows the answer to EXPORT_NAME unless the client declined it.
	padding = 124
)
