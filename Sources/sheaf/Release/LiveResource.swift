import SheafModel
import SheafStore

/// Finds a live resource by what a user calls it.
enum LiveResource {
    /// Finds the one resource that a text means.
    ///
    /// - Parameters:
    ///   - text: `TYPE:NAME`, `TYPE:NAME:WORKSPACE`, an identifier of the platform's command line, or a name that only
    ///     one resource has.
    ///   - store: Nil when nothing was ever applied.
    /// - Returns: Its live incarnation.
    /// - Throws: `NoSuchResource` with what comes near.
    static func find(_ text: String, in store: Store?) throws -> ResourceInstance {
        let live = try store?.inventory().map(\.instance) ?? []
        let query = ResourceQuery(text)
        let fitting = live.filter { matches($0.resource.id, query) }
        if fitting.count == 1, let match = fitting.first { return match }
        let names = (fitting.isEmpty ? live : fitting).map(\.resource.id.description)
        throw NoSuchResource(text: text, isAmbiguous: !fitting.isEmpty, names: names)
    }

    private static func matches(_ id: ResourceID, _ query: ResourceQuery) -> Bool {
        (query.kind == nil || query.kind == id.kind) && id.name == query.name
            && (query.workspace == nil || id.workspace == nil || query.workspace == id.workspace)
    }
}

/// The parts of an identifier; decided by which part is a known kind and which a version.
struct ResourceQuery: Hashable {
    var kind: ResourceKind?
    var name: String
    var workspace: String?

    private static let versions: Set = ["v1", "v1beta", "v1alpha", "v2alpha", "v1beta1"]

    init(_ text: String) {
        let separator: Character = text.contains("|") ? "|" : ":"
        let parts = text.split(separator: separator)
            .map { $0.trimmingPrefix { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed() }
            .map { String($0) }
            .filter { !$0.isEmpty && !Self.versions.contains($0) }
        let kindIndex = parts.firstIndex { ResourceKind(rawValue: $0) != nil }
        kind = parts.count > 1 ? kindIndex.flatMap { ResourceKind(rawValue: parts[$0]) } : nil
        let others = parts.indices.filter { parts.count == 1 || $0 != kindIndex }.map { parts[$0] }
        name = others.first ?? text
        workspace = others.count > 1 ? others[1] : nil
    }
}

/// A name that fits no live resource, or several.
struct NoSuchResource: SheafError {
    let text: String
    let isAmbiguous: Bool
    let names: [String]

    var code: String { isAmbiguous ? "resource.ambiguous" : "resource.missing" }
    var message: String { isAmbiguous ? "'\(text)' fits several resources" : "no live resource is called '\(text)'" }
    var hint: String? {
        names.isEmpty
            ? "nothing is live; apply a bundle first" : "choose from: \(names.prefix(20).joined(separator: ", "))"
    }
    var failureClass: FailureClass { .refused }
}
