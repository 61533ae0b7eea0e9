/// A test on one word of a resource's state; either list suffices.
package struct StateTest: Codable, Hashable, Sendable {
    /// Words of which one must equal the state; `running:N` means at least N instances.
    package var `is`: [String]
    /// Texts of which one must occur in the state.
    package var contains: [String]

    package init(is words: [String] = [], contains texts: [String] = []) {
        self.is = words
        self.contains = texts
    }

    /// Whether a state such as `active` or `running:2` passes.
    package func matches(_ state: String) -> Bool {
        self.is.contains { Self.equals($0, state) } || contains.contains { state.contains($0) }
    }

    private static func equals(_ expected: String, _ state: String) -> Bool {
        if expected == state { return true }
        let want = expected.split(separator: ":"), have = state.split(separator: ":")
        guard want.count == 2, have.count == 2, want[0] == have[0], let least = Int(want[1]), let count = Int(have[1])
        else { return false }
        return count >= least
    }
}

/// That a resource waits for another, and for which state of it.
package struct Dependency: Codable, Hashable, Sendable {
    package var resource: ResourceID
    /// Nil where the manifest gives none; with `runtime` also nil, the status must be `active`.
    package var status: StateTest?
    package var runtime: StateTest?

    package init(resource: ResourceID, status: StateTest? = nil, runtime: StateTest? = nil) {
        self.resource = resource
        self.status = status
        self.runtime = runtime
    }

    /// Whether the state of the other resource lets the waiting one go on.
    package func isSatisfied(status currentStatus: String, runtime currentRuntime: String) -> Bool {
        if status == nil, runtime == nil { return currentStatus == "active" }
        return (status?.matches(currentStatus) ?? true) && (runtime?.matches(currentRuntime) ?? true)
    }
}

extension StateTest: CustomStringConvertible {
    /// Such as `running:1 or containing 'run'`.
    package var description: String {
        (self.is + contains.map { "containing '\($0)'" }).joined(separator: " or ")
    }
}

extension Dependency: CustomStringConvertible {
    /// Such as `workflow:seed:shop to be succeeded`.
    package var description: String {
        let tests = [status.map { "status \($0)" }, runtime.map { "runtime \($0)" }].compactMap { $0 }
        return "\(resource) to be \(tests.isEmpty ? "active" : tests.joined(separator: " and "))"
    }
}
