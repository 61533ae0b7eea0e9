import SheafArchive
import SheafModel

/// What `sheaf verify` found, for programs and for people.
struct VerificationRecord: Encodable {
    struct Signature: Encodable {
        var keyid: String?
        var signer: String?
        var standing: String
        var signedAt: String?
        var packedAt: String?
        var remote: String?
        var sheafVersion: String?
        var host: ReleaseStatement.Host?
    }

    struct Rule: Encodable {
        var rule: String
        var bundles: [String]
        var keys: [String]
        var threshold: Int
        var signedBy: [String]
        var met: Bool
    }

    struct Failure: Encodable {
        var code: String
        var message: String
        var help: String?
    }

    var digest: String
    var members: Int
    var name: String
    var version: String
    /// Whether the signatures are what was asked for; nil when nothing was.
    var trusted: Bool?
    var signatures: [Signature]?
    var rules: [Rule]?
    var failure: Failure?

    /// An archive of which only the content was looked at.
    init(of archive: Archive) {
        digest = archive.digest.description
        members = archive.index.members.count
        name = archive.index.name
        version = archive.index.version
    }

    /// An archive with its signatures.
    init(of archive: Archive, _ report: SignatureReport, isPolicyGiven: Bool) {
        self.init(of: archive)
        trusted = isPolicyGiven || report.failure != nil ? report.failure == nil : nil
        signatures = report.entries.map { entry in
            // What nobody vouches for is not shown as if it were known.
            let claims = entry.standing == .valid ? entry.claims : nil
            return Signature(
                keyid: entry.keyID,
                signer: entry.signer,
                standing: entry.standing.rawValue,
                signedAt: claims?.signedAt,
                packedAt: claims?.packedAt,
                remote: claims?.remote,
                sheafVersion: claims?.sheafVersion,
                host: claims?.host
            )
        }
        rules = report.outcomes.map { outcome in
            Rule(
                rule: outcome.rule.title,
                bundles: outcome.rule.bundles,
                keys: outcome.rule.signers.map(\.name),
                threshold: outcome.rule.threshold,
                signedBy: outcome.signedBy,
                met: outcome.isMet
            )
        }
        failure = report.failure.map { Failure(code: $0.code, message: $0.message, help: $0.hint) }
    }

    /// For people.
    var text: String {
        var lines = ["\(digest)  \(members) members, all as recorded"]
        if let signatures, signatures.isEmpty { lines.append("no signatures") }
        for signature in signatures ?? [] { lines.append(Self.line(signature)) }
        for rule in rules ?? [] {
            let names = rule.signedBy.isEmpty ? "" : " (\(rule.signedBy.joined(separator: ", ")))"
            lines.append(
                "\(rule.met ? "met" : "NOT MET")  \(rule.rule), bundles \(rule.bundles.joined(separator: ", ")):"
                    + " \(rule.signedBy.count) of \(rule.threshold) signatures\(names)"
            )
        }
        return lines.map { PrintableText.oneLine($0) + "\n" }.joined()
    }

    /// One signature in words.
    static func line(_ signature: Signature) -> String {
        let who = [signature.signer, signature.keyid].compactMap { $0 }.joined(separator: " ")
        let words =
            switch signature.standing {
            case SignatureReport.Standing.valid.rawValue: "signed by"
            case SignatureReport.Standing.unknownKey.rawValue: "signature by an unknown key"
            case SignatureReport.Standing.unchecked.rawValue:
                "signature, not checked for want of a trust file or --key:"
            case SignatureReport.Standing.otherStatement.rawValue: "another statement by"
            default: "REFUSED signature by"
            }
        let details = [signature.signedAt.map { "at \($0)" }, signature.remote.map { "from \($0)" }].compactMap { $0 }
        return ([words, who.isEmpty ? "an unnamed key" : who] + details).joined(separator: " ")
    }
}
