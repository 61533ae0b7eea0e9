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
              sheaf pack shop.git/bundles/shop --ref main --bundle-version 1.3.0
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

    @Flag(help: "Pack all submodules, not only those that .gitattributes declares.")
    var submodules = false

    @Flag(name: .customLong("allow-lfs-pointers"), help: "Pack pointers of git LFS, not what they stand for.")
    var allowsPointers = false

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
        let options = SourceChoices(takesSubmodules: submodules, keepsPointers: allowsPointers)
        let loaded = try loader.load(source, options: options)
        // Without the lines that they are about: those hold the secrets, and this may be the log of a build.
        let warnings = loaded.literalSecrets + self.warnings(of: loaded.tree.largeFiles)
        DiagnosticPrinter(terminal: context.terminal).tell(warnings, sources: [:])
        if strict { try refuseWarnings(loaded.warnings + warnings) }
        guard let version = bundleVersion ?? loaded.tree.version ?? (worktree ? "0.0.0" : nil) else {
            throw UsageError(
                "the version of '\(loaded.bundle.name)' cannot be told: a shallow clone does not have the tags before",
                hint: "run 'git fetch --unshallow --tags', or name it with --bundle-version"
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

    /// What is packed without its content, because that was allowed.
    private func warnings(of files: LargeFiles) -> [Diagnostic] {
        files.pointers.map { path in
            Diagnostic(
                code: "archive.lfs-pointer",
                severity: .warning,
                message: "'\(path)' is packed as a pointer of git LFS, without the content that it stands for",
                help: "run 'git lfs fetch' and leave out --allow-lfs-pointers"
            )
        }
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
