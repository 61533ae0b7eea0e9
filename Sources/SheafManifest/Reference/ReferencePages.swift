/// The reference of the manifest language as Markdown: a page a kind, a page a stack, and an index.
package enum ReferencePages {
    /// The pages by their path in the folder of the reference.
    package static func all(_ reference: SchemaReference = .embedded) -> [String: String] {
        var pages = ["README.md": index(reference.library)]
        for entry in reference.library.entries {
            var page = ReferencePage(reference: reference, entry: entry)
            pages[path(of: entry)] = page.text()
        }
        return pages
    }

    static func path(of entry: SchemaEntry) -> String {
        entry.sort == .kind ? "\(entry.name).md" : "stacks/\(entry.name).md"
    }

    private static func index(_ library: SchemaLibrary) -> String {
        """
        # The manifest language

        What may stand in a manifest, kind by kind. `sheaf explain` shows the same in a terminal, `sheaf schema` hands it to
        [editors](../editors.md). These pages are made from the [schemas](../manifest-schemas.md) by `make docs`.

        ## Kinds

        A manifest says in `type` which kind it is. A resource lives in a workspace or in the whole instance.

        \(table(
            ["Kind", "Lives in", "Version", "What it is"],
            library.kinds.map {
                [link($0), $0.level ?? "", $0.versions.first.map { "`\($0)`" } ?? "", cell($0.summary)]
            }
        ))
        ## Stacks

        A service, a worker or a job of a workflow names its runtime in `stack`, as `name[+flavor][:version]`, and gives it
        parameters in `stackSpec`.

        \(table(
            ["Stack", "Runs in", "Named as", "What it does"],
            library.stacks.map {
                [link($0), $0.runsIn.joined(separator: ", "), "`\($0.exampleName)`", cell($0.summary)]
            }
        ))
        """
    }

    private static func link(_ entry: SchemaEntry) -> String { "[\(entry.name)](\(path(of: entry)))" }

    // MARK: Markdown

    /// A table, with the end of its last line and an empty line.
    static func table(_ headings: [String], _ rows: [[String]]) -> String {
        let lines = [headings, headings.map { _ in "---" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }

    /// A text as the cell of a table takes it.
    static func cell(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("<", with: "&lt;")
            .replacing("*", with: "\\*").replacing("_", with: "\\_")
    }

    /// A text as code in the cell of a table.
    static func code(_ text: String) -> String { "`\(text.replacing("|", with: "\\|"))`" }
}
