import SheafModel

/// The keys and values of one secret, with the contents of its files.
struct SecretValues: Sendable {
    let resource: ResourceID
    /// `key-value`, `key-value-properties`, ...
    let type: String
    let values: [String: [UInt8]]
    /// The keys whose values came as files.
    let fileKeys: Set<String>

    /// Reads a secret's manifest and files.
    ///
    /// - Throws: `ExecutorError`, or what the content source throws.
    init(_ resource: ResolvedResource, content: any ContentSource) throws {
        self.resource = resource.id
        let spec: SecretSpec
        do {
            spec = try resource.spec(SecretSpec.self)
        } catch {
            throw ExecutorError(.invalidManifest, "cannot read \(resource.id): its section has another shape")
        }
        var values: [String: [UInt8]] = [:]
        for (key, value) in spec.data ?? [:] {
            guard let text = value == .null ? "" : value.scalarText else {
                throw ExecutorError(
                    .invalidManifest,
                    "cannot use key '\(key)' of \(resource.id): it is no single value"
                )
            }
            values[key] = Array(text.utf8)
        }
        let files = resource.attachments.filter { $0.role == .secretFile }
        for file in files { values[file.name] = try content.content(file.digest) }
        type = spec.type
        self.values = values
        fileKeys = Set(files.map(\.name))
    }

    /// Whether all pairs count as one value, which has the secret's own name as its key.
    var isFolded: Bool { type == "key-value-properties" }

    /// The key of the one value of a folded secret.
    var foldedKey: String { (resource.workspace.map { "\($0)_" } ?? "") + resource.name }

    /// The keys that a use asks for; all of them where it names none.
    ///
    /// - Throws: `ExecutorError` with `missing-secret-key`.
    func selected(by use: WorkloadSpec.SecretUse) throws -> [(key: String, value: [UInt8])] {
        let wanted = (use.key.map { [$0] } ?? []) + (use.keys ?? [])
        let all = values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let isWhole = isFolded && wanted.contains { values[$0] == nil && [resource.name, foldedKey].contains($0) }
        guard use.allKeys != true, !wanted.isEmpty, !isWhole else { return all }
        return try wanted.map { key in
            guard let value = values[key] else {
                let known = values.keys.sorted().joined(separator: ", ")
                throw ExecutorError(
                    .missingSecretKey,
                    "cannot use key '\(key)' of \(resource), which has no such key",
                    hint: known.isEmpty ? "it has no keys at all" : "its keys are \(known)"
                )
            }
            return (key, value)
        }
    }
}
