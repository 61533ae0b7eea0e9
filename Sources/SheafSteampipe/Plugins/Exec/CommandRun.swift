import Glibc
import SheafSystem

/// A command that runs while its output is read.
///
/// When the last reference goes, what still runs is killed, with all it started.
final class CommandRun {
    enum Stream: Sendable { case output, errors }

    private let process: ChildProcess
    private let cancellation: Cancellation
    private var open: [Stream: Descriptor]
    private var isCollected = false

    init(_ words: [String], folder: String, environment: [String], cancellation: Cancellation) throws {
        let output = try Descriptor.pipe()
        let errors = try Descriptor.pipe()
        self.cancellation = cancellation
        process = try ChildProcess(
            words,
            environment: environment,
            folder: folder,
            output: output.write,
            errors: errors.write
        )
        open = [.output: output.read, .errors: errors.read]
    }

    /// The next piece of output, of whichever stream has one; nil when both are closed.
    func read() throws -> (Stream, [UInt8])? {
        while !open.isEmpty {
            let streams = open.sorted { $0.value.number < $1.value.number }
            var entries = streams.map { pollfd(fd: $0.value.number, events: Int16(POLLIN), revents: 0) }
            entries.append(pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0))
            guard poll(&entries, nfds_t(entries.count), -1) > 0 else { continue }
            try cancellation.check()
            for (entry, stream) in zip(entries, streams) where entry.revents != 0 {
                let bytes = try stream.value.read()
                if !bytes.isEmpty { return (stream.key, bytes) }
                open[stream.key] = nil
            }
        }
        return nil
    }

    /// Waits for the end of the command, whose output has been read.
    ///
    /// - Returns: Its exit code, or -1 when a signal ended it.
    func finish() throws -> Int32 {
        var entries = [process.ended.number, cancellation.descriptor].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        while poll(&entries, 2, -1) < 0, errno == EINTR {}
        try cancellation.check()
        isCollected = true
        return process.wait()
    }

    deinit {
        guard !isCollected else { return }
        process.signalGroup(SIGKILL)
        _ = process.wait()
    }
}
