/// An address of the platform, such as `dataos://lakehouse:retail/customer?acl=rw`.
struct DataosAddress: Hashable, Sendable {
    var depot: String
    /// Empty where the address names a whole depot.
    var collection: String
    var dataset: String

    /// Parses an address; nil without the scheme or a depot.
    init?(_ text: String) {
        let scheme = "dataos://"
        guard text.hasPrefix(scheme) else { return nil }
        let path = text.dropFirst(scheme.count).prefix { $0 != "?" }
        let name = path.prefix { $0 != ":" && $0 != "/" }
        guard !name.isEmpty else { return nil }
        depot = String(name)
        let rest = path.dropFirst(name.count + 1)
        let first = rest.prefix { $0 != "/" }
        collection = String(first)
        dataset = String(rest.dropFirst(first.count + 1))
    }
}
