import SheafEngine
import SheafModel
import SheafStore

/// What is different of one bundle, and what mends it.
struct DriftRecord: Encodable {
    /// One difference.
    struct Finding: Encodable {
        var kind: Drift.Kind
        /// Nil where it is about the bundle as a whole.
        var resource: String?
        var message: String
        var evidence: String?
        /// What an apply of the same bundle would do.
        var repair: String
    }

    var bundle: String
    /// The live revision; nil when nothing is live.
    var revision: Int?
    /// A change that goes on, or was interrupted: then what is different may be its doing.
    var openTransaction: String?
    var findings: [Finding]

    /// Looks at a bundle.
    ///
    /// - Throws: What the store or the executor throws.
    init(of bundle: String, store: Store, engine: Engine) async throws {
        self.bundle = bundle
        revision = try store.liveRevision(of: bundle)?.number
        openTransaction = try store.openTransactions(of: bundle).first?.state.rawValue
        findings = try await engine.drift(of: bundle).map { drift in
            Finding(
                kind: drift.kind,
                resource: drift.resource?.description,
                message: drift.message,
                evidence: drift.evidence,
                repair: Self.repair(drift)
            )
        }
    }

    private static func repair(_ drift: Drift) -> String {
        if drift.kind == .contentMissing { return "keep it again" }
        if drift.kind == .portTaken { return "start it anew, once the port is free" }
        switch drift.resource?.kind {
        case .volume: return "make the directory again, empty"
        case .workflow: return "make its files anew, without running its jobs"
        default: return "start it anew"
        }
    }
}

/// The differences of bundles, for people.
struct DriftText {
    let records: [DriftRecord]
    let style: TextStyle

    /// The lines with their ends.
    func render() -> String {
        records.map(text).joined(separator: "\n")
    }

    private func text(_ record: DriftRecord) -> String {
        let name = PrintableText.oneLine(record.bundle)
        let open = record.openTransaction.map { "! a change of '\(name)' is open (\($0))\n" } ?? ""
        guard let revision = record.revision else { return "\(open)'\(name)' has nothing live\n" }
        guard !record.findings.isEmpty else {
            return open + style.text("✓", .good) + " '\(name)' is as revision \(revision) made it\n"
        }
        var table = TableText(["resource", "drift", "what", "apply would"])
        for finding in record.findings {
            table.add([finding.resource ?? record.bundle, finding.kind.rawValue, finding.message, finding.repair])
        }
        let head = style.text("'\(name)' differs from revision \(revision):", .strong) + "\n"
        return open + head + table.render() + evidence(record) + remedy(record)
    }

    private func evidence(_ record: DriftRecord) -> String {
        let lines = record.findings.compactMap { finding in
            finding.evidence.map { "  \(finding.resource ?? record.bundle): \(PrintableText.oneLine($0))\n" }
        }
        return lines.isEmpty ? "" : "\n" + lines.joined()
    }

    private func remedy(_ record: DriftRecord) -> String {
        let resources = Set(record.findings.compactMap(\.resource)).count
        let place = resources == 0 ? "" : resources == 1 ? " in 1 resource" : " in \(resources) resources"
        let count = record.findings.count
        let condition = record.findings.contains { $0.kind == .portTaken } ? ", once the port is free" : ""
        return "\n\(count == 1 ? "1 difference" : "\(count) differences")\(place);"
            + " an apply of the same bundle repairs all of it\(condition)\n"
    }
}
