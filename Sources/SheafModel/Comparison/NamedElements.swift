/// The elements of two lists, put together by what each is called.
struct NamedElements {
    struct Pair {
        var name: String
        var before: JSONValue?
        var after: JSONValue?
    }

    /// The field that has the names.
    let key: String
    /// In the order of the new list; what is only in the old one comes last.
    let pairs: [Pair]
    let namesBefore: [String]
    let namesAfter: [String]

    /// Looks whether all elements have a name, and no two of a list the same.
    ///
    /// - Returns: nil for other lists.
    init?(_ old: [JSONValue], _ new: [JSONValue]) {
        for key in ["name", "id"] {
            guard let before = Self.names(old, key), let after = Self.names(new, key), !(before + after).isEmpty
            else { continue }
            self.key = key
            namesBefore = before
            namesAfter = after
            let oldByName = Dictionary(zip(before, old)) { first, _ in first }
            let known = Set(after)
            pairs =
                zip(after, new).map { Pair(name: $0, before: oldByName[$0], after: $1) }
                + zip(before, old).filter { !known.contains($0.0) }.map { Pair(name: $0, before: $1) }
            return
        }
        return nil
    }

    private static func names(_ elements: [JSONValue], _ key: String) -> [String]? {
        let names = elements.compactMap { $0[key]?.stringValue }
        return names.count == elements.count && Set(names).count == names.count ? names : nil
    }

    /// Whether what both lists have stands in another order.
    var isReordered: Bool {
        let old = Set(namesBefore), new = Set(namesAfter)
        return namesBefore.filter(new.contains) != namesAfter.filter(old.contains)
    }
}
