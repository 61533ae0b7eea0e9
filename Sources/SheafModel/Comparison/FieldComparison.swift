/// Finds the fields in which two definitions differ.
///
/// Elements of lists belong together by their `name` or `id`, where all have one; otherwise by their place, counted from
/// the nearer end that is the same. There is a difference exactly where the values are not equal.
package struct FieldComparison {
    private var found: [Change.Difference] = []

    /// Every differing field of a resource, in byte order of path; secret values are masked.
    package static func differences(
        from before: ResolvedResource,
        to after: ResolvedResource
    ) -> [Change.Difference] {
        var comparison = FieldComparison()
        comparison.compare(before.manifest, after.manifest, path: "", SecretContext(kind: after.id.kind))
        comparison.compareAttachments(before, after)
        return comparison.sorted
    }

    /// Finds every differing field of two values.
    ///
    /// - Parameters:
    ///   - before: nil for nothing.
    ///   - after: nil for nothing.
    ///   - kind: Of the manifest that they are from.
    /// - Returns: In byte order of path, secret values masked.
    package static func differences(
        from before: JSONValue?,
        to after: JSONValue?,
        in kind: ResourceKind? = nil
    ) -> [Change.Difference] {
        var comparison = FieldComparison()
        comparison.compare(before, after, path: "", SecretContext(kind: kind))
        return comparison.sorted
    }

    private var sorted: [Change.Difference] {
        found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private mutating func compare(
        _ before: JSONValue?,
        _ after: JSONValue?,
        path: String,
        _ context: SecretContext
    ) {
        if before == after { return }
        switch (before, after) {
        case (.object(let old)?, .object(let new)?):
            let kinds = [old["kind"], new["kind"]].compactMap { $0?.stringValue }
            let names = [old["name"], new["name"]].compactMap { $0?.stringValue }
            // Where the sides differ, the one counts that makes a secret of something.
            let neighbours = SecretContext.Neighbours(
                kind: kinds.contains("Secret") ? "Secret" : kinds.first,
                name: names.first(where: SensitiveName.isSensitive) ?? names.first
            )
            for key in Set(old.keys).union(new.keys) {
                let inner = path.isEmpty ? key : "\(path).\(key)"
                compare(old[key], new[key], path: inner, context.entering(key, neighbours))
            }
        case (.array(let old)?, .array(let new)?):
            if let pairs = NamedElements(old, new) {
                compare(pairs, path: path, context)
            } else {
                compareByPlace(old, new, path: path, context)
            }
        default: add(before, after, path: path, context)
        }
    }

    private mutating func compare(_ pairs: NamedElements, path: String, _ context: SecretContext) {
        for pair in pairs.pairs {
            compare(pair.before, pair.after, path: "\(path)[\(pairs.key)=\(pair.name)]", context)
        }
        guard pairs.isReordered else { return }
        found.append(
            Change.Difference(
                path: "\(path)[order]",
                before: .array(pairs.namesBefore.map { .string($0) }),
                after: .array(pairs.namesAfter.map { .string($0) })
            )
        )
    }

    /// What is the same at both ends is left out; the rest is compared element by element.
    private mutating func compareByPlace(
        _ old: [JSONValue],
        _ new: [JSONValue],
        path: String,
        _ context: SecretContext
    ) {
        let head = zip(old, new).prefix { $0 == $1 }.count
        let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0 == $1 }.count
        let oldRest = old.dropFirst(head).dropLast(tail), newRest = new.dropFirst(head).dropLast(tail)
        for index in head..<max(oldRest.endIndex, newRest.endIndex) {
            compare(
                index < oldRest.endIndex ? oldRest[index] : nil,
                index < newRest.endIndex ? newRest[index] : nil,
                path: "\(path)[\(index)]",
                context
            )
        }
    }

    private mutating func add(
        _ before: JSONValue?,
        _ after: JSONValue?,
        path: String,
        _ context: SecretContext
    ) {
        let shownBefore = before.map(context.masked), shownAfter = after.map(context.masked)
        let mask = JSONValue.string(SecretText.mask)
        // Also where only the part that is hidden differs.
        let isSecret = shownBefore == mask || shownAfter == mask || shownBefore == shownAfter
        found.append(
            Change.Difference(
                path: path,
                before: isSecret ? before.map { _ in mask } : shownBefore,
                after: isSecret ? after.map { _ in mask } : shownAfter,
                isSecret: isSecret
            )
        )
    }

    /// A file's content has no field of its own: its digest stands for it.
    private mutating func compareAttachments(_ before: ResolvedResource, _ after: ResolvedResource) {
        func files(_ resource: ResolvedResource) -> [String: Attachment] {
            Dictionary(resource.attachments.map { ("content of \($0.path)", $0) }) { first, _ in first }
        }
        let old = files(before), new = files(after)
        let isVault = after.id.kind == .secret || after.id.kind == .instanceSecret
        for name in Set(old.keys).union(new.keys) where old[name]?.digest != new[name]?.digest {
            let isSecret = isVault || [old[name], new[name]].contains { $0?.role == .secretFile }
            func shown(_ file: Attachment) -> JSONValue { .string(isSecret ? SecretText.mask : file.digest.short) }
            found.append(
                Change.Difference(
                    path: name,
                    before: old[name].map(shown),
                    after: new[name].map(shown),
                    isSecret: isSecret
                )
            )
        }
    }
}
