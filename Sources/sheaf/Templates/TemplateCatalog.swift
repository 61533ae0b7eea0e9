/// The scaffolds that are built into the program.
package enum TemplateCatalog {
    /// All of them, by name.
    package static var all: [Template] { [.dataProduct] }

    /// The template with a name.
    ///
    /// - Throws: `TemplateError` when there is none.
    package static func template(_ name: String) throws -> Template {
        guard let template = all.first(where: { $0.name == name }) else { throw TemplateError.unknown(name) }
        return template
    }
}
