/// An image that an engine has, by what it is instead of what it is called: what runs is always the same.
struct ResolvedImage: Hashable, Sendable {
    /// As engines take it in the place of a name: `sha256:` and 64 digits.
    var id: String
    /// Where exactly this image can be had once more, as `repository@sha256:…`; nil for what came from no registry.
    var source: String?
    /// Whether it says how to find out that what runs in it is well.
    var hasHealthCheck = false

    init(id: String, source: String?) {
        self.id = id
        self.source = source
    }
}
