import FoundationEssentials
import Glibc
import Synchronization

/// Runs work that computes or blocks on threads of its own, away from the pool of Swift's tasks.
enum Workers {
    /// As many as there are processors for this process; each thread of a pack needs some megabytes.
    static var standardCount: Int { min(ProcessInfo.processInfo.activeProcessorCount, 8) }

    private final class Body {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs a body on this thread and on others at once, and returns when all have ended.
    ///
    /// - Parameters:
    ///   - count: How many threads there are at most: the system may have no more of them.
    ///   - body: Receives a number below `count`; this thread's is 0, and always runs.
    static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        var threads: [pthread_t] = []
        for number in 1..<max(count, 1) {
            guard let thread = start({ body(number) }) else { break }
            threads.append(thread)
        }
        body(0)
        for thread in threads { pthread_join(thread, nil) }
    }

    /// Starts a thread, to be joined; nil when the system has no more of them.
    private static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Body(run: body))
        let code = pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            },
            box.toOpaque()
        )
        guard code == 0 else {
            box.release()
            return nil
        }
        return thread
    }

    /// Runs a helper on a thread of its own while a body runs on this one, and returns when both have ended.
    ///
    /// - Parameters:
    ///   - helper: Must end once the body has; not run when the system has no more threads.
    ///   - body: Receives whether the helper runs.
    /// - Throws: What the body throws.
    /// - Returns: What the body returns.
    static func alongside<Result>(
        _ helper: @escaping @Sendable () -> Void,
        _ body: (_ hasHelper: Bool) throws -> Result
    ) rethrows -> Result {
        let thread = start(helper)
        defer { if let thread { pthread_join(thread, nil) } }
        return try body(thread != nil)
    }

    /// Computes a value for each number, in any order and on several threads.
    ///
    /// - Parameters:
    ///   - count: How many values there are.
    ///   - threads: How many are computed at once, at most.
    ///   - transform: Receives a number below `count`. Once it throws, no further number is begun.
    /// - Throws: What `transform` threw, of several errors that of the smallest number.
    /// - Returns: The values in the order of the numbers.
    static func map<Value: Sendable>(
        count: Int,
        threads: Int = standardCount,
        _ transform: @escaping @Sendable (Int) throws -> Value
    ) throws -> [Value] {
        try map(count: count, threads: threads, state: {}, { number, _ in try transform(number) })
    }

    /// As above, with a value that belongs to each thread, such as a compressor.
    static func map<Value: Sendable, State>(
        count: Int,
        threads: Int = standardCount,
        state makeState: @escaping @Sendable () throws -> State,
        _ transform: @escaping @Sendable (Int, State) throws -> Value
    ) throws -> [Value] {
        let box = Results<Value>(count: count)
        run(min(threads, count)) { _ in
            var number = 0
            do {
                guard box.next.load(ordering: .relaxed) < count else { return }
                let state = try makeState()
                while true {
                    number = box.next.add(1, ordering: .relaxed).oldValue
                    guard number < count, box.found.withLock({ $0.failure == nil }) else { return }
                    let value = try transform(number, state)
                    box.found.withLock { $0.values[number] = value }
                }
            } catch {
                box.found.withLock { found in
                    if let other = found.failure, other.number < number { return }
                    found.failure = (number, error)
                }
            }
        }
        return try box.found.withLock { found in
            if let failure = found.failure { throw failure.error }
            return found.values.compactMap(\.self)
        }
    }

    private final class Results<Value: Sendable>: Sendable {
        let next = Atomic(0)
        let found: Mutex<(values: [Value?], failure: (number: Int, error: any Error)?)>

        init(count: Int) { found = Mutex((Array(repeating: nil, count: count), nil)) }
    }
}
