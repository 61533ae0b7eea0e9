import ArgumentParser
import SheafArchive
import SheafModel

/// `sheaf inspect`.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what is in a bundle: name, version, origin, resources, images, files, signatures.",
        discussion: """
            Beside a SOURCE, a release that was applied can be named: BUNDLE@NUMBER as in 'sheaf history', or BUNDLE for \
            the live one. Signatures are judged by the trust file, if there is one; 'sheaf verify' says more about them.

            EXAMPLES
              sheaf inspect shop-1.2.0.sheaf
              sheaf inspect shop-1.2.0.sheaf --files
              sheaf inspect shop@main --output json
              sheaf inspect shop@3                     # the archive of revision 3
            """
    )

    @OptionGroup var source: SourceOptions

    @Flag(help: "List the files with their sizes and modes.")
    var files = false

    @OptionGroup var format: OutputOptions

    func run() throws {
        let context = try CommandContext()
        let reference = try ReleaseReference(source.source, manifest: source.manifest, context: context)
        let record = try record(of: reference, context)
        try Rendering.show(record, as: format.output) {
            InspectionText(record: record, style: context.terminal.outputStyle).render(listsFiles: files)
        }
    }

    private func record(of reference: ReleaseReference, _ context: CommandContext) throws -> InspectionRecord {
        switch reference {
        case .source(.archive(let path)):
            let archive = try context.openArchive(path)
            var record = try InspectionRecord(archive)
            let policy = try context.trustPolicy()
            let report = try SignatureGate.report(of: archive, at: path, policy: policy)
            let verification = VerificationRecord(of: archive, report, isPolicyGiven: policy != nil)
            record.signatures = verification.signatures
            record.trusted = verification.trusted
            record.failure = verification.failure
            return record
        case .release:
            // What is kept has no signatures beside it: they were judged before.
            return try InspectionRecord(reference.archive(in: context))
        case .source(let source):
            let loader = ReleaseLoader(context: context)
            let loaded = try loader.load(source)
            return try InspectionRecord(
                loaded.bundle,
                version: loader.version(of: loaded.tree),
                provenance: loaded.tree.provenance,
                contents: loaded.tree
            )
        }
    }
}
