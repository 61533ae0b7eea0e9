import SheafArchive
import SheafManifest
import SheafModel
import SheafStore

/// Reads the two sides of a comparison.
///
/// Sources are taken as they are written, as in an archive. Against a release, or with values, their expressions are
/// filled in as `plan` does, since the bundle of a release has none left.
struct ComparisonReader {
    /// One side with its files.
    struct Side {
        var release: ComparedRelease
        var contents: any ComparedContents
        /// What its expressions were filled in with.
        var uses: [ValueUse] = []
    }

    let context: CommandContext
    let values: GivenValues
    /// Whether the user gave values.
    let areValuesGiven: Bool

    /// Reads both sides.
    ///
    /// - Returns: The sides, and what the reader of the result has to know.
    /// - Throws: A `SheafError` when a side is not there or is wrong.
    func read(
        _ before: (text: String, reference: ReleaseReference),
        _ after: (text: String, reference: ReleaseReference)
    ) throws -> (before: Side, after: Side, notes: [String]) {
        let hasRelease = before.reference.isRelease || after.reference.isRelease
        var sides = try [before, after].map { text, reference in
            try side(text, reference, isFilledIn: hasRelease || areValuesGiven)
        }
        var notes: [String] = []
        if before.reference.isRelease != after.reference.isRelease {
            notes += environmentNotes(sides)
            let unknown = try alignSecrets(&sides)
            notes += unknown.sorted().map {
                "the secret '\($0)' is not given, so whether it differs is not known (--secrets, SHEAF_SECRET_\($0), or"
                    + " sheaf secret set)"
            }
        }
        return (sides[0], sides[1], notes)
    }

    private func side(_ text: String, _ reference: ReleaseReference, isFilledIn: Bool) throws -> Side {
        switch reference {
        case .release(let revision): try side(text, revision, reference)
        case .source(.archive(let path)) where !isFilledIn: try side(text, context.openArchive(path))
        case .source(let source): try side(text, source, isFilledIn: isFilledIn)
        }
    }

    private func side(_ text: String, _ archive: Archive) throws -> Side {
        var head = ComparedRelease.Head(source: text, form: .archive, name: archive.index.name, isFilledIn: false)
        head.version = archive.index.version
        head.digest = archive.digest
        head.provenance = archive.provenance
        return Side(release: ComparedRelease(head, archive.bundle), contents: archive)
    }

    private func side(_ text: String, _ source: BundleSource, isFilledIn: Bool) throws -> Side {
        let loader = ReleaseLoader(context: context)
        let loaded = try loader.load(source, values: isFilledIn ? values.withoutNeedOfSecrets : nil)
        let form: ComparedRelease.Head.Form =
            switch source {
            case .archive: .archive
            case .directory: .workingTree
            case .revision: .revision
            }
        var head = ComparedRelease.Head(source: text, form: form, name: loaded.bundle.name, isFilledIn: isFilledIn)
        head.version = loaded.archive?.index.version ?? loader.version(of: loaded.tree)
        head.digest = loaded.archive?.digest
        head.provenance = loaded.tree.provenance
        head.environment = loaded.values.environment
        return Side(
            release: ComparedRelease(head, loaded.bundle),
            contents: loaded.tree,
            uses: loaded.values.uses
        )
    }

    private func side(_ text: String, _ revision: Revision, _ reference: ReleaseReference) throws -> Side {
        let release = try ComparedRelease.applied(revision, as: text, from: context.content)
        guard release.bundle != nil else { return Side(release: release, contents: NoContents()) }
        return Side(release: release, contents: try reference.archive(in: context))
    }

    // MARK: A source against a release

    private func environmentNotes(_ sides: [Side]) -> [String] {
        let release = sides.first { $0.release.head.form == .release }?.release.head
        let source = sides.first { $0.release.head.form != .release }?.release.head
        guard let release, let environment = release.environment, source?.environment != environment else { return [] }
        return ["'\(release.source)' was applied with --environment \(environment), and the other side is read without"]
    }

    /// Makes the secrets of a source comparable with the sealed ones of a release.
    ///
    /// - Returns: The names of those whose values are not given; both sides have the same in their place then.
    private func alignSecrets(_ sides: inout [Side]) throws -> Set<String> {
        let key = try context.keys.existingSealingKey()
        var unknown: Set<String> = []
        for index in sides.indices {
            sides[index].release.bundle = try sides[index].release.bundle?.mapTexts { text in
                try SecretReference.replace(in: text) { name in
                    if let key, let value = try values.secrets.secret(name) {
                        return try key.seal(value, of: name).text
                    }
                    unknown.insert(name)
                    return SecretReference(name: name)?.text ?? SecretText.mask
                }
            }
        }
        for index in sides.indices {
            sides[index].release.bundle = sides[index].release.bundle?.mapTexts { text in
                SealedSecret.replace(in: text) { secret in
                    let reference = unknown.contains(secret.name) ? SecretReference(name: secret.name) : nil
                    return reference?.text ?? secret.text
                }
            }
        }
        return unknown
    }
}

extension ReleaseReference {
    /// Whether it is a release that Sheaf keeps.
    var isRelease: Bool {
        if case .release = self { return true }
        return false
    }
}
