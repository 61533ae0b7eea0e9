import ArgumentParser
import FoundationEssentials
import SheafManifest
import SheafModel

/// `sheaf validate`.
struct ValidateCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check manifests, and say what is wrong and how to mend it.",
        discussion: """
            A directory with a bundle.yaml is checked as a bundle, with all files that it names; any other directory by
            the manifests in it.

            EXAMPLES
              sheaf validate .
              sheaf validate resources/*.yaml --format json
            """
    )

    @Argument(help: "Manifests, or directories with a bundle.yaml.", completion: .file(extensions: ["yaml", "yml"]))
    var paths = ["."]

    @Option(help: "Show the findings as text or as json.")
    var format = Format.text

    @Flag(help: "Treat warnings as errors.")
    var strict = false

    func run() throws {
        var diagnostics: [Diagnostic] = []
        var sources: [String: [UInt8]] = [:]
        for path in paths { try check(path, &diagnostics, &sources) }
        switch format {
        case .text:
            DiagnosticPrinter(terminal: .current(environment: CommandContext.environment))
                .tell(diagnostics, sources: sources)
        case .json:
            StandardStreams.output.write(try Rendering.json(diagnostics.map(DiagnosticRecord.init)) + "\n")
        }
        let errors = diagnostics.count { $0.severity == .error }
        let warnings = diagnostics.count { $0.severity == .warning }
        if format == .text {
            let verdict = errors == 0 && (warnings == 0 || !strict) ? "valid" : "not valid"
            let counts =
                "\(errors) \(errors == 1 ? "error" : "errors"), \(warnings) \(warnings == 1 ? "warning" : "warnings")"
            StandardStreams.error.write("\(verdict): \(counts)\n")
        }
        if errors > 0 || (strict && warnings > 0) { throw ExitCode(ExitStatus.code(for: .invalidInput)) }
    }

    private func check(
        _ path: String,
        _ diagnostics: inout [Diagnostic],
        _ sources: inout [String: [UInt8]]
    ) throws {
        let manager = FileManager.default
        var isDirectory = false
        guard manager.fileExists(atPath: path, isDirectory: &isDirectory) else { throw SourceError.missing(path) }
        let manifest = "\(path)/\(BundleSource.defaultManifest)"
        if isDirectory, manager.fileExists(atPath: manifest) {
            let resolution = try BundleResolver(files: BundleSource(path).open()).resolve()
            diagnostics += resolution.diagnostics
            sources.merge(resolution.sources) { first, _ in first }
            return
        }
        let files = isDirectory ? try manifests(below: path) : [path]
        for file in files {
            let bytes = Array(try ReadableFile.contents(of: file))
            diagnostics += ManifestValidator.validate(bytes, file: file).inFileOrder
            sources[file] = bytes
        }
    }

    private func manifests(below directory: String) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: directory)
        return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted().map { "\(directory)/\($0)" }
    }
}

/// Files that a user named.
enum ReadableFile {
    /// - Throws: `SourceError` that says why the file cannot be read.
    static func contents(of path: String) throws -> Data {
        do {
            return try Data(contentsOf: URL(filePath: path))
        } catch {
            let isThere = FileManager.default.fileExists(atPath: path)
            guard isThere else { throw SourceError.missing(path) }
            throw SourceError(
                code: "source.unreadable",
                message: "'\(path)' cannot be read",
                hint: "check that it is a file and that you may read it"
            )
        }
    }
}
