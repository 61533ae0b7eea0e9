import FoundationEssentials
import Glibc
import SheafArchive
import SheafManifest
import SheafModel

/// What the user gave to fill in a bundle's expressions, read and ready.
struct GivenValues {
    var environment: String?
    var files: [ValueRequest.File]
    var settings: [ValueSetting]
    /// Nil leaves `$NAME` alone.
    var variables: [String: String]?
    var secrets: any SecretSource
    /// Whether every secret must be there.
    var needsSecrets = true

    /// The same for a command that shows no secret and makes nothing live.
    var withoutNeedOfSecrets: GivenValues {
        var values = self
        values.needsSecrets = false
        return values
    }

    /// Joins what was given with what the source itself determines.
    func request(version: String, provenance: Provenance) -> ValueRequest {
        ValueRequest(
            environment: environment,
            files: files,
            settings: settings,
            variables: variables,
            secrets: secrets,
            needsSecrets: needsSecrets,
            version: version,
            provenance: provenance
        )
    }
}

/// The secrets that a command gets: of a file first, then of the environment, then of the store.
enum GivenSecrets {
    /// `rwx` for others than the owner.
    private static let foreignBits: mode_t = 0o077

    /// - Throws: `SourceError` when others can read the file, or it cannot be read; `DiagnosticsError` when it is none.
    static func sources(
        file: String?,
        environment: [String: String],
        stored: StoredSecrets
    ) throws -> any SecretSource {
        let variables = SecretVariables(environment)
        guard let file else { return SecretSources([variables, stored]) }
        var status = stat()
        guard stat(file, &status) == 0 else { throw SourceError.missing(file) }
        // A pipe or a terminal is read by whoever holds it, whatever its mode says.
        guard status.st_mode & S_IFMT != S_IFREG || status.st_mode & foreignBits == 0 else {
            throw SourceError(
                code: "values.secrets-readable",
                message: "others than you can read the secrets in '\(file)'",
                hint: "chmod 600 \(file)"
            )
        }
        return SecretSources([try secrets(in: file), variables, stored])
    }

    private static func secrets(in file: String) throws -> SecretFile {
        let bytes = try ReadableFile.contents(of: file)
        do {
            return try SecretFile(bytes, file: file)
        } catch let error as DiagnosticsError {
            // Told without the lines that they are about.
            DiagnosticPrinter(terminal: .current(environment: CommandContext.environment))
                .tell(error.diagnostics, sources: [:])
            throw error
        }
    }
}
