/// How a change is taken back when the operation fails after it; decided when the plan is made.
package enum Undo: Hashable, Sendable {
    /// What was there before goes on, and nothing of the attempt is left.
    case reversible
    /// Something is done that comes to the same, and somebody may notice.
    case compensated(how: String)
    /// What it has done stays.
    case none(why: String)

    package var isImpossible: Bool {
        if case .none = self { return true }
        return false
    }
}

extension Undo: Codable {
    private enum Kind: String, Codable { case reversible, compensated, none }
    private enum CodingKeys: String, CodingKey { case kind, how, why }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .kind) {
        case .reversible: self = .reversible
        case .compensated: self = .compensated(how: try container.decode(String.self, forKey: .how))
        case .none: self = .none(why: try container.decode(String.self, forKey: .why))
        }
    }

    /// As `{"kind":"none","why":"…"}`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .reversible: try container.encode(Kind.reversible, forKey: .kind)
        case .compensated(let how):
            try container.encode(Kind.compensated, forKey: .kind)
            try container.encode(how, forKey: .how)
        case .none(let why):
            try container.encode(Kind.none, forKey: .kind)
            try container.encode(why, forKey: .why)
        }
    }
}
