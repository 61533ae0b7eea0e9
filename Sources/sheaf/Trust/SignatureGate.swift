import SheafArchive
import SheafModel

/// Lets only archives pass whose signatures meet a policy.
struct SignatureGate {
    let policy: TrustPolicy

    /// Judges an archive by the digest of the bytes that were opened.
    ///
    /// - Throws: `ArchiveError` when the signatures cannot be read; what they are worth is in the report.
    static func report(of archive: Archive, at path: String, policy: TrustPolicy?) throws -> SignatureReport {
        SignatureReport(
            of: try SignatureFile.read(beside: path),
            digest: archive.digest,
            bundle: archive.index.name,
            policy: policy
        )
    }

    /// - Throws: `ArchiveError` that says which rule is not met.
    func admit(_ archive: Archive, at path: String) throws {
        let report = try Self.report(of: archive, at: path, policy: policy)
        if let failure = report.failure { throw failure }
    }

    /// A source that can have no signature.
    static func unsigned(_ source: String) -> SettingsError {
        SettingsError(
            code: ArchiveError.Kind.signatureMissing.rawValue,
            message: "'\(source)' is no archive, so it has no signature",
            hint: "pack it, sign the archive with 'sheaf sign', and apply that"
        )
    }
}

extension CommandContext {
    /// Where the trust file is unless an option names another.
    var trustFile: String { "\(home)/\(TrustFile.name)" }

    /// Reads a trust file.
    ///
    /// - Parameter path: nil for the one in Sheaf's home.
    /// - Returns: nil when there is none in Sheaf's home.
    /// - Throws: `SettingsError` after its findings were told; also when a file that was named is not there.
    func trustPolicy(at path: String? = nil) throws -> TrustPolicy? {
        let file = path ?? trustFile
        guard let bytes = try SettingsFile.read(file, prefix: "trust") else {
            guard path != nil else { return nil }
            throw Self.noTrust(file)
        }
        let (policy, findings) = TrustFile.parse(bytes, file: file)
        DiagnosticPrinter(terminal: terminal).tell(findings, sources: [file: bytes])
        guard let policy else { throw SettingsError(findings, in: file) }
        return policy
    }

    /// What archives have to pass before they are applied; nil when all may.
    ///
    /// - Parameter isRequired: What the command line says; nil for what the configuration says.
    /// - Returns: What asks for signatures by the trust file.
    /// - Throws: `SettingsError` when it is required and there is no trust file, or one that cannot be used.
    func signatureGate(isRequired: Bool?) throws -> SignatureGate? {
        guard try isRequired ?? configuration().requiresSignature else { return nil }
        guard let policy = try trustPolicy() else { throw Self.noTrust(trustFile) }
        return SignatureGate(policy: policy)
    }

    private static func noTrust(_ path: String) -> SettingsError {
        SettingsError(
            code: ArchiveError.Kind.signatureNoTrust.rawValue,
            message: "there is no trust file '\(path)' that says whose signatures count",
            hint: "write one as docs/signing.md shows"
        )
    }
}
