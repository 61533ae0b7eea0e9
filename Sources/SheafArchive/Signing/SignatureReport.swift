package import SheafModel

/// What the signatures of an archive are worth, signature by signature and rule by rule.
package struct SignatureReport: Sendable {
    /// What is known of one signature.
    package enum Standing: String, Codable, Sendable {
        /// Made by a known key, over a statement that releases this archive.
        case valid
        /// No known key made it, which says nothing about it.
        case unknownKey = "unknown-key"
        /// Nothing is known, because no keys were given.
        case unchecked
        /// Made by a known key, over a statement that is no release.
        case otherStatement = "other-statement"
        /// A known key is named and did not make it, or what it signed is not about this archive.
        case refused
    }

    package struct Entry: Sendable {
        /// As the envelope says; of a valid signature the fingerprint.
        package var keyID: String?
        /// The name in the trust file.
        package var signer: String?
        package var standing: Standing
        /// What the signer states; only of a `valid` signature it is more than a claim.
        package var claims: ReleaseStatement.Claims?
    }

    /// How a rule fares.
    package struct Outcome: Sendable {
        package var rule: TrustPolicy.Rule
        /// The names of those of its signers whose signatures are valid.
        package var signedBy: [String]

        package var isMet: Bool { signedBy.count >= rule.threshold }
    }

    /// In the order of the file.
    package private(set) var entries: [Entry] = []
    /// The rules about the bundle; empty without a policy.
    package private(set) var outcomes: [Outcome] = []
    /// Why the archive is not to be trusted; nil when it is, or when nobody asked.
    package private(set) var failure: ArchiveError?

    private let digest: SheafModel.Digest
    private var validKeys: Set<VerificationKey> = []

    /// Judges signatures.
    ///
    /// - Parameters:
    ///   - signatures: Of the archive; nil when it has none.
    ///   - digest: Of the archive's bytes, computed by the caller from what it goes on to use.
    ///   - bundle: The name in the archive's index.
    ///   - policy: What is asked for; nil to only list the signatures.
    package init(
        of signatures: SignatureFile?,
        digest: SheafModel.Digest,
        bundle: String,
        policy: TrustPolicy?
    ) {
        self.digest = digest
        let signers = policy?.signers ?? []
        for envelope in signatures?.envelopes ?? [] {
            let message = envelope.message
            for signature in envelope.signatures {
                if policy == nil {
                    list(signature, of: envelope)
                } else {
                    judge(signature, of: envelope, message, among: signers)
                }
            }
        }
        if let policy { hold(against: policy, bundle: bundle, hasFile: signatures != nil) }
    }

    /// Takes a signature as what it says it is.
    private mutating func list(_ signature: Envelope.Signature, of envelope: Envelope) {
        let statement = ReleaseStatement(envelope)
        var standing = Standing.unchecked
        if let statement, statement.isRelease, !statement.isAbout(digest) {
            standing = .refused
            fail(otherArchive(signature.keyID))
        }
        entries.append(Entry(keyID: signature.keyID, standing: standing, claims: statement?.predicate))
    }

    private mutating func judge(
        _ signature: Envelope.Signature,
        of envelope: Envelope,
        _ message: [UInt8],
        among signers: [TrustPolicy.Signer]
    ) {
        // By the mathematics, not by the name that the envelope gives: that is not signed.
        guard let signer = signers.first(where: { $0.key.isSignature(signature.bytes, of: message) }) else {
            let named = signers.first { $0.key.fingerprint == signature.keyID }
            if let named { fail(invalid(named)) }
            entries.append(
                Entry(keyID: signature.keyID, signer: named?.name, standing: named == nil ? .unknownKey : .refused)
            )
            return
        }
        let fingerprint = signer.key.fingerprint
        let statement = ReleaseStatement(envelope)
        var standing = Standing.valid
        if let keyID = signature.keyID, keyID != fingerprint {
            fail(otherKeyID(keyID, signer))
            standing = .refused
        } else if let statement {
            if !statement.isRelease {
                standing = .otherStatement
            } else if statement.isAbout(digest) {
                validKeys.insert(signer.key)
            } else {
                fail(otherArchive(signer.name))
                standing = .refused
            }
        } else {
            fail(noStatement(signer))
            standing = .refused
        }
        entries.append(
            Entry(keyID: fingerprint, signer: signer.name, standing: standing, claims: statement?.predicate)
        )
    }

    private mutating func hold(against policy: TrustPolicy, bundle: String, hasFile: Bool) {
        outcomes = policy.rules.filter { $0.isAbout(bundle) }.map { rule in
            var counted: Set<VerificationKey> = []
            let signers = rule.signers.filter { validKeys.contains($0.key) && counted.insert($0.key).inserted }
            return Outcome(rule: rule, signedBy: signers.map(\.name))
        }
        guard hasFile else {
            fail(
                ArchiveError(
                    .signatureMissing,
                    "the archive of '\(EscapedText.of(bundle))' has no signature: there is no \(SignatureFile.suffix)"
                        + " file beside it",
                    hint: "get the file from where the archive is from, or sign it with 'sheaf sign'"
                )
            )
            return
        }
        guard !outcomes.isEmpty else {
            fail(
                ArchiveError(
                    .signatureNoRule,
                    "no rule of the trust file is about the bundle '\(EscapedText.of(bundle))'",
                    hint: "add a rule whose 'bundles' has this name"
                )
            )
            return
        }
        if let unmet = outcomes.first(where: { !$0.isMet }) { fail(missing(unmet, bundle)) }
    }

    /// The first failure is the one that is told.
    private mutating func fail(_ error: ArchiveError) { failure = failure ?? error }
}

// MARK: Failures

extension SignatureReport {
    private func invalid(_ signer: TrustPolicy.Signer) -> ArchiveError {
        ArchiveError(
            .signatureInvalid,
            "the signature that is said to be of '\(signer.name)' (\(signer.key.fingerprint)) is not: it or what it signs"
                + " was changed",
            hint: "do not use the archive; get it and its signatures again"
        )
    }

    private func otherKeyID(_ keyID: String, _ signer: TrustPolicy.Signer) -> ArchiveError {
        ArchiveError(
            .signatureKeyID,
            "a signature of '\(signer.name)' is said to be of the key \(EscapedText.of(keyID))",
            hint: "get the signatures again; a key id is the fingerprint that 'ssh-keygen -l' shows"
        )
    }

    private func noStatement(_ signer: TrustPolicy.Signer) -> ArchiveError {
        ArchiveError(
            .signatureStatement,
            "what '\(signer.name)' signed is no in-toto statement",
            hint: "sign archives with 'sheaf sign'"
        )
    }

    private func otherArchive(_ signer: String?) -> ArchiveError {
        ArchiveError(
            .signatureOtherArchive,
            "the signature of '\(EscapedText.of(signer ?? "somebody"))' is about another archive than \(digest)",
            hint: "the archive or the signature file was replaced; get both again, or sign again with"
                + " 'sheaf sign --replace'"
        )
    }

    private func missing(_ outcome: Outcome, _ bundle: String) -> ArchiveError {
        let rule = outcome.rule
        let names = rule.signers.map { "'\($0.name)'" }.joined(separator: ", ")
        let wanted = rule.threshold == 1 ? "a signature" : "\(rule.threshold) signatures"
        let has = outcome.signedBy.isEmpty ? "none" : outcome.signedBy.map { "'\($0)'" }.joined(separator: ", ")
        return ArchiveError(
            outcome.signedBy.isEmpty ? .signatureUntrusted : .signatureThreshold,
            "\(rule.title) is not met: bundles like \(rule.bundles.joined(separator: ", ")) need \(wanted) of \(names), and"
                + " '\(EscapedText.of(bundle))' has \(has)",
            hint: "have it signed with 'sheaf sign'"
        )
    }
}
