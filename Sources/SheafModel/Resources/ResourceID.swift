/// Which resource is meant: its kind, its workspace where the kind has one, and its name.
///
/// The manifest's schema version is no part of it: changing that is an update, not a new resource.
package struct ResourceID: Hashable, Sendable, CustomStringConvertible {
    package let kind: ResourceKind
    /// Nil exactly for the kinds of the instance.
    package let workspace: String?
    package let name: String

    /// Makes an identity; the workspace is dropped for kinds of the instance and `public` where it is missing.
    package init(kind: ResourceKind, workspace: String?, name: String) {
        self.kind = kind
        self.workspace = kind.isInstanceLevel ? nil : (workspace ?? "public")
        self.name = name
    }

    /// Parses `type:name` or `type:name:workspace`.
    ///
    /// - Returns: nil for an unknown type or another number of parts.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ !$0.isEmpty }),
            let kind = ResourceKind(rawValue: parts[0])
        else { return nil }
        self.init(kind: kind, workspace: parts.count == 3 ? parts[2] : nil, name: parts[1])
    }

    /// `type:name` or `type:name:workspace`.
    package var description: String {
        let base = "\(kind.rawValue):\(name)"
        return workspace.map { "\(base):\($0)" } ?? base
    }
}

extension ResourceID: Comparable {
    package static func < (left: ResourceID, right: ResourceID) -> Bool { left.description < right.description }
}

extension ResourceID: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = ResourceID(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' names no resource")
            )
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
