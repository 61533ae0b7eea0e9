import ArgumentParser

/// The forms in which a command that reads shows its result.
package enum OutputFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// For people.
    case table
    /// For programs; keys sorted, dates in ISO 8601 and UTC.
    case json
    /// The same as YAML.
    case yaml
}
