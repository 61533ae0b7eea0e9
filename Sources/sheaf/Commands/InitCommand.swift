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
    }

    func run() throws {
        guard let template, !list else { return try showTemplates() }
        let chosen = try TemplateCatalog.template(template)
        let target = directory ?? "."
        let path = target.hasPrefix("/") ? target : "\(FileManager.default.currentDirectoryPath)/\(target)"
        let absolute = URL(filePath: path).standardized.path
        let name = Template.productName(for: absolute)
        try chosen.write(to: absolute, name: name)
        StandardStreams.error.write("Made the data product '\(name)' in \(target). Next: sheaf apply \(target)\n")
    }

    private func showTemplates() throws {
        let rows = TemplateCatalog.all.map { Row(name: $0.name, summary: $0.summary) }
        try Rendering.show(rows, as: format.output) {
            var table = TableText(["name", "summary"])
            for row in rows { table.add([row.name, row.summary]) }
            return table.render()
        }
    }
}
