package import SheafArchive

/// One archive that must be refused, and the code of the rule that refuses it.
package struct HostileArchive: Sendable, CustomStringConvertible {
    /// What is wrong with it, in words.
    package let name: String
    package let code: String
    package let bytes: [UInt8]
    /// What it is opened with; the standard limits unless a limit is what refuses it.
    package var limits = ArchiveLimits.standard

    package init(name: String, code: String, bytes: [UInt8]) {
        self.name = name
        self.code = code
        self.bytes = bytes
    }

    package var description: String { "\(name): \(code)" }

    /// Every rule with an archive that breaks it: the same for the same seed.
    package static func all(seed: UInt64) throws -> [HostileArchive] {
        var corpus = HostileCorpus(seed: seed)
        try corpus.addNames()
        try corpus.addKinds()
        try corpus.addHeaders()
        try corpus.addDifferences()
        try corpus.addLinks()
        try corpus.addStreams()
        try corpus.addMetadata()
        try corpus.addLimits()
        return corpus.archives
    }
}

/// Collects hostile archives, each made of a right one of its own.
struct HostileCorpus {
    private(set) var archives: [HostileArchive] = []
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// Adds an archive.
    ///
    /// - Parameters:
    ///   - code: Without `archive.`.
    ///   - name: What is wrong.
    ///   - limit: What it is opened with, where that is what refuses it.
    ///   - change: Breaks a rule of a right archive.
    /// - Throws: What `change` throws.
    mutating func add(
        _ code: String,
        _ name: String,
        limit: (ArchiveLimits.Name, Int64)? = nil,
        _ change: (inout ArchiveDraft, inout SeededRandom) throws -> Void
    ) throws {
        var draft = ArchiveDraft(&random)
        try change(&draft, &random)
        var archive = HostileArchive(name: name, code: "archive.\(code)", bytes: try draft.bytes())
        if let (name, value) = limit { archive.limits[name] = value }
        // The archives are small.
        if limit?.0 == .ratio { archive.limits.ratioFreeBytes = 1 << 20 }
        archives.append(archive)
    }

    /// Adds an archive that holds one member more than its table lists, or another in the place of one.
    mutating func addMember(_ code: String, _ name: String, _ member: TarForge.Member) throws {
        try add(code, name) { draft, random in
            draft.members.insert(member, at: random.below(draft.members.count + 1))
        }
    }

    /// Adds an archive one member of which, which the table lists, is written in another way.
    mutating func addChanged(_ code: String, _ name: String, _ change: (inout TarForge.Member) -> Void) throws {
        try add(code, name) { draft, _ in draft.add("files/d0/m", [1, 2, 3], change: change) }
    }
}
