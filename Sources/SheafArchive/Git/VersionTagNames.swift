/// Which tags name versions of a bundle.
///
/// `v1.2.0` and `1.2.0` are of the whole repository. Where a repository has several bundles, a tag of one of them begins
/// with the bundle's directory, or the last parts of it: for `bundles/shop` these are `shop/v1.2.0`,
/// `bundles/shop/v1.2.0`, `shop@1.2.0` and `shop-v1.2.0`.
struct VersionTagNames {
    private let prefixes: [String]

    /// Takes the bundle's directory from the top of the repository; empty for the top.
    init(subdirectory: String) {
        let parts = subdirectory.split(separator: "/")
        let names = parts.indices.map { parts[$0...].joined(separator: "/") }
        prefixes = names.flatMap { name in ["/", "@", "-"].map { name + $0 } }
    }

    /// The version that a tag names.
    ///
    /// - Returns: nil for a tag of something else; otherwise also whether it is the bundle's own.
    func version(in tag: String) -> (version: SemanticVersion, isOwn: Bool)? {
        if let version = Self.version(tag[...]) { return (version, false) }
        for prefix in prefixes where tag.utf8.starts(with: prefix.utf8) {
            if let version = Self.version(Substring(tag.utf8.dropFirst(prefix.utf8.count))) { return (version, true) }
        }
        return nil
    }

    private static func version(_ text: Substring) -> SemanticVersion? {
        SemanticVersion(String(text.hasPrefix("v") ? text.dropFirst() : text))
    }
}
