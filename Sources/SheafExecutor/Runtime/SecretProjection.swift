import SheafEngine
import SheafModel

/// What the secrets of a workload become: variables and files.
struct SecretProjection: Sendable {
    private(set) var variables: [String: String] = [:]
    /// File name in the secret directory -> content.
    private(set) var files: [String: [UInt8]] = [:]
    /// All values, for redaction.
    private(set) var values: [[UInt8]] = []

    /// Projects every secret that a workload uses.
    ///
    /// - Throws: `ExecutorError` when a secret or a key is missing, or a value cannot be a variable or a file name.
    init(
        of uses: [WorkloadSpec.SecretUse],
        workspace: String?,
        resources: any ResourceDirectory,
        content: any ContentSource
    ) throws {
        for use in uses {
            let secret = try SecretValues(
                Self.find(use.name, workspace: use.workspace ?? workspace, resources: resources),
                content: content
            )
            values += secret.values.values
            let selected = try secret.selected(by: use)
            switch use.consumptionType ?? .envVars {
            case .envVars: try addVariables(secret, selected)
            case .propFile: try addPropertyFile(secret, selected)
            case .file:
                for (key, value) in selected { try addFile("\(secret.resource.name)_\(key)", value) }
            }
        }
    }

    /// The secret of a name in a workspace, else the instance's.
    ///
    /// - Throws: `ExecutorError` with `missing-secret`.
    static func find(
        _ name: String,
        workspace: String?,
        resources: any ResourceDirectory
    ) throws -> ResolvedResource {
        let local = ResourceID(kind: .secret, workspace: workspace, name: name)
        let shared = ResourceID(kind: .instanceSecret, workspace: nil, name: name)
        if let found = try resources.resource(local) ?? resources.resource(shared) { return found }
        throw ExecutorError(
            .missingSecret,
            "cannot find the secret '\(name)': there is neither \(local) nor \(shared)",
            hint: "add the secret to the bundle, or apply the bundle that has it first"
        )
    }

    private mutating func addVariables(_ secret: SecretValues, _ selected: [(key: String, value: [UInt8])]) throws {
        if secret.isFolded {
            variables[secret.foldedKey] = try Self.properties(secret, selected)
        } else {
            for (key, value) in selected {
                guard !key.isEmpty, !key.utf8.contains(UInt8(ascii: "=")) else {
                    throw ExecutorError(.invalidValue, "key '\(key)' of \(secret.resource) can be no variable")
                }
                variables[key] = try Self.text(value, key: key, of: secret)
            }
        }
    }

    /// What came as files stays files; the pairs become one.
    private mutating func addPropertyFile(_ secret: SecretValues, _ selected: [(key: String, value: [UInt8])]) throws {
        let pairs = selected.filter { !secret.fileKeys.contains($0.key) }
        for (key, value) in selected where secret.fileKeys.contains(key) {
            try addFile("\(secret.resource.name)_\(key)", value)
        }
        guard !pairs.isEmpty || selected.isEmpty else { return }
        try addFile("\(secret.resource.name).properties", Array("\(Self.properties(secret, pairs))\n".utf8))
    }

    private mutating func addFile(_ name: String, _ bytes: [UInt8]) throws {
        guard FileTree.isSafeRelative(name), !name.utf8.contains(UInt8(ascii: "/")) else {
            throw ExecutorError(.unsafePath, "'\(name)' can be no file in the secret directory")
        }
        files[name] = bytes
    }

    /// Lines `key=value` in order of the keys.
    private static func properties(
        _ secret: SecretValues,
        _ selected: [(key: String, value: [UInt8])]
    ) throws -> String {
        try selected.map { "\($0.key)=\(try text($0.value, key: $0.key, of: secret))" }.joined(separator: "\n")
    }

    private static func text(_ bytes: [UInt8], key: String, of secret: SecretValues) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw ExecutorError(
                .secretNotText,
                "key '\(key)' of \(secret.resource) is no text, so it can be no variable",
                hint: "use consumptionType: file"
            )
        }
        return text
    }
}
