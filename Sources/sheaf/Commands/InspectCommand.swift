import ArgumentParser
import SheafArchive
import SheafModel

/// `sheaf inspect`.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what is in a bundle: name, version, provenance, resources, files, signatures.",
        discussion: """
            EXAMPLES
              sheaf inspect shop-1.2.0.sheaf
              sheaf inspect shop@main --output json
            """
    )

    @OptionGroup var source: SourceOptions
    @OptionGroup var format: OutputOptions

    private struct File: Encodable {
        var path: String
        var size: Int64
    }

    private struct Record: Encodable {
        var name: String
        var version: String
        var digest: String?
        var provenance: Provenance
        var resources: [String]
        var files: [File]
        /// The key ids in the file beside an archive, which 'verify' checks.
        var signatures: [String]?
    }

    func run() throws {
        let record = try record()
        try Rendering.show(record, as: format.output) { text(record) }
    }

    private func record() throws -> Record {
        let source = try source.resolved()
        if case .archive(let path) = source {
            let archive = try CommandContext().openArchive(path)
            return Record(
                name: archive.index.name,
                version: archive.index.version,
                digest: archive.digest.description,
                provenance: archive.provenance,
                resources: archive.bundle.resources.map(\.id.description),
                files: archive.index.members.map { File(path: $0.path, size: $0.size) },
                signatures: try SignatureGate.report(of: archive, at: path, policy: nil).entries.map {
                    $0.keyID ?? "unnamed"
                }
            )
        }
        let loader = ReleaseLoader(context: try CommandContext())
        let loaded = try loader.load(source)
        return Record(
            name: loaded.bundle.name,
            version: loader.version(of: loaded.tree),
            provenance: loaded.tree.provenance,
            resources: loaded.bundle.resources.map(\.id.description),
            files: loaded.tree.members.map { File(path: $0.path.text, size: $0.size) }
        )
    }

    private func text(_ record: Record) -> String {
        let commit = record.provenance.commit.map {
            "\($0)\(record.provenance.dirty ? " with uncommitted changes" : "")"
        }
        var lines = [
            "name      \(record.name)",
            "version   \(record.version)",
            "commit    \(commit ?? "none")",
        ]
        if let tag = record.provenance.tag { lines.append("tag       \(tag)") }
        if let digest = record.digest { lines.append("digest    \(digest)") }
        for key in record.signatures ?? [] { lines.append("signed by \(PrintableText.oneLine(key)) (not checked)") }
        var files = TableText(["size", "file"])
        for file in record.files { files.add([String(file.size), file.path]) }
        return lines.joined(separator: "\n") + "\n\nRESOURCES\n"
            + record.resources.map { "\($0)\n" }.joined() + "\n" + files.render()
    }
}
