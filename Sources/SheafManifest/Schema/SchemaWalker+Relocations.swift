internal import SheafModel

/// Keys that stand one level too high or too low.
extension SchemaWalker {
    /// Puts keys that were written in the wrong mapping where they belong.
    mutating func relocate(
        _ relocation: ObjectSchema.Relocation,
        _ entries: inout [ManifestNode.Entry],
        _ path: String
    ) {
        switch relocation {
        case .lift(let keys, let child):
            guard let index = entries.firstIndex(where: { $0.key == child }), let inner = entries[index].value.entries
            else { return }
            for entry in inner where keys.contains(entry.key) {
                entries[index].value = entries[index].value.removing(entry.key)
                let isThere = entries.contains { $0.key == entry.key }
                if !isThere { entries.append(entry) }
                reportMoved(entry, "beside '\(child)', not below it\(isThere ? "; it is ignored here" : "")")
            }
        case .lower(let keys, let child):
            for entry in entries where keys.contains(entry.key) {
                let index = entries.firstIndex { $0.key == child }
                let target = index.map { entries[$0].value }
                guard target == nil || target?.isNull == true || target?.entries != nil else { return }
                let base = target?.entries == nil ? ManifestNode(.mapping([]), span: entry.keySpan) : target
                guard let base else { return }
                entries.removeAll { $0.key == entry.key || $0.key == child }
                entries.append(
                    .init(key: child, keySpan: entry.keySpan, value: base.setting(entry.key, to: entry.value))
                )
                reportMoved(entry, "below '\(child)'")
            }
        }
    }

    private mutating func reportMoved(_ entry: ManifestNode.Entry, _ place: String) {
        findings.report(
            .misplacedKey,
            "'\(entry.key)' belongs \(place)",
            at: entry.keySpan,
            severity: .warning,
            help: "change the indentation"
        )
    }
}
