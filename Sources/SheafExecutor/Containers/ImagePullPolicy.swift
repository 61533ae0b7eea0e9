import SheafModel

/// When a registry is asked for an image that a workload needs.
enum ImagePullPolicy: String, Hashable, Sendable, CaseIterable {
    /// For each new incarnation.
    case always = "Always"
    /// When the machine has no image of that name.
    case ifNotPresent = "IfNotPresent"
    case never = "Never"

    /// Reads the field of a manifest, where it is absent in most.
    ///
    /// - Throws: `ExecutorError` with `invalid-value`.
    init(_ value: JSONValue?, of title: String) throws {
        guard let value, value != .null else {
            self = .ifNotPresent
            return
        }
        guard let policy = value.stringValue.flatMap(Self.init(rawValue:)) else {
            throw ExecutorError(
                .invalidValue,
                "cannot run \(title): stackSpec.imagePullPolicy is no policy",
                hint: "write \(Self.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        self = policy
    }
}
