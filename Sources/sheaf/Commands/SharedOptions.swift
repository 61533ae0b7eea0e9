import ArgumentParser
import SheafEngine

/// The options of every command that shows a result.
struct OutputOptions: ParsableArguments {
    @Option(name: [.customShort("o"), .long], help: "Show the result as a table, as json or as yaml.")
    var output = OutputFormat.table
}

/// How a command that changes something tells of it.
struct EventOptions: ParsableArguments {
    enum Form: String, ExpressibleByArgument, CaseIterable {
        /// Lines for people, on standard error.
        case text
        /// One JSON event a line, on standard output.
        case json
    }

    @Option(name: [.customShort("o"), .long], help: "Tell of what happens as text, or as one json event a line.")
    var output = Form.text
}

/// The options of a command whose `-o` names a file.
struct LongOutputOptions: ParsableArguments {
    @Option(name: .long, help: "Show the result as a table, as json or as yaml.")
    var output = OutputFormat.table
}

/// Where a bundle is.
struct SourceOptions: ParsableArguments {
    @Argument(
        help: "A directory with bundle.yaml, a manifest file, an archive, or DIRECTORY@REVISION.",
        completion: .file()
    )
    var source = "."

    @Option(name: [.customShort("f"), .customLong("file")], help: "The bundle's manifest, relative to the directory.")
    var manifest: String?

    func resolved() throws -> BundleSource { try BundleSource(source, manifest: manifest) }
}

/// What may be taken over.
struct AdoptionOptions: ParsableArguments {
    @Flag(help: "Take over what is there already and belongs to no bundle, such as the data of a volume.")
    var adopt = false
}

/// How long and how wide an operation may go.
struct OperationArguments: ParsableArguments {
    @Option(help: "Give up when not everything is ready after this time, such as 30s, 10m or 1h30m.")
    var timeout = DurationArgument(.seconds(600))

    @Option(
        name: .customLong("resource-timeout"),
        help: "Give up when one resource is not ready after this time, counted from its own start."
    )
    var resourceTimeout: DurationArgument?

    @Option(help: "How many resources are worked on at once.")
    var parallelism = OperationOptions.standardParallelism

    @Option(help: "Why, in your words; shown by history.")
    var message: String?

    @Flag(help: "Keep all files of what fails for a look, not only its logs.")
    var keepFailed = false

    /// What they ask for.
    var options: OperationOptions {
        OperationOptions(
            timeout: timeout.value,
            resourceTimeout: resourceTimeout?.value,
            parallelism: parallelism,
            keepsFailed: keepFailed,
            message: message
        )
    }

    func validate() throws {
        guard parallelism > 0 else { throw ValidationError("--parallelism must be at least 1") }
    }
}
