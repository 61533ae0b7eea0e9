import FoundationEssentials
import SheafArchive
import SheafManifest
package import SheafModel
import SheafSystem

/// One thing that `validate` looks at by itself.
package enum ValidationTarget: Hashable, Sendable {
    /// A directory with a `bundle.yaml`, with all files that it names.
    case bundle(directory: String)
    /// A manifest by itself, bundle or not.
    case manifest(path: String)
    /// Text that was read from standard input, under the name that it is to have.
    case text(name: String, bytes: [UInt8])

    /// The largest file that is taken for a manifest.
    static let largestFile = 64 << 20

    /// What the paths of a command line stand for, each once.
    ///
    /// - Parameter path: A directory with a `bundle.yaml`, another directory, or a file.
    /// - Returns: The targets in the order of their paths.
    /// - Throws: `SourceError` when there is nothing by that name.
    package static func targets(at path: String) throws -> [ValidationTarget] {
        let manager = FileManager.default
        var isDirectory = false
        guard manager.fileExists(atPath: path, isDirectory: &isDirectory) else { throw SourceError.missing(path) }
        guard isDirectory else { return [.manifest(path: path)] }
        if manager.fileExists(atPath: "\(path)/\(BundleSource.defaultManifest)") { return [.bundle(directory: path)] }
        do {
            return try ManifestSearch.files(below: path).map { .manifest(path: $0) }
        } catch {
            throw SourceError.unreadable(path, error)
        }
    }

    /// Checks the target.
    ///
    /// - Parameter texts: Display path -> content that stands in for what the disk has.
    /// - Returns: What was found, in file order.
    /// - Throws: `SourceError`, or what opening a bundle's files throws.
    package func validate(texts: [String: [UInt8]]) throws -> ValidationResult {
        switch self {
        case .bundle(let directory):
            let files = PatchedFiles(base: try BundleSource(directory).open(), texts: texts)
            let resolution = try BundleResolver(files: files).resolve()
            return ValidationResult(diagnostics: resolution.diagnostics, sources: resolution.sources)
        case .manifest(let path):
            guard let bytes = try texts[path] ?? ReadableFile.contents(of: path, limit: Self.largestFile) else {
                return ValidationResult(diagnostics: [Self.tooLarge(path)], sources: [path: []])
            }
            return Self.validate(bytes, name: path)
        case .text(let name, let bytes):
            return Self.validate(texts[name] ?? bytes, name: name)
        }
    }

    private static func validate(_ bytes: [UInt8], name: String) -> ValidationResult {
        ValidationResult(diagnostics: ManifestValidator.validate(bytes, file: name), sources: [name: bytes])
    }

    private static func tooLarge(_ path: String) -> Diagnostic {
        Diagnostic(
            code: ManifestCode.tooLarge.rawValue,
            message: "the file is larger than the \(largestFile >> 20) MiB that a manifest may have",
            span: SourceSpan(file: path, line: 1, column: 1, endLine: 1, endColumn: 2),
            help: "put data into files of its own, and the resources into several manifests"
        )
    }
}

/// What was found in one target.
package struct ValidationResult: Sendable {
    /// In file order.
    package var diagnostics: [Diagnostic]
    /// Display path -> content of every file that was read; the content only where there are findings.
    package var sources: [String: [UInt8]]

    /// Takes over what was found.
    package init(diagnostics: [Diagnostic], sources: [String: [UInt8]]) {
        self.diagnostics = diagnostics
        // The text of a good file is not needed any more, and there may be many.
        self.sources = diagnostics.isEmpty ? sources.mapValues { _ in [] } : sources
    }
}

/// The files of a bundle, some of them with another content than they have.
private struct PatchedFiles: BundleFiles {
    let base: SourceTree
    let texts: [String: [UInt8]]

    func read(_ path: String) throws -> [UInt8]? {
        if let text = texts[displayPath(path)] { return text }
        if let member = base.member(try MemberPath(path)), member.size > ValidationTarget.largestFile {
            throw SourceError.tooLarge(displayPath(path))
        }
        return try base.read(path)
    }

    func displayPath(_ path: String) -> String { base.displayPath(path) }
}

/// Files that a user named.
enum ReadableFile {
    /// The content of a file; nil when it is larger than allowed.
    ///
    /// - Throws: `SourceError` that says why the file cannot be read.
    static func contents(of path: String, limit: Int) throws -> [UInt8]? {
        do {
            return try WholeFile.read(path, limit: limit)
        } catch {
            throw error.number == 2 ? SourceError.missing(path) : SourceError.unreadable(path, error)
        }
    }
}
