import ArgumentParser
import FoundationEssentials
import SheafManifest

/// `sheaf explain`.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a key of a manifest: its type, default, allowed values and meaning.",
        discussion: """
            EXAMPLES
              sheaf explain service
              sheaf explain service.ingress.path
              sheaf explain workflow.dag.spec.stackSpec --stack flare
              sheaf explain flare.job.inputs
            """
    )

    @Argument(help: "A kind or a stack, and the way to a key of it, such as workflow.dag.retry.")
    var path: String?

    @Option(help: "The stack whose parameters stand for stackSpec.")
    var stack: String?

    @Flag(help: "Show what is below the keys, too.")
    var recursive = false

    @Option(help: .hidden)
    var writePages: String?

    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard path != nil || writePages != nil else {
            throw ValidationError("say what to explain, such as 'service' or 'service.ingress'")
        }
    }

    func run() throws {
        if let writePages { return try write(to: writePages) }
        let field = try FieldExplainer.explain(path ?? "", stack: stack, isRecursive: recursive)
        try Rendering.show(field, as: format.output) { ExplanationText.render(field, isRecursive: recursive) }
    }

    /// Writes the reference, for `make docs`.
    private func write(to directory: String) throws {
        for page in try ReferencePages.all() {
            let target = URL(filePath: "\(directory)/\(page.path)")
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(page.text.utf8).write(to: target, options: .atomic)
        }
    }
}
