internal import SheafModel

/// Values from several places, each above the ones before.
///
/// Mappings are merged deeply; everything else, lists included, is replaced; an empty value (`null`) removes what a
/// layer below has.
struct ValueLayers {
    private(set) var merged: ManifestNode?

    /// Adds a layer on top.
    ///
    /// - Parameter layer: A mapping.
    mutating func add(_ layer: ManifestNode) {
        merged = merged.map { Self.merge($0, layer) } ?? layer
    }

    private static func merge(_ below: ManifestNode, _ above: ManifestNode) -> ManifestNode {
        guard let old = below.entries, let new = above.entries else { return above }
        var entries = old
        var places = Dictionary(old.enumerated().map { ($1.key, $0) }) { first, _ in first }
        var removed: Set<String> = []
        for entry in new {
            guard let place = places[entry.key] else {
                if entry.value.isNull { continue }
                places[entry.key] = entries.count
                entries.append(entry)
                continue
            }
            if entry.value.isNull {
                removed.insert(entry.key)
            } else {
                let value = merge(entries[place].value, entry.value)
                entries[place] = .init(key: entry.key, keySpan: entry.keySpan, value: value)
            }
        }
        return ManifestNode(.mapping(entries.filter { !removed.contains($0.key) }), span: above.span)
    }
}
