package import SheafManifest
import SheafModel

/// A field of a manifest as `explain --output json` shows it.
package struct FieldRecord: Encodable {
    struct Spelling: Encodable {
        var name: String
        var notice: String
    }

    /// What is known of a whole kind or stack.
    struct Root: Encodable {
        var sort: String
        var title: String
        var level: String?
        var versions: [String]
        var otherVersions: [String]
        var otherNames: [String]
        var runsIn: [String]?
    }

    var path: String
    var name: String
    var type: String
    var required: Bool
    var summary: String
    var `default`: JSONValue?
    var values: [String]?
    var limits: String?
    var examples: [String]?
    var spellings: [Spelling]?
    var refersTo: [String]?
    var remarks: [String]?
    var secret: Bool?
    var deprecated: Bool?
    var instead: String?
    var root: Root?
    var fields: [FieldRecord]?

    /// Takes what is known of a field and of those below it; what is not known is left out.
    package init(_ tree: FieldTree) {
        let field = tree.field
        path = field.path
        name = field.name
        type = field.type
        required = field.isRequired
        summary = field.summary
        self.default = field.defaultValue
        values = Self.some(field.choices)
        limits = field.limits
        examples = Self.some(field.examples)
        spellings = Self.some(field.spellings.map { Spelling(name: $0.name, notice: $0.notice) })
        refersTo = Self.some(field.references)
        remarks = Self.some(field.remarks)
        secret = field.isSecret ? true : nil
        deprecated = field.isDeprecated ? true : nil
        instead = field.instead
        root = tree.entry.map { entry in
            Root(
                sort: entry.sort.rawValue,
                title: entry.title,
                level: entry.level,
                versions: entry.versions,
                otherVersions: entry.otherVersions,
                otherNames: entry.spellings,
                runsIn: entry.sort == .stack ? entry.runsIn : nil
            )
        }
        fields = Self.some(tree.children.map(FieldRecord.init))
    }

    private static func some<Element>(_ elements: [Element]) -> [Element]? { elements.isEmpty ? nil : elements }
}
