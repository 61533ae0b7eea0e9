/// What is known of a kind of manifest, or of a stack, beside its fields.
package struct SchemaEntry: Sendable, Hashable {
    package enum Sort: String, Sendable { case kind, stack }

    package let sort: Sort
    /// The value of `type`, or the name of the stack.
    package let name: String
    package let title: String
    /// One sentence.
    package let summary: String
    /// The versions to write, the preferred one first.
    package let versions: [String]

    // MARK: Kinds

    /// `workspace` or `instance`; nil for stacks.
    package let level: String?
    /// Versions that are accepted with a note or a warning.
    package let otherVersions: [String]
    /// Other values of `type`, or other names of the stack, that are accepted.
    package let spellings: [String]
    /// The key of the kind's own section; nil for stacks.
    package let section: String?
    let sectionSpellings: [OrderedJSON]
    package let isRunnable: Bool
    package let isDeployable: Bool

    // MARK: Stacks

    /// What may stand before `:` and `+` in the value of `stack`.
    package let stackNames: [String]
    package let flavors: [String]
    /// The kinds that a stack runs in.
    package let runsIn: [String]
    /// What to use in place of a stack that is going away.
    package let instead: String?
    /// Whether what the schema of a stack refuses is only a warning.
    let isDoubtful: Bool

    /// The file of the schema, such as `service.yaml`.
    let file: String

    /// Reads what a file says of itself; nil for a file that is neither a kind nor a stack.
    init?(file: String, schema: OrderedJSON) {
        guard let facts = schema["x-kind"] ?? schema["x-stack"] else { return nil }
        let isKind = schema["x-kind"] != nil
        self.file = file
        sort = isKind ? .kind : .stack
        let base = file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file
        name = facts["type"]?.text ?? base
        title = schema["title"]?.text ?? name
        summary = schema["description"]?.text ?? ""
        versions = facts["versions"]?.texts ?? []
        level = facts["level"]?.text
        otherVersions = (facts["notedVersions"]?.texts ?? []) + (facts["oldVersions"]?.texts ?? [])
        let names = facts["names"]?.texts ?? []
        let aliases = facts["aliases"]?.elements.compactMap { $0["name"]?.text } ?? []
        spellings = facts["typeSpellings"]?.texts ?? names.filter { $0 != base } + aliases
        section = facts["section"]?.text
        sectionSpellings = facts["sectionSpellings"]?.elements ?? []
        isRunnable = facts["runnable"]?.isTrue ?? false
        isDeployable = facts["deployable"]?.isTrue ?? false
        stackNames = isKind ? [] : (names.isEmpty ? [base] : names) + aliases
        flavors = facts["flavors"]?.texts ?? []
        runsIn = facts["runsIn"]?.texts ?? []
        instead = facts["deprecated"]?.text
        isDoubtful = facts["severity"]?.text == "warning"
    }
}
