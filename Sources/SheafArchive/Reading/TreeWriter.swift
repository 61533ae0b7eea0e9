import SheafModel

/// Writes files on one thread that another thread reads, in order and with bounded memory.
final class TreeWriter: @unchecked Sendable {
    // Safe to send: the tree and its file belong to the thread that works, and to the other once that one has been
    // joined; the failure is written before the queue is given up, and read after.

    /// A thing to do.
    enum Step: Sendable {
        case file(MemberPath, isExecutable: Bool)
        /// More of the file that was begun last.
        case content([UInt8])
        case link(MemberPath, target: String)

        /// What it holds in memory, about.
        fileprivate var size: Int { if case .content(let bytes) = self { bytes.count + 128 } else { 256 } }
    }

    private let tree: StagedTree
    private var file: StagedFile?
    private let steps = BoundedQueue<Step>(most: 8 << 20)
    private var failure: (any Error)?

    init(_ tree: StagedTree) { self.tree = tree }

    /// Adds a step.
    ///
    /// - Parameters:
    ///   - step: Follows those before.
    ///   - isDoneHere: True where no other thread works.
    /// - Throws: What an earlier step, or this one, failed with.
    func add(_ step: Step, isDoneHere: Bool) throws {
        guard !isDoneHere else { return try perform(step) }
        if !steps.put(step, size: step.size), let failure { throw failure }
    }

    /// Says that no more steps come.
    func end() { steps.end() }

    /// Does all steps, until there are no more or one fails.
    func work() {
        do {
            while true {
                let taken = steps.takeAll()
                if taken.isEmpty { return }
                for step in taken { try perform(step) }
            }
        } catch {
            failure = error
            steps.giveUp()
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
