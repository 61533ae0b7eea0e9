import Synchronization

/// Makers of frames for any number of threads, each used by one at a time.
final class FrameMakers: Sendable {
    private final class Held: @unchecked Sendable {
        // Safe to send: one thread at a time has it, the one that took it out of the list.
        let maker: FrameMaker
        init(_ maker: FrameMaker) { self.maker = maker }
    }

    private let source: SourceTree
    private let session: PackSession
    private let level: Int
    private let free = Mutex<[Held]>([])

    init(_ source: SourceTree, session: PackSession, level: Int) {
        self.source = source
        self.session = session
        self.level = level
    }

    /// Gives a maker to a body, which runs in the locale that it needs.
    func use<Result>(_ body: (FrameMaker) throws -> Result) throws -> Result {
        try ThreadLocale.utf8.run {
            let held =
                try free.withLock { $0.popLast() } ?? Held(FrameMaker(source, session: session, level: level))
            defer { free.withLock { $0.append(held) } }
            return try body(held.maker)
        }
    }
}
