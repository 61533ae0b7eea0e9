import FoundationEssentials
import SheafSystem
import Synchronization

/// Runs work that computes or blocks on threads of its own, away from the pool of Swift's tasks.
enum Workers {
    /// As many as there are processors for this process; each thread of a pack needs some megabytes.
    static var standardCount: Int { min(ProcessInfo.processInfo.activeProcessorCount, 8) }

    /// Runs a body on this thread and on others at once, and returns when all have ended.
    ///
    /// - Parameters:
    ///   - count: How many threads there are at most: the system may have no more of them.
    ///   - body: Receives a number below `count`; this thread's is 0, and always runs.
    static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        var threads: [BlockingThread] = []
        for number in 1..<max(count, 1) {
            // Where the system has no more threads, those that there are do the work.
            guard let thread = try? BlockingThread.start({ body(number) }) else { break }
            threads.append(thread)
        }
        body(0)
        for thread in threads { thread.join() }
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
        // Without another thread the body does the helper's work too.
        let thread = try? BlockingThread.start(helper)
        defer { thread?.join() }
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
