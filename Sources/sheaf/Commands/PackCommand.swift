import ArgumentParser
import SheafArchive
import SheafModel

/// `sheaf pack`.
struct PackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Pack a bundle of a git repository into an archive.",
        discussion: """
            Equal commits give equal bytes, on any machine. The digest is printed on standard output.

            EXAMPLES
              sheaf pack shop
              sheaf pack shop --ref v1.2.0 -o shop.sheaf
              sheaf pack shop --worktree
            """
    )

    @Argument(help: "The bundle's directory.", completion: .directory)
    var directory = "."

    @Option(name: .customLong("ref"), help: "The git revision to pack (default: HEAD).")
    var revision: String?

    @Flag(help: "Pack the files as they are, committed or not.")
    var worktree = false

    @Option(help: "The version of the release (default: from the nearest git tag).")
    var bundleVersion: String?

    @Option(name: .customShort("o"), help: "The archive to write (default: NAME-VERSION.sheaf).", completion: .file())
    var file: String?

    @Option(name: [.customShort("f"), .customLong("file")], help: "The bundle's manifest, relative to the directory.")
    var manifest: String?

    @Flag(help: "Treat warnings as errors.")
    var strict = false

    @OptionGroup var format: LongOutputOptions

    private struct Record: Encodable {
        var name: String
        var version: String
        var digest: String
        var size: Int
        var file: String
    }

    func validate() throws {
        guard !worktree || revision == nil else { throw ValidationError("--worktree and --ref exclude each other") }
    }

    func run() async throws {
        let context = try CommandContext()
        let loader = ReleaseLoader(context: context)
        let name = manifest ?? BundleSource.defaultManifest
        let source: BundleSource =
            worktree
            ? .directory(directory, manifest: name)
            : .revision(directory: directory, revision: revision ?? "HEAD", manifest: name)
        let loaded = try loader.load(source)
        // Without the lines that they are about: those hold the secrets, and this may be the log of a build.
        DiagnosticPrinter(terminal: context.terminal).tell(loaded.literalSecrets, sources: [:])
        if strict { try refuseWarnings(loaded.warnings + loaded.literalSecrets) }
        guard let version = bundleVersion ?? loaded.tree.version ?? (worktree ? "0.0.0" : nil) else {
            throw UsageError(
                "the version of '\(loaded.bundle.name)' cannot be told from this repository's tags",
                hint: "name it with --bundle-version"
            )
        }
        let progress = ProgressLine(to: StandardStreams.error, terminal: context.terminal)
        let target = file ?? "\(loaded.bundle.name)-\(version).sheaf"
        let folder = target.lastIndex(of: "/").map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
        let packed = try await progress.during("packing") {
            try loader.pack(loaded, version: version, for: folder)
        }
        let size = packed.size
        try packed.write(to: target)
        if let trouble = packed.cacheTrouble {
            StandardStreams.error.write("note: nothing is kept for a quicker next pack in \(trouble)\n")
        }
        let record = Record(
            name: loaded.bundle.name,
            version: version,
            digest: packed.digest.description,
            size: Int(size),
            file: target
        )
        try Rendering.show(record, as: format.output) { "\(record.digest)  \(target)\n" }
    }

    /// - Throws: `DiagnosticsError` that counts the warnings as errors.
    private func refuseWarnings(_ warnings: [Diagnostic]) throws {
        guard !warnings.isEmpty else { return }
        throw DiagnosticsError(
            warnings.map { warning in
                var error = warning
                error.severity = .error
                return error
            }
        )
    }
}
