import FoundationEssentials
import sheaf

/// The folder `templates/NAME`, and the Swift source that embeds it.
struct EmbeddedTemplateSource {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    let name: String

    /// The files of the folder, by path.
    func files() throws -> [Template.File] {
        let folder = "\(Self.root)/templates/\(name)"
        return try Self.paths(below: folder).sorted().map { path in
            let text = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
            let isExecutable = FileManager.default.isExecutableFile(atPath: "\(folder)/\(path)")
            return Template.File(path: path, text: text, isExecutable: isExecutable)
        }
    }

    /// Writes the Swift file that embeds the folder.
    func update(summary: String, identifier: String, file: String) throws {
        let source = Self.source(name: name, summary: summary, identifier: identifier, files: try files())
        try source.write(toFile: "\(Self.root)/Sources/sheaf/Templates/\(file)", atomically: true, encoding: .utf8)
    }

    private static func source(name: String, summary: String, identifier: String, files: [Template.File]) -> String {
        let literals = files.map { file in
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.isEmpty ? "" : "                    \($0)" }
            return """
                            File(
                                path: "\(file.path)",
                                text: ##\"""
                \(lines.joined(separator: "\n"))
                                    \"""##,
                                isExecutable: \(file.isExecutable)
                            ),
                """
        }
        return """
            extension Template {
                /// The scaffold in `templates/\(name)`, embedded.
                ///
                /// That folder is what people edit;
                /// `SHEAF_UPDATE_GOLDEN=1 swift test --filter TemplateCatalogTests` copies it here.
                package static let \(identifier) = Template(
                    name: "\(name)",
                    summary: "\(summary)",
                    files: [
            \(literals.joined(separator: "\n"))
                    ]
                )
            }

            """
    }

    private static func paths(below folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter { path in
            var isDirectory = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isDirectory)
                && !isDirectory
        }
    }
}
