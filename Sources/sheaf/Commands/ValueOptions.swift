import ArgumentParser
import SheafManifest
import SheafStore

/// What the expressions of a bundle are filled in with.
struct ValueOptions: ParsableArguments {
    @Option(
        name: [.customShort("e"), .long],
        help: "The environment: take the values of environments/NAME.yaml too."
    )
    var environment: String?

    @Option(
        name: .customLong("values"),
        help: "A file of values, above those of the bundle; may be given several times.",
        completion: .file(extensions: ["yaml", "yml"])
    )
    var files: [String] = []

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "One value, above all files: PATH=VALUE, such as image.tag=1.2; may be given several times.",
            valueName: "path=value"
        )
    )
    var settings: [String] = []

    @Option(
        name: .customLong("set-string"),
        help: ArgumentHelp("As --set, and the value is a text whatever it looks like.", valueName: "path=text")
    )
    var texts: [String] = []

    @Option(
        name: .customLong("secrets"),
        help: "A file with the values of secrets, which only you may read.",
        completion: .file(extensions: ["yaml", "yml"])
    )
    var secrets: String?

    @Flag(
        name: .customLong("disable-interpolation"),
        help: "Leave $NAME and ${NAME} alone; ${{ … }} is filled in all the same."
    )
    var disableInterpolation = false

    func validate() throws {
        if let environment, environment.contains("/") || environment.isEmpty || environment.hasPrefix(".") {
            throw ValidationError("--environment takes the name of a file in environments/, without '.yaml'")
        }
        for text in settings + texts where ValueSetting(text) == nil {
            let path = text.prefix { $0 != "=" }
            throw ValidationError("'\(path)' is no setting: write PATH=VALUE, such as image.tag=1.2")
        }
    }

    /// Whether any value was given, so that expressions are to be filled in.
    var areGiven: Bool { environment != nil || !files.isEmpty || !settings.isEmpty || !texts.isEmpty || secrets != nil }

    /// Reads the files that the options name.
    ///
    /// - Throws: `SourceError` for a file that is missing or that others can read, `DiagnosticsError` for secrets that
    ///   are none.
    func read(in context: CommandContext) throws -> GivenValues {
        let files = try files.map { ValueRequest.File(name: $0, bytes: try ReadableFile.contents(of: $0)) }
        let given = settings.map { ValueSetting($0) } + texts.map { ValueSetting($0, isText: true) }
        return GivenValues(
            environment: environment,
            files: files,
            settings: given.compactMap(\.self),
            variables: disableInterpolation ? nil : context.environment,
            secrets: try GivenSecrets.sources(
                file: secrets,
                environment: context.environment,
                stored: StoredSecrets(keys: context.keys) { [home = context.home] in try Store.openExisting(home: home)
                }
            )
        )
    }
}
