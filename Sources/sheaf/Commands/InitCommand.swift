import ArgumentParser
import FoundationEssentials

/// `sheaf init`.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a new data product from a template.",
        discussion: """
            EXAMPLES
              sheaf init --list
              sheaf init data-product shop
              sheaf init dbt-project marts
            """
    )

    @Argument(help: "The template; --list shows them.")
    var template: String?

    @Argument(help: "The directory to make; its name becomes the product's.", completion: .directory)
    var directory: String?

    @Flag(help: "List the templates.")
    var list = false

    @OptionGroup var format: OutputOptions

    private struct Row: Encodable {
        var name: String
        var summary: String
        var needs: String?
    }

    func run() throws {
        guard let template, !list else { return try showTemplates() }
        let chosen = try TemplateCatalog.template(template)
        let target = directory ?? "."
        let path = target.hasPrefix("/") ? target : "\(FileManager.default.currentDirectoryPath)/\(target)"
        let absolute = URL(filePath: path).standardized.path
        let name = Template.productName(for: absolute)
        try chosen.write(to: absolute, name: name, schemas: .current)
        StandardStreams.error.write(Self.nextSteps(chosen, name: name, target: target))
    }

    /// What was made, and what to do with it.
    private static func nextSteps(_ template: Template, name: String, target: String) -> String {
        let needs = template.needs.map { "It needs \($0); 'sheaf doctor' says what this machine can run.\n" } ?? ""
        let enter = target == "." ? "" : "  cd \(quoted(target))\n"
        return """
            Made '\(name)' from the template \(template.name) in \(target); README.md says what it is.
            \(needs)Next:
            \(enter)  sheaf validate
              sheaf plan
              sheaf apply

            """
    }

    /// A path as a shell takes it.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+~".contains($0) }
        return isPlain ? path : "'\(path.replacing("'", with: "'\\''"))'"
    }

    private func showTemplates() throws {
        let rows = TemplateCatalog.all.map { Row(name: $0.name, summary: $0.summary, needs: $0.needs) }
        try Rendering.show(rows, as: format.output) {
            var table = TableText(["name", "summary", "needs"])
            for row in rows { table.add([row.name, row.summary, row.needs]) }
            return table.render()
        }
    }
}
