package import SheafModel

/// A stack as its manifest defines it: what workloads call it, and its templates.
package struct StackDefinition: Sendable {
    /// What a template makes, told by the name of its key.
    package enum Role: Hashable, Sendable {
        /// `configFileTemplate`: files for the configuration directory.
        case files
        /// `containerResourceTemplate`: what runs, in place of the one container that the stack's image makes.
        case containers
        /// `resourceTemplate`: a whole object of Kubernetes.
        case resource
        /// Any other key that ends in `Template`.
        case other
    }

    /// One template of a stack.
    package struct Template: Sendable {
        /// The section that it is for: `serviceConfig`, `workerConfig` or `workflowJobConfig`.
        package var config: String
        package var key: String
        package var text: String
        /// Where it stands in a manifest; nil where the manifest's text is not at hand.
        package var place: TemplatePlace?

        package var role: Role {
            switch key.lowercased() {
            case "configfiletemplate": .files
            // The documentation has the second spelling as well.
            case "containerresourcetemplate", "conatinerresourcetemplate": .containers
            case "resourcetemplate": .resource
            default: .other
            }
        }
    }

    package var name: String
    package var flavor: String?
    package var version: String
    /// The manifest's `stack` section.
    package var section: JSONValue
    package var templates: [Template]

    /// Reads a stack's section without places.
    package init(section: JSONValue, templates: [Template]? = nil) {
        name = section["name"]?.scalarText ?? ""
        flavor = section["flavor"]?.scalarText
        version = section["version"]?.scalarText ?? ""
        self.section = section
        self.templates = templates ?? Self.templates(in: section)
    }

    /// Reads a stack's section with the places of its templates.
    ///
    /// - Parameters:
    ///   - section: The value of the manifest's `stack` key.
    ///   - source: The bytes of the file that the section is of.
    package init(section: ManifestNode, source: [UInt8]) {
        self.init(section: section.json, templates: Self.templates(in: section, source: source))
    }

    // MARK: Templates

    /// All templates below a section, in the order of the text.
    static func templates(in section: ManifestNode, source: [UInt8]) -> [Template] {
        var found: [Template] = []
        for entry in section.entries ?? [] where entry.key != "stackSpecValueSchema" {
            collect(entry, config: entry.key, source, &found)
        }
        return found
    }

    private static func collect(
        _ entry: ManifestNode.Entry,
        config: String,
        _ source: [UInt8],
        _ found: inout [Template]
    ) {
        if isTemplate(entry.key), let text = entry.value.text {
            let place = TemplatePlace(span: entry.value.span, source: source)
            found.append(Template(config: config, key: entry.key, text: text, place: place))
        }
        for inner in entry.value.entries ?? [] { collect(inner, config: config, source, &found) }
    }

    private static func templates(in section: JSONValue) -> [Template] {
        var found: [Template] = []
        for (key, value) in (section.objectValue ?? [:]).sorted(by: { $0.key < $1.key })
        where key != "stackSpecValueSchema" {
            collect(key, value, config: key, &found)
        }
        return found
    }

    private static func collect(_ key: String, _ value: JSONValue, config: String, _ found: inout [Template]) {
        if isTemplate(key), let text = value.stringValue {
            found.append(Template(config: config, key: key, text: text, place: nil))
        }
        for (inner, value) in (value.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            collect(inner, value, config: config, &found)
        }
    }

    private static func isTemplate(_ key: String) -> Bool { key.lowercased().hasSuffix("template") }
}
