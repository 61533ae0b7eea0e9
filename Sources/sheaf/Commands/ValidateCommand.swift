import ArgumentParser
import Glibc
import SheafModel
import SheafSystem

/// `sheaf validate`.
struct ValidateCommand: AsyncParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif, github }

    /// The path that stands for standard input.
    private static let standardInput = "-"

    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check manifests, and say what is wrong and how to mend it.",
        discussion: """
            A directory with a bundle.yaml is checked as a bundle, with all files that it names; any other directory by \
            the manifests in it and below. '-' is standard input.

            EXAMPLES
              sheaf validate .
              sheaf validate resources/*.yaml --format json
              sheaf validate . --fix --dry-run
              sheaf validate - --stdin-name bundle.yaml < bundle.yaml
            """
    )

    @Argument(
        help: "Manifests, directories, or - for standard input.",
        completion: .file(extensions: ["yaml", "yml"])
    )
    var paths = ["."]

    @Option(help: "Show the findings as text, as json, as sarif, or as github workflow commands.")
    var format = Format.text

    @Flag(help: "Treat warnings as errors.")
    var strict = false

    @Flag(help: "Make the fixes that cannot change what a manifest means otherwise.")
    var fix = false

    @Flag(help: "With --fix: show the fixes as a diff and write nothing.")
    var dryRun = false

    @Option(help: "How standard input is called in the findings.")
    var stdinName = "<stdin>"

    func validate() throws {
        if dryRun, !fix { throw ValidationError("--dry-run needs --fix") }
        guard fix, paths.contains(Self.standardInput) else { return }
        if paths.count > 1 { throw ValidationError("--fix takes '-' by itself only") }
    }

    func run() async throws {
        let run = ValidationRun(targets: try targets())
        var session = FixSession(run: run, outcomes: try await run.outcomes(of: Array(run.targets.indices)))
        var failures: [any Error] = []
        if fix {
            try await session.fix()
            failures = try await finish(&session)
        }
        let summary = try report(session)
        for case .failure(let error) in session.outcomes { failures.append(error) }
        if let last = failures.last {
            for error in failures.dropLast() { StandardStreams.error.write(ErrorText.render(error, style: errorStyle)) }
            throw last
        }
        if !summary.isValid(strict: strict) { throw ExitCode(ExitStatus.code(for: .invalidInput)) }
    }

    private var terminal: Terminal { .current(environment: CommandContext.environment) }
    private var errorStyle: TextStyle { terminal.errorStyle }

    private func targets() throws -> [ValidationTarget] {
        var seen: Set<ValidationTarget> = []
        return try paths.flatMap { path in
            path == Self.standardInput ? [try textTarget()] : try ValidationTarget.targets(at: path)
        }.filter { seen.insert($0).inserted }
    }

    private func textTarget() throws -> ValidationTarget {
        do {
            let bytes = try WholeFile.read(
                descriptor: STDIN_FILENO,
                named: "standard input",
                limit: ValidationTarget.largestFile
            )
            guard let bytes else { throw SourceError.tooLarge(stdinName) }
            return .text(name: stdinName, bytes: bytes)
        } catch let error as SystemError {
            throw SourceError.unreadable(stdinName, error)
        }
    }

    /// Tells of the fixes, and writes them where they belong.
    ///
    /// - Returns: Why some files could not be written.
    private func finish(_ session: inout FixSession) async throws -> [any Error] {
        let report = FixReport(terminal: terminal, isDryRun: dryRun)
        if dryRun {
            try report.showDiff(of: session)
            report.tell(session)
            return []
        }
        if paths == [Self.standardInput] {
            report.writeText(of: session, named: stdinName)
            report.tell(session)
            return []
        }
        var failures: [any Error] = []
        var kept: Set<String> = []
        for (path, text) in session.texts.sorted(by: { $0.key < $1.key }) {
            do {
                try FixWriter.write(path, from: session.originals[path] ?? [], to: text)
            } catch {
                failures.append(error)
                kept.insert(path)
            }
        }
        try await session.takeBack(kept)
        report.tell(session)
        return failures
    }

    /// Shows what was found, and the summary.
    private func report(_ session: FixSession) throws -> ValidationSummary {
        var summary = ValidationSummary()
        var diagnostics: [Diagnostic] = []
        var sources: [String: [UInt8]] = [:]
        for case .success(let result) in session.outcomes {
            summary.add(result)
            guard !result.diagnostics.isEmpty else { continue }
            diagnostics += result.diagnostics
            // What was not read, or not kept, has no lines to show.
            sources.merge(result.sources.filter { !$0.value.isEmpty }) { first, _ in first }
        }
        // Where the fixed text goes to standard output, programs find the findings on standard error.
        let sink = fix && (dryRun || paths == [Self.standardInput]) ? StandardStreams.error : StandardStreams.output
        switch format {
        case .text: DiagnosticPrinter(terminal: terminal).tell(diagnostics, sources: sources)
        case .json: sink.writeLine(try Rendering.json(diagnostics.map(DiagnosticRecord.init)))
        case .sarif: sink.writeLine(try Rendering.json(DiagnosticSarif(diagnostics, version: SheafVersion.current)))
        case .github: sink.write(DiagnosticAnnotations.render(diagnostics))
        }
        StandardStreams.error.writeLine(summary.line(strict: strict))
        return summary
    }
}
