import SheafModel

/// Finds the fields in which two definitions of a resource differ.
enum DifferenceFinder {
    /// What stands for a value that must not be shown.
    private static let mask = JSONValue.string("•••")

    /// Every differing field, in byte order of path; secret values are masked.
    static func differences(from before: ResolvedResource, to after: ResolvedResource) -> [Change.Difference] {
        var found: [Change.Difference] = []
        compare(before.manifest, after.manifest, path: "", into: &found)
        compareAttachments(before, after, into: &found)
        let kind = after.id.kind
        return found.map { isSecret($0, in: kind) ? masked($0) : $0 }.sorted { $0.path < $1.path }
    }

    private static func compare(
        _ before: JSONValue?,
        _ after: JSONValue?,
        path: String,
        into found: inout [Change.Difference]
    ) {
        if before == after { return }
        switch (before, after) {
        case (.object(let old)?, .object(let new)?):
            for key in Set(old.keys).union(new.keys) {
                compare(old[key], new[key], path: path.isEmpty ? key : "\(path).\(key)", into: &found)
            }
        case (.array(let old)?, .array(let new)?):
            for index in 0..<max(old.count, new.count) {
                compare(
                    index < old.count ? old[index] : nil,
                    index < new.count ? new[index] : nil,
                    path: "\(path)[\(index)]",
                    into: &found
                )
            }
        default:
            found.append(Change.Difference(path: path, before: before, after: after))
        }
    }

    /// A file's content has no field of its own: its digest stands for it.
    private static func compareAttachments(
        _ before: ResolvedResource,
        _ after: ResolvedResource,
        into found: inout [Change.Difference]
    ) {
        func digests(_ resource: ResolvedResource) -> [String: Digest] {
            Dictionary(resource.attachments.map { ("content of \($0.path)", $0.digest) }) { first, _ in first }
        }
        let old = digests(before), new = digests(after)
        for name in Set(old.keys).union(new.keys) where old[name] != new[name] {
            found.append(
                Change.Difference(
                    path: name,
                    before: old[name].map { .string($0.short) },
                    after: new[name].map { .string($0.short) }
                )
            )
        }
    }

    /// Words in the name of a field whose value is nobody's business.
    private static let sensitiveWords = ["password", "passwd", "secret", "token", "apikey", "api_key", "credential"]

    private static func isSecret(_ difference: Change.Difference, in kind: ResourceKind) -> Bool {
        if difference.before?.holdsSealedSecret == true || difference.after?.holdsSealedSecret == true { return true }
        let path = difference.path
        let field = path.split(separator: ".").last?.lowercased() ?? ""
        if path.contains(".envs."), sensitiveWords.contains(where: { field.contains($0) }) { return true }
        return switch kind {
        case .secret, .instanceSecret:
            path.contains(".data") || path.contains(".files") || path.hasPrefix("content of ")
        case .depot: path.contains("connectionSecret") || path.contains(".data")
        default: false
        }
    }

    private static func masked(_ difference: Change.Difference) -> Change.Difference {
        Change.Difference(
            path: difference.path,
            before: difference.before.map { _ in mask },
            after: difference.after.map { _ in mask },
            isSecret: true
        )
    }
}
