import CLinux
import Glibc
package import SheafSystem
import Synchronization

/// Standard output and standard error: the one place where the `sheaf` process writes to them.
///
/// Standard output carries results only, standard error everything else.
///
/// When nobody reads standard output any more, as after `sheaf history shop | head -1`, the process ends at once and
/// silently with status 141, as a program that `SIGPIPE` kills does. A command that changes something must not die of a
/// lost reader: it calls `carryOnWithoutReader()` first, and what it writes afterwards is dropped. Losing the reader of
/// standard error never ends anything.
///
/// `SIGPIPE` is blocked only around each write, in the writing thread: its disposition stays as it was, so programs that
/// Sheaf starts inherit no ignored signal.
package enum StandardStreams {
    /// For results.
    package static let output = StandardStream(descriptor: STDOUT_FILENO, endsProcessWithoutReader: true)
    /// For progress, diagnostics and logs.
    package static let error = StandardStream(descriptor: STDERR_FILENO, endsProcessWithoutReader: false)

    /// Fills the places of standard streams that whoever started the process has closed; the program does this first.
    ///
    /// Otherwise the next file that is opened would get the number of a standard stream, and output would be written into
    /// it. Reading or writing the filled place fails, so a lost result still shows.
    package static func claimDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is this one, because those below it are taken.
            _ = sheaf_open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY, 0)
        }
    }

    /// Lets the process live on when nobody reads standard output any more.
    package static func carryOnWithoutReader() { output.carryOnWithoutReader() }

    /// Proves that the whole result was written; a command calls this last.
    ///
    /// - Throws: `SystemError` when some of standard output was lost, for example because the disk is full.
    package static func confirmDelivered() throws(SystemError) {
        // What was changed stays changed, whether or not somebody could be told.
        if let failure = output.failure, output.isResult { throw failure }
    }
}

/// One of the standard streams.
package final class StandardStream: TextSink {
    private struct State {
        var endsProcessWithoutReader: Bool
        var hasReader = true
        var failure: SystemError?
    }

    /// What a shell reports for a program that `SIGPIPE` killed.
    private static let brokenPipeStatus: Int32 = 128 + SIGPIPE

    private let descriptor: Int32
    private let state: Mutex<State>

    /// Takes a descriptor without owning it.
    package init(descriptor: Int32, endsProcessWithoutReader: Bool) {
        self.descriptor = descriptor
        state = Mutex(State(endsProcessWithoutReader: endsProcessWithoutReader))
    }

    /// Why some text was lost; nil when none was, or only because nobody reads.
    package var failure: SystemError? { state.withLock { $0.failure } }

    /// Whether what is written is what the command is for, and not only the report of what it has done.
    package var isResult: Bool { state.withLock { $0.endsProcessWithoutReader } }

    /// Whether somebody still reads, as far as the last write could tell.
    package var hasReader: Bool { state.withLock { $0.hasReader } }

    package func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes bytes as they are, for what need not be text.
    package func write(_ bytes: [UInt8]) {
        state.withLock { state in
            guard state.hasReader, state.failure == nil else { return }
            switch Self.writeAll(bytes, to: descriptor) {
            case 0: break
            case EPIPE where state.endsProcessWithoutReader: _exit(Self.brokenPipeStatus)
            case EPIPE: state.hasReader = false
            case let number: state.failure = SystemError("write the output", number: number)
            }
        }
    }

    func carryOnWithoutReader() { state.withLock { $0.endsProcessWithoutReader = false } }

    /// Writes all bytes; gives 0, or the `errno` that stopped it.
    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        withoutBrokenPipeSignal {
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                }
                if count >= 0 {
                    written += count
                } else if errno == EAGAIN {
                    // The descriptor is shared with a program that made it non-blocking.
                    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&entry, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }

    /// Runs a body in which a lost reader shows as `EPIPE` only.
    private static func withoutBrokenPipeSignal(_ body: () -> Int32) -> Int32 {
        var brokenPipe = sigset_t()
        var before = sigset_t()
        var pending = sigset_t()
        sigemptyset(&brokenPipe)
        sigaddset(&brokenPipe, SIGPIPE)
        sigpending(&pending)
        let wasPending = sigismember(&pending, SIGPIPE) == 1
        pthread_sigmask(SIG_BLOCK, &brokenPipe, &before)
        let result = body()
        if result == EPIPE, !wasPending {
            // The write left the signal pending for this thread; unblocking would deliver it now.
            var now = timespec()
            while sigtimedwait(&brokenPipe, nil, &now) < 0, errno == EINTR {}
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
        return result
    }
}
