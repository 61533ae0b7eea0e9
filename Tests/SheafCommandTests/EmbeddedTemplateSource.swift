import FoundationEssentials
import sheaf

/// The folder `templates`, and the C source that embeds its files.
enum EmbeddedTemplateSource {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    static let path = "\(root)/Sources/CTemplates/CTemplates.c"
    private static let folder = "\(root)/templates"

    /// The names of all templates, sorted.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// The files of one template, by path.
    static func files(of name: String) throws -> [Template.File] {
        try paths(of: name).map { path in
            let file = "\(folder)/\(name)/\(path)"
            return Template.File(
                path: path,
                text: try String(contentsOfFile: file, encoding: .utf8),
                isExecutable: FileManager.default.isExecutableFile(atPath: file)
            )
        }
    }

    /// The text that the C source should have.
    static func text() throws -> String {
        var arrays = ""
        var rows = ""
        for name in try names() {
            for path in try paths(of: name) {
                let symbol = "\(name)/\(path)".map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
                let isExecutable = FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)/\(path)")
                arrays += "static const unsigned char \(symbol)[] = {\n#embed \"../../templates/\(name)/\(path)\"\n};\n"
                rows += "    {\"\(name)\", \"\(path)\", \(symbol), sizeof \(symbol), \(isExecutable)},\n"
            }
        }
        return """
            // Made by 'SHEAF_UPDATE_GOLDEN=1 swift test --filter TemplateCatalogTests' when files come or go; what is in them is
            // read when this is compiled.
            #include "CTemplates.h"
            #pragma clang diagnostic ignored "-Wc23-extensions"

            \(arrays)
            static const struct sheaf_template_file files[] = {
            \(rows)};

            const struct sheaf_template_file *sheaf_template_file(size_t number) {
                return number < sizeof files / sizeof *files ? &files[number] : NULL;
            }

            """
    }

    /// What editors are told and what people leave behind is no part of a template.
    private static func paths(of name: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(name)").filter { path in
            var isDirectory = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(name)/\(path)", isDirectory: &isDirectory)
                && !isDirectory && !path.hasPrefix(".sheaf/")
        }.sorted()
    }
}
