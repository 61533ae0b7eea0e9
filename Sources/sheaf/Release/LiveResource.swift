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
        return try ResourceQuery(text).only(of: live, called: "live resource") { $0.resource.id }
    }
}

/// The parts of an identifier; decided by which part is a known kind and which a version.
struct ResourceQuery: Hashable {
    /// As it was written.
    let text: String
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
        self.text = text
    }

    /// Finds the one that is meant.
    ///
    /// - Parameters:
    ///   - candidates: Where to look.
    ///   - noun: What they are, for the error.
    ///   - id: Tells the identity of a candidate.
    /// - Throws: `NoSuchResource` with what comes near.
    /// - Returns: The candidate.
    func only<Candidate>(
        of candidates: [Candidate],
        called noun: String,
        _ id: (Candidate) -> ResourceID
    ) throws -> Candidate {
        let fitting = candidates.filter { matches(id($0)) }
        if fitting.count == 1, let match = fitting.first { return match }
        let problem = NoSuchResource(
            text: text,
            noun: noun,
            isAmbiguous: !fitting.isEmpty,
            names: (fitting.isEmpty ? candidates : fitting).map { id($0).description }
        )
        let names = Set(candidates.map { id($0).name }).sorted()
        guard fitting.isEmpty, let meant = Suggestion.help(for: name, among: names) else { throw problem }
        throw problem.with(hint: meant)
    }

    private func matches(_ id: ResourceID) -> Bool {
        (kind == nil || kind == id.kind) && id.name == name
            && (workspace == nil || id.workspace == nil || workspace == id.workspace)
    }
}

/// A name that fits no resource, or several.
struct NoSuchResource: SheafError {
    let text: String
    /// What was looked for, such as `live resource`.
    let noun: String
    let isAmbiguous: Bool
    let names: [String]
    /// What mends it, where that is known better than from the names.
    private var remedy: String?

    init(text: String, noun: String, isAmbiguous: Bool, names: [String]) {
        self.text = text
        self.noun = noun
        self.isAmbiguous = isAmbiguous
        self.names = names
    }

    /// The same with another remedy.
    func with(hint: String) -> NoSuchResource {
        var error = self
        error.remedy = hint
        return error
    }

    var code: String { isAmbiguous ? "resource.ambiguous" : "resource.missing" }
    var message: String { isAmbiguous ? "'\(text)' fits several \(noun)s" : "no \(noun) is called '\(text)'" }
    var hint: String? {
        if let remedy { return remedy }
        return names.isEmpty
            ? "there is none; see 'sheaf get -a'" : "choose from: \(names.prefix(20).joined(separator: ", "))"
    }
    var failureClass: FailureClass { .refused }
}
