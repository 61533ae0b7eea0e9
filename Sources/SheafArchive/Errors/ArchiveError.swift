import Glibc
package import SheafModel
import SheafSystem

/// Why a source could not be packed, or an archive not be read.
package struct ArchiveError: SheafError {
    /// The failures that a caller can tell apart; the raw value is the stable name.
    package enum Kind: String, Sendable, CaseIterable {
        // Sources.
        case noDirectory = "archive.no-directory"
        case noRepository = "archive.no-repository"
        case noCommit = "archive.no-commit"
        case unknownRevision = "archive.unknown-revision"
        case notInCommit = "archive.not-in-commit"
        case foreignRepository = "archive.foreign-repository"
        case damagedRepository = "archive.damaged-repository"
        case unsupportedRepository = "archive.unsupported-repository"
        case missingObject = "archive.missing-object"
        case ambiguousRevision = "archive.ambiguous-revision"
        case noWorkingTree = "archive.no-working-tree"
        case unreadable = "archive.unreadable"
        case fileChanged = "archive.file-changed"
        case submodule = "archive.submodule"
        case submoduleMissing = "archive.submodule-missing"
        case lfsPointer = "archive.lfs-pointer"
        case lfsDamaged = "archive.lfs-damaged"
        case invalidVersion = "archive.invalid-version"
        // Names and kinds of members, in sources and in archives.
        case invalidName = "archive.invalid-name"
        case nameCollision = "archive.name-collision"
        case specialFile = "archive.special-file"
        case linkLeavesBundle = "archive.link-leaves-bundle"
        case linkLoop = "archive.link-loop"
        case pathEscapesRoot = "archive.path-escapes-root"
        case fileIsFolder = "archive.file-is-folder"
        case unprintableName = "archive.unprintable-name"
        // Limits.
        case tooManyMembers = "archive.too-many-members"
        case tooManyFolders = "archive.too-many-folders"
        case tooLarge = "archive.too-large"
        case ratioTooHigh = "archive.ratio-too-high"
        case metadataTooLarge = "archive.metadata-too-large"
        case metadataTooComplex = "archive.metadata-too-complex"
        case metadataTooDeep = "archive.metadata-too-deep"
        case pathTooLong = "archive.path-too-long"
        case pathTooDeep = "archive.path-too-deep"
        case linkTooLong = "archive.link-too-long"
        // Archives.
        case noArchive = "archive.no-archive"
        case notZstd = "archive.not-zstd"
        case damaged = "archive.damaged"
        case truncated = "archive.truncated"
        case badChecksum = "archive.bad-checksum"
        case noChecksum = "archive.no-checksum"
        case emptyFrame = "archive.empty-frame"
        case skippableFrame = "archive.skippable-frame"
        case dictionary = "archive.dictionary"
        case windowTooLarge = "archive.window-too-large"
        case trailingData = "archive.trailing-data"
        case concatenated = "archive.concatenated"
        case malformedTar = "archive.malformed-tar"
        case noIndex = "archive.no-index"
        case indexNotFirst = "archive.index-not-first"
        case invalidIndex = "archive.invalid-index"
        case invalidMetadata = "archive.invalid-metadata"
        case duplicateKey = "archive.duplicate-key"
        case newerFormat = "archive.newer-format"
        case absolutePath = "archive.absolute-path"
        case hardLink = "archive.hard-link"
        case device = "archive.device"
        case pipe = "archive.pipe"
        case socket = "archive.socket"
        case folderMember = "archive.folder-member"
        case setuid = "archive.setuid"
        case sparse = "archive.sparse"
        case foreignHeader = "archive.foreign-header"
        case foreignAttributes = "archive.foreign-attributes"
        case duplicateMember = "archive.duplicate-member"
        case unknownMember = "archive.unknown-member"
        case missingMember = "archive.missing-member"
        case memberOrder = "archive.member-order"
        case kindMismatch = "archive.kind-mismatch"
        case sizeMismatch = "archive.size-mismatch"
        case modeMismatch = "archive.mode-mismatch"
        case targetMismatch = "archive.target-mismatch"
        case digestMismatch = "archive.digest-mismatch"
        case metadataMismatch = "archive.metadata-mismatch"
        case attachmentMismatch = "archive.attachment-mismatch"
        // Signatures and the keys that make them.
        case signatureMissing = "archive.signature-missing"
        case signatureMalformed = "archive.signature-malformed"
        case signatureInvalid = "archive.signature-invalid"
        case signatureKeyID = "archive.signature-key-id"
        case signatureStatement = "archive.signature-statement"
        case signatureOtherArchive = "archive.signature-other-archive"
        case signatureUntrusted = "archive.signature-untrusted"
        case signatureThreshold = "archive.signature-threshold"
        case signatureNoRule = "archive.signature-no-rule"
        case signatureNoTrust = "archive.signature-no-trust"
        case signatureKeyMissing = "archive.signature-key-missing"
        case signatureKeyMalformed = "archive.signature-key-malformed"
        case signatureKeyType = "archive.signature-key-type"
        case signatureKeyProtected = "archive.signature-key-protected"
        case signatureKeyExposed = "archive.signature-key-exposed"
        case signatureKeyExists = "archive.signature-key-exists"
        // Places to write to.
        case targetNotEmpty = "archive.target-not-empty"
        case targetInUse = "archive.target-in-use"
        case noSpace = "archive.no-space"
        case cannotWrite = "archive.cannot-write"
        case contentMissing = "archive.content-missing"
        case contentDamaged = "archive.content-damaged"
        case contentBusy = "archive.content-busy"
        case contentUnaccounted = "archive.content-unaccounted"
        case internalFailure = "archive.internal"
    }

    package let kind: Kind
    package let message: String
    package let hint: String?
    package let failureClass: FailureClass

    package var code: String { kind.rawValue }

    init(_ kind: Kind, _ message: String, hint: String? = nil, failureClass: FailureClass = .invalidInput) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.failureClass = failureClass
    }
}

extension ArchiveError {
    /// A read from the disk that the system refused.
    static func reading(_ path: String, _ error: SystemError) -> ArchiveError {
        let shown = EscapedText.of(path)
        let hint =
            error.number == EACCES
            ? "make it readable for this user, or name it in .sheafignore"
            : nil
        return ArchiveError(.unreadable, "cannot read \(shown): \(error.reason)", hint: hint, failureClass: .refused)
    }

    /// A write to the disk that the system refused.
    static func writing(_ path: String, _ error: SystemError) -> ArchiveError {
        let shown = EscapedText.of(path)
        if error.number == ENOSPC || error.number == EDQUOT {
            return ArchiveError(
                .noSpace,
                "cannot write \(shown): \(error.reason)",
                hint: "free some space there, or point TMPDIR or SHEAF_HOME to another disk",
                failureClass: .refused
            )
        }
        return ArchiveError(.cannotWrite, "cannot write \(shown): \(error.reason)", failureClass: .refused)
    }
}
