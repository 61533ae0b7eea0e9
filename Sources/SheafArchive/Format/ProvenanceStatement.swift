import SheafModel

/// The content of `provenance.json`: an in-toto statement with a SLSA provenance predicate.
///
/// It holds what the commit determines and nothing of the machine, so that every clone gives the same bytes.
struct ProvenanceStatement: Codable, Sendable, Hashable {
    struct Subject: Codable, Sendable, Hashable {
        var name: String
        var digest: [String: String]
    }

    struct Parameters: Codable, Sendable, Hashable {
        var subdirectory: String
        var dirty: Bool
        var tag: String?
    }

    struct Dependency: Codable, Sendable, Hashable {
        var name: String
        var digest: [String: String]
    }

    struct BuildDefinition: Codable, Sendable, Hashable {
        var buildType: String
        var externalParameters: Parameters
        /// The commit and the tree of the bundle's directory, then the commits of submodules by path; empty without a
        /// commit.
        var resolvedDependencies: [Dependency]
    }

    struct Builder: Codable, Sendable, Hashable { var id: String }

    struct RunDetails: Codable, Sendable, Hashable { var builder: Builder }

    struct Predicate: Codable, Sendable, Hashable {
        var buildDefinition: BuildDefinition
        var runDetails: RunDetails
    }

    var type: String
    var subject: [Subject]
    var predicateType: String
    var predicate: Predicate

    private enum CodingKeys: String, CodingKey {
        case type = "_type"
        case subject, predicateType, predicate
    }

    static let statementType = "https://in-toto.io/Statement/v1"
    static let slsaType = "https://slsa.dev/provenance/v1"
    static let buildType = "urn:sheaf:pack:v1"
    /// The name of the dependency that the bundle's own files come from.
    private static let source = "source"
    /// What the name of a submodule's dependency begins with; its path follows.
    private static let submodule = "submodule:"
    /// The same for everybody: who packed is for a signature to say.
    static let builder = "urn:sheaf:packer"
    /// The subject that stands for all rows of the table below `files/`.
    static let filesSubject = "files"

    /// States where the bundle's files come from.
    init(_ provenance: Provenance, resolved: Digest, files: Digest) {
        type = Self.statementType
        predicateType = Self.slsaType
        subject = [
            Subject(name: Self.filesSubject, digest: ["sha256": files.hex]),
            Subject(name: ArchiveLayout.resolved, digest: ["sha256": resolved.hex]),
        ]
        var source: [String: String] = [:]
        source["gitCommit"] = provenance.commit
        source["gitTree"] = provenance.tree
        predicate = Predicate(
            buildDefinition: BuildDefinition(
                buildType: Self.buildType,
                externalParameters: Parameters(
                    subdirectory: provenance.subdirectory,
                    dirty: provenance.dirty,
                    tag: provenance.tag
                ),
                resolvedDependencies: (source.isEmpty ? [] : [Dependency(name: Self.source, digest: source)])
                    + provenance.submodules.map {
                        Dependency(name: Self.submodule + $0.path, digest: ["gitCommit": $0.commit])
                    }
            ),
            runDetails: RunDetails(builder: Builder(id: Self.builder))
        )
    }

    /// What the statement says about the source.
    var provenance: Provenance {
        let dependencies = predicate.buildDefinition.resolvedDependencies
        let source = dependencies.first { $0.name == Self.source }?.digest ?? [:]
        let parameters = predicate.buildDefinition.externalParameters
        return Provenance(
            commit: source["gitCommit"],
            tree: source["gitTree"],
            tag: parameters.tag,
            subdirectory: parameters.subdirectory,
            dirty: parameters.dirty,
            submodules: dependencies.filter { $0.name.utf8.starts(with: Self.submodule.utf8) }.map {
                let path = String(Substring($0.name.utf8.dropFirst(Self.submodule.utf8.count)))
                return Provenance.Submodule(path: path, commit: $0.digest["gitCommit"] ?? "")
            }
        )
    }

    /// Whether the statement is of this kind and about this archive.
    func isAbout(resolved: Digest, files: Digest) -> Bool {
        self == ProvenanceStatement(provenance, resolved: resolved, files: files)
    }
}
