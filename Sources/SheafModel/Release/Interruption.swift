/// What those who use a resource notice of a change.
package struct Interruption: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Sendable {
        /// Nothing.
        case none
        /// Processes end once others have taken their place.
        case restarts
        /// Processes end.
        case ends
        /// Processes end once others answer in their place, and nobody who calls notices.
        case switches
        /// Nobody listens on the port for a moment.
        case handover
    }

    package var kind: Kind
    /// How many processes that run now are ended or started anew.
    package var processes: Int

    package init(_ kind: Kind, processes: Int = 0) {
        self.kind = kind
        self.processes = processes
    }

    package static let none = Interruption(.none)

    /// Whether processes that run now are started anew.
    package var restartsProcesses: Bool { kind == .restarts || kind == .switches || kind == .handover }
}

extension Interruption: CustomStringConvertible {
    /// Such as `restarts 1 process`.
    package var description: String {
        let count = "\(processes) \(processes == 1 ? "process" : "processes")"
        return switch kind {
        case .none: "no interruption"
        case .switches: "no interruption: the gateway switches to the new one once it is ready"
        case .restarts: "restarts \(count)"
        case .ends: "ends \(count)"
        case .handover: "short interruption: the port is handed over"
        }
    }
}
