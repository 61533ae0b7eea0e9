import CLinux
import FoundationEssentials
import Glibc
package import SheafModel

/// Signs archives.
package enum ArchiveSigner {
    /// A signature that was made.
    package struct Result: Sendable {
        /// Of the archive.
        package let digest: SheafModel.Digest
        /// Where the signature is.
        package let file: String
        /// How many signatures that file has now.
        package let signatures: Int
    }

    /// Adds a signature to the file beside an archive; an earlier one of the same key is replaced.
    ///
    /// The archive is proven first, as `verify` does. Signers of one archive wait for each other.
    ///
    /// - Parameters:
    ///   - archive: Opened from the path that the signature shall lie beside.
    ///   - key: Signs.
    ///   - claims: What is stated; the bundle's name and version, the kind of host and the time of the file are added.
    ///   - isReplacing: Whether signatures that are there already are dropped.
    /// - Throws: `ArchiveError` for an archive that is not whole, signatures that cannot be read or are about another
    ///   archive, and a folder that cannot be written to. The file is as it was before then.
    /// - Returns: What was made.
    package static func sign(
        _ archive: Archive,
        with key: SigningKey,
        claims: ReleaseStatement.Claims,
        isReplacing: Bool
    ) throws -> Result {
        try archive.verify()
        lock(archive.file)
        defer { flock(archive.file.descriptor, LOCK_UN) }
        SignatureFile.sweep(beside: archive.path)
        var file = SignatureFile()
        if !isReplacing, let present = try SignatureFile.read(beside: archive.path) {
            let report = SignatureReport(of: present, digest: archive.digest, bundle: archive.index.name, policy: nil)
            if let failure = report.failure { throw failure }
            file = present
        }
        let fingerprint = key.publicKey.fingerprint
        file.envelopes.removeAll { $0.isRelease && $0.signatures.allSatisfy { $0.keyID == fingerprint } }
        file.envelopes.append(try envelope(of: archive, key, claims))
        try file.write(beside: archive.path)
        return Result(
            digest: archive.digest,
            file: SignatureFile.path(beside: archive.path),
            signatures: file.envelopes.reduce(0) { $0 + $1.signatures.count }
        )
    }

    /// Waits for whoever holds the lock; the kernel frees it when a process ends, however that ends.
    private static func lock(_ file: OpenFile) {
        // Not every file system has locks: there, of two who sign at once, one may lose what it signed.
        while flock(file.descriptor, LOCK_EX) != 0, errno == EINTR {}
    }

    private static func envelope(
        of archive: Archive,
        _ key: SigningKey,
        _ claims: ReleaseStatement.Claims
    ) throws -> Envelope {
        var claims = claims
        claims.bundle = ReleaseStatement.Release(name: archive.index.name, version: archive.index.version)
        claims.host = host()
        claims.packedAt = modificationTime(of: archive.file)
        let name = archive.path.split(separator: "/").last.map(String.init) ?? archive.path
        let statement = ReleaseStatement(archive: name, digest: archive.digest, claims: claims)
        var envelope = Envelope(
            payloadType: ReleaseStatement.payloadType,
            payload: [UInt8](try CanonicalJSON.encode(statement))
        )
        let signature = try key.signature(of: envelope.message)
        envelope.signatures = [Envelope.Signature(keyID: key.publicKey.fingerprint, bytes: signature)]
        return envelope
    }

    private static func modificationTime(of file: OpenFile) -> String? {
        // The time is an extra: an archive can be signed without it.
        guard let status = try? file.status() else { return nil }
        return Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec)).formatted(.iso8601)
    }

    /// Such as `linux` and `x86_64`.
    private static func host() -> ReleaseStatement.Host? {
        var names = utsname()
        guard uname(&names) == 0 else { return nil }
        func text(_ field: some Any) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return ReleaseStatement.Host(os: text(names.sysname).lowercased(), architecture: text(names.machine))
    }
}

extension Envelope {
    fileprivate var isRelease: Bool { ReleaseStatement(self)?.isRelease ?? false }
}
