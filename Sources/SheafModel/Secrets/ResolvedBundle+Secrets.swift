extension JSONValue {
    /// The same value with every text replaced by what a closure makes of it; keys stay.
    package func mapTexts(_ transform: (String) throws -> String) rethrows -> JSONValue {
        switch self {
        case .string(let text): .string(try transform(text))
        case .array(let elements): .array(try elements.map { try $0.mapTexts(transform) })
        case .object(let members): .object(try members.mapValues { try $0.mapTexts(transform) })
        case .null, .bool, .integer, .number: self
        }
    }

    /// Whether a text in it satisfies a condition; keys do not count.
    package func containsText(where condition: (String) -> Bool) -> Bool {
        switch self {
        case .string(let text): condition(text)
        case .array(let elements): elements.contains { $0.containsText(where: condition) }
        case .object(let members): members.values.contains { $0.containsText(where: condition) }
        case .null, .bool, .integer, .number: false
        }
    }

    /// All texts in it, but for the keys.
    package var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.texts)
        case .object(let members): members.values.flatMap(\.texts)
        case .null, .bool, .integer, .number: []
        }
    }

    /// Whether a sealed secret stands anywhere in it.
    package var holdsSealedSecret: Bool { containsText(where: SealedSecret.occurs) }
}

extension ResolvedBundle {
    /// The same bundle with every text of its manifests replaced by what a closure makes of it.
    package func mapTexts(_ transform: (String) throws -> String) rethrows -> ResolvedBundle {
        var bundle = self
        bundle.manifest = try manifest.mapTexts(transform)
        bundle.resources = try resources.map { resource in
            var resource = resource
            resource.manifest = try resource.manifest.mapTexts(transform)
            return resource
        }
        return bundle
    }

    /// Whether an expression for a secret stands in one of its manifests.
    package var holdsSecretReference: Bool {
        manifest.containsText(where: SecretReference.occurs)
            || resources.contains { $0.manifest.containsText(where: SecretReference.occurs) }
    }

    /// The bundle as people may see it: `•••` for every secret.
    package var masked: ResolvedBundle {
        mapTexts { text in
            SealedSecret.replace(in: SecretReference.replace(in: text) { _ in SecretText.mask }) { _ in
                SecretText.mask
            }
        }
    }
}
