/// The arguments of a connection that belong to its plugin, and the surroundings of the service.
package struct PluginArguments: Sendable {
    /// Attributes by name, without those that every connection has.
    package var attributes: [String: HclAttribute]
    /// The file they stand in, for messages.
    package var file: String
    /// What relative paths start at.
    package var folder: String
    /// The variables of the service that plugins may see.
    package var environment: [String: String]
    package var log: ServiceLog

    /// A list of strings; nil when it is absent, null, or empty of meaning.
    package func texts(_ name: String) throws -> [String]? {
        guard let attribute = attributes[name], attribute.value != .null else { return nil }
        guard let texts = attribute.value.texts else { throw wrong(attribute, "a list of strings") }
        return texts
    }

    /// A string; nil when it is absent or null.
    package func text(_ name: String) throws -> String? {
        guard let attribute = attributes[name], attribute.value != .null else { return nil }
        guard let text = attribute.value.text else { throw wrong(attribute, "a string") }
        return text
    }

    /// - Throws: `HclError` for the first attribute that is not among the known ones.
    package func allow(_ known: Set<String>) throws {
        for attribute in attributes.values.sorted(by: { $0.position < $1.position })
        where !known.contains(attribute.name) {
            throw HclError(
                file: file,
                position: attribute.position,
                message: "unknown argument '\(attribute.name)'; known are \(known.sorted().joined(separator: ", "))"
            )
        }
    }

    /// Replaces `~` at the start of a path, and makes the path absolute.
    package func path(_ path: String) -> String {
        if let home = environment["HOME"], path == "~" || path.hasPrefix("~/") { return home + path.dropFirst() }
        return Folder.absolute(path, in: folder)
    }

    private func wrong(_ attribute: HclAttribute, _ what: String) -> HclError {
        HclError(
            file: file,
            position: attribute.valuePosition,
            message: "'\(attribute.name)' must be \(what), not \(attribute.value.kind)"
        )
    }
}
