/// What the expressions of a bundle were filled in with.
package struct ValueReport: Sendable, Hashable {
    /// The environment that was chosen.
    package var environment: String?
    /// The files and settings that values came from, lowest first, such as `values.yaml` and `--set image.tag`.
    package var sources: [String]
    /// Every expression that was looked at, those in values included, by place.
    package var uses: [ValueUse]
    /// Whether the manifests hold expressions, so that they say something else with other values.
    package var hasExpressions: Bool

    package init(
        environment: String? = nil,
        sources: [String] = [],
        uses: [ValueUse] = [],
        hasExpressions: Bool = false
    ) {
        self.environment = environment
        self.sources = sources
        self.uses = uses
        self.hasExpressions = hasExpressions
    }
}
