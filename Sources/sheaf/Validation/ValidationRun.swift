import FoundationEssentials
import Synchronization

/// Validates many targets at once, on all cores.
package struct ValidationRun: Sendable {
    /// What became of each target.
    package typealias Outcome = Result<ValidationResult, any Error>

    /// Checks one target, with some content in the place of what the disk has.
    package typealias Check = @Sendable (ValidationTarget, [String: [UInt8]]) throws -> ValidationResult

    package let targets: [ValidationTarget]
    private let check: Check

    /// Makes a run.
    ///
    /// - Parameters:
    ///   - targets: What is validated.
    ///   - check: How; it is called on several threads.
    package init(targets: [ValidationTarget], check: @escaping Check = { try $0.validate(texts: $1) }) {
        self.targets = targets
        self.check = check
    }

    /// Checks some of the targets.
    ///
    /// - Parameters:
    ///   - indices: Which targets.
    ///   - texts: Display path -> content that stands in for what the disk has.
    /// - Returns: An outcome for each index, in their order.
    /// - Throws: `CancellationError`.
    package func outcomes(of indices: [Int], texts: [String: [UInt8]] = [:]) async throws -> [Outcome] {
        let queue = WorkQueue(count: indices.count)
        let width = min(indices.count, max(1, ProcessInfo.processInfo.activeProcessorCount))
        // Each task takes one after the other: a task for each file would cost more than a small file does.
        return try await withThrowingTaskGroup(of: [(Int, Outcome)].self) { group in
            for _ in 0..<width {
                group.addTask { [targets, check] in
                    var done: [(Int, Outcome)] = []
                    while let position = queue.take() {
                        try Task.checkCancellation()
                        let target = targets[indices[position]]
                        done.append((position, Outcome { try check(target, texts) }))
                    }
                    return done
                }
            }
            var outcomes: [(Int, Outcome)] = []
            for try await part in group { outcomes += part }
            return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

/// Hands out the numbers below a count, each once.
private final class WorkQueue: Sendable {
    private let next = Mutex(0)
    private let count: Int

    init(count: Int) { self.count = count }

    func take() -> Int? {
        next.withLock { next in
            guard next < count else { return nil }
            defer { next += 1 }
            return next
        }
    }
}
