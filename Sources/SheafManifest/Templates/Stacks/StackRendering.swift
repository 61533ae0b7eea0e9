package import SheafModel

/// What the templates of a stack make for a workload.
package struct StackRendering: Sendable {
    /// File name -> content, for the configuration directory.
    package var files: [String: String] = [:]
    /// `container`, and where there are some `initContainers` and `sidecars`.
    package var containers: JSONValue?
    /// An object of Kubernetes.
    package var resource: JSONValue?
    /// What templates of other names make, by their keys.
    package var others: [String: String] = [:]
    package var diagnostics: [Diagnostic] = []

    package init() {}

    /// The result as one object, with the keys that have a value.
    package var json: JSONValue {
        var members: [String: JSONValue] = [:]
        if !files.isEmpty { members["files"] = .object(files.mapValues(JSONValue.string)) }
        if let containers { members["containers"] = containers }
        if let resource { members["resource"] = resource }
        for (key, text) in others { members[key] = .string(text) }
        return .object(members)
    }
}
