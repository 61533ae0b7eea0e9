import Glibc
import SheafModel

/// Writes files on one thread that another thread reads, in order and with bounded memory.
final class TreeWriter: @unchecked Sendable {
    // Safe to send: what both threads use is read and written only between `pthread_mutex_lock` and `unlock`. The tree
    // and its file belong to the thread that works, and to the other once that one has been joined.

    /// A thing to do.
    enum Step: Sendable {
        case file(MemberPath, isExecutable: Bool)
        /// More of the file that was begun last.
        case content([UInt8])
        case link(MemberPath, target: String)

        /// What it holds in memory, about.
        fileprivate var size: Int { if case .content(let bytes) = self { bytes.count + 128 } else { 256 } }
    }

    /// How many bytes may wait.
    private static let mostWaiting = 8 << 20

    private let tree: StagedTree
    private var file: StagedFile?
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var steps: [Step] = []
    private var waiting = 0
    private var hasEnded = false
    private var failure: (any Error)?

    init(_ tree: StagedTree) {
        self.tree = tree
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Adds a step.
    ///
    /// - Parameters:
    ///   - step: Follows those before.
    ///   - isDoneHere: True where no other thread works.
    /// - Throws: What an earlier step, or this one, failed with.
    func add(_ step: Step, isDoneHere: Bool) throws {
        guard !isDoneHere else { return try perform(step) }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while failure == nil, waiting > 0, waiting + step.size > Self.mostWaiting { pthread_cond_wait(changed, mutex) }
        if let failure { throw failure }
        steps.append(step)
        waiting += step.size
        // One that waits for work waits for a good part of it: waking a thread for each step costs more than the step.
        if waiting > Self.mostWaiting / 8 { pthread_cond_broadcast(changed) }
    }

    /// Says that no more steps come.
    func end() {
        pthread_mutex_lock(mutex)
        hasEnded = true
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    /// Does all steps, until there are no more or one fails.
    func work() {
        while let steps = take() {
            do {
                for step in steps { try perform(step) }
            } catch {
                pthread_mutex_lock(mutex)
                failure = error
                pthread_cond_broadcast(changed)
                pthread_mutex_unlock(mutex)
                return
            }
        }
    }

    /// Gives the tree its name, once all steps are done.
    ///
    /// - Throws: What a step failed with; `ArchiveError` as `StagedTree` gives.
    func publish() throws {
        if let failure { throw failure }
        file = nil
        try tree.publish()
    }

    private func take() -> [Step]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !hasEnded, waiting <= Self.mostWaiting / 8 { pthread_cond_wait(changed, mutex) }
        guard !steps.isEmpty else { return nil }
        let taken = steps
        steps = []
        waiting = 0
        pthread_cond_broadcast(changed)
        return taken
    }

    private func perform(_ step: Step) throws {
        switch step {
        case .file(let path, let isExecutable):
            file = nil
            file = try tree.makeFile(path, isExecutable: isExecutable)
        case .content(let bytes): try file?.write(bytes)
        case .link(let path, let target):
            file = nil
            try tree.addLink(path, target: target)
        }
    }
}
