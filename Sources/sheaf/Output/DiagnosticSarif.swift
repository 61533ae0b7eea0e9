import SheafManifest
package import SheafModel

/// Findings as a log in SARIF 2.1.0, the format of static analysis results that code hosts and editors read.
package struct DiagnosticSarif: Encodable, Sendable {
    private enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case version, runs
    }

    private let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    private let version = "2.1.0"
    private let runs: [SarifRun]

    /// Makes the log of one run.
    ///
    /// - Parameters:
    ///   - diagnostics: All findings, in file order; none is a run that found nothing.
    ///   - version: The version of this program.
    package init(_ diagnostics: [Diagnostic], version: String) {
        let codes = Set(diagnostics.map(\.code)).sorted()
        let indices = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
        let driver = SarifDriver(name: "sheaf", version: version, rules: codes.map(SarifRule.init))
        runs = [
            SarifRun(
                tool: .init(driver: driver),
                // Spans count Unicode scalars.
                columnKind: "unicodeCodePoints",
                results: diagnostics.map { SarifResult($0, ruleIndex: indices[$0.code]) }
            )
        ]
    }
}

private struct SarifRun: Encodable {
    struct Tool: Encodable {
        var driver: SarifDriver
    }

    var tool: Tool
    var columnKind: String
    var results: [SarifResult]
}

private struct SarifDriver: Encodable {
    var name: String
    var version: String
    var rules: [SarifRule]
}

private struct SarifText: Encodable {
    var text: String
}

private struct SarifRule: Encodable {
    struct Configuration: Encodable {
        var level: String
    }

    /// The page that explains every code; it has no address of its own yet, so it is named.
    private static let page = "urn:sheaf:docs:diagnostics.md"

    var id: String
    var shortDescription: SarifText
    var helpUri: String
    var help: SarifText
    var defaultConfiguration: Configuration

    init(code: String) {
        let known = ManifestCode(rawValue: code)
        let anchor = code.filter { $0 != "." }
        id = code
        shortDescription = SarifText(text: known?.summary ?? code)
        helpUri = "\(Self.page)#\(anchor)"
        help = SarifText(text: "docs/diagnostics.md#\(anchor) explains '\(code)'.")
        defaultConfiguration = Configuration(level: (known?.severity ?? .error).rawValue)
    }
}

private struct SarifResult: Encodable {
    var ruleId: String
    var ruleIndex: Int?
    var level: String
    var message: SarifText
    var locations: [SarifLocation]
    var relatedLocations: [SarifLocation]?
    var fixes: [SarifFix]?

    init(_ diagnostic: Diagnostic, ruleIndex: Int?) {
        ruleId = diagnostic.code
        self.ruleIndex = ruleIndex
        level = diagnostic.severity.rawValue
        message = SarifText(text: diagnostic.message + (diagnostic.help.map { "\nhelp: \($0)" } ?? ""))
        locations = diagnostic.span.map { [SarifLocation($0)] } ?? []
        let related = diagnostic.related.enumerated().map { SarifLocation($1.span, id: $0, message: $1.message) }
        relatedLocations = related.isEmpty ? nil : related
        fixes = diagnostic.fix.map { [SarifFix($0)] }
    }
}

private struct SarifLocation: Encodable {
    struct Place: Encodable {
        var artifactLocation: SarifFile
        var region: SarifRegion
    }

    var id: Int?
    var physicalLocation: Place
    var message: SarifText?

    init(_ span: SourceSpan, id: Int? = nil, message: String? = nil) {
        self.id = id
        self.message = message.map(SarifText.init)
        physicalLocation = Place(artifactLocation: SarifFile(span.file), region: SarifRegion(span))
    }
}

private struct SarifFile: Encodable {
    var uri: String

    /// Relative to the working directory, or absolute; everything that has a meaning in URIs is escaped.
    init(_ path: String) {
        let escaped = path.utf8.map { byte in
            let isPlain =
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._~/".utf8.contains(byte)
                }
            if isPlain { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return byte < 16 ? "%0\(digits)" : "%\(digits)"
        }.joined()
        uri = path.hasPrefix("/") ? "file://\(escaped)" : escaped
    }
}

private struct SarifRegion: Encodable {
    var startLine: Int
    var startColumn: Int
    var endLine: Int
    /// The column after the last one.
    var endColumn: Int

    init(_ span: SourceSpan) {
        startLine = span.line
        startColumn = span.column
        endLine = span.endLine
        endColumn = span.endColumn
    }
}

private struct SarifFix: Encodable {
    struct Change: Encodable {
        var artifactLocation: SarifFile
        var replacements: [Replacement]
    }

    struct Replacement: Encodable {
        var deletedRegion: SarifRegion
        var insertedContent: SarifText
    }

    var description: SarifText
    var artifactChanges: [Change]

    init(_ fix: Diagnostic.Fix) {
        description = SarifText(text: fix.title)
        let files = Dictionary(grouping: fix.edits, by: \.span.file).sorted { $0.key < $1.key }
        artifactChanges = files.map { file, edits in
            Change(
                artifactLocation: SarifFile(file),
                replacements: edits.map {
                    Replacement(
                        deletedRegion: SarifRegion($0.span),
                        insertedContent: SarifText(text: $0.replacement)
                    )
                }
            )
        }
    }
}
