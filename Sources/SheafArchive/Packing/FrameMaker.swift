import Glibc
import SheafModel
import SheafSystem

/// Makes frames, or finds them in the cache; each thread has one.
///
/// All of it has to run under `ThreadLocale.utf8`.
final class FrameMaker {
    private let source: SourceTree
    private let session: PackSession
    private let recipe: String
    private var tar: TarWriter
    private let compressor: ZstdFrameWriter

    init(_ source: SourceTree, session: PackSession, level: Int) throws {
        self.source = source
        self.session = session
        recipe = "\(ZstdFrameWriter.recipe(level: level)) \(TarWriter.recipe)"
        tar = try TarWriter()
        compressor = try ZstdFrameWriter(level: level)
    }

    /// Gives the frame of some members.
    ///
    /// Where their digests are known and the frame is kept, nothing is read.
    ///
    /// - Parameters:
    ///   - range: The positions of the members.
    ///   - surveyed: Their digests, where all are known and the frame is not kept.
    /// - Throws: `PackSession.Damage`, `ArchiveError` of kind `fileChanged`, `noSpace`, `cannotWrite`, and what
    ///   reading gives.
    /// - Returns: The frame, which has its bytes in a file.
    func frame(
        of range: Range<Int>,
        digests surveyed: [SheafModel.Digest?]? = nil
    ) throws -> PackSession.Frame {
        let members = source.members[range]
        if surveyed == nil, session.trustsFacts, let digests = Self.knownDigests(of: members),
            let frame = kept(members, digests)
        {
            return frame
        }
        if let member = members.first, member.size >= FramePlan.alone { return try largeFrame(of: member, surveyed) }
        try startTar()
        var digests: [SheafModel.Digest?] = []
        for member in members {
            try tar.begin(ArchiveLayout.files + member.path.text, kind: member.kind, size: member.size)
            digests.append(try read(member) { try tar.content($0) })
            try tar.end()
        }
        try learn(members, digests, surveyed)
        if surveyed == nil, let frame = kept(members, digests) { return frame }
        let key = key(of: members, digests)
        return try tar.withWritten { content in
            try compressor.frame(content) { bytes in
                let place = try session.put(bytes, as: key)
                return PackSession.Frame(place: place, size: Int64(bytes.count), digests: digests)
            }
        }
    }

    /// The frame that ends the tar.
    func lastFrame() throws -> [UInt8] {
        try startTar()
        try tar.finish()
        return try tar.withWritten { try compressor.frame($0) { Array($0) } }
    }

    /// Makes the tar empty, whatever became of the frame before.
    ///
    /// A frame that could not be finished leaves a member open, and what comes next would begin with the rest of it.
    private func startTar() throws {
        if tar.isInMember { tar = try TarWriter() }
        tar.clear()
    }

    // MARK: A file with a frame to itself

    private func largeFrame(of member: SourceMember, _ surveyed: [SheafModel.Digest?]?) throws -> PackSession.Frame {
        if case .disk = member.origin, session.cache != nil {
            // Reading it twice is cheaper than compressing it in vain.
            let digests = [try read(member) { _ in }]
            if let frame = kept([member], digests) { return frame }
        }
        // What the extended header may need is added.
        let stored = FramePlan.storedSize(of: member) + 8 * Int64(TarWriter.blockSize)
        let sink = try session.makeSink(upTo: ZstdFrameWriter.bound(stored))
        do {
            return try compress(member, into: sink, surveyed)
        } catch let error as SystemError {
            session.give(up: error)
            return try compress(member, into: try session.makeSink(upTo: ZstdFrameWriter.bound(stored)), surveyed)
        }
    }

    private func compress(
        _ member: SourceMember,
        into sink: FrameSink,
        _ surveyed: [SheafModel.Digest?]?
    ) throws -> PackSession.Frame {
        try startTar()
        try tar.begin(ArchiveLayout.files + member.path.text, kind: member.kind, size: member.size)
        let block = Int64(TarWriter.blockSize)
        try compressor.begin(size: Int64(tar.count) + (member.size + block - 1) / block * block)
        func pass() throws {
            try tar.withWritten { try compressor.add($0) { try sink.write($0) } }
            tar.clear()
        }
        try pass()
        let digest = try read(member) { piece in
            for start in stride(from: 0, to: piece.count, by: readingChunk) {
                let end = min(start + readingChunk, piece.count)
                try tar.content(UnsafeRawBufferPointer(rebasing: piece[start..<end]))
                try pass()
            }
        }
        try tar.end()
        try pass()
        try compressor.end { try sink.write($0) }
        try learn([member], [digest], surveyed)
        let place = try sink.finish(as: key(of: [member], [digest]))
        return PackSession.Frame(place: place, size: sink.size, digests: [digest])
    }

    // MARK: Members

    /// Reads the content of a member.
    ///
    /// - Returns: Its digest; nil for a link.
    private func read(
        _ member: SourceMember,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> SheafModel.Digest? {
        guard member.linkTarget == nil else { return nil }
        var hash = ContentHash()
        let changed: () -> any Error = {
            // A blob never changes, so it was the cache that told another size.
            if case .object(_, .some) = member.origin, self.session.trustsFacts { return PackSession.Damage.facts }
            return DirectoryAnchor.changed(self.source.displayPath(member.path.text))
        }
        try source.readContent(of: member) { piece in
            hash.add(piece)
            guard hash.count <= member.size else { throw changed() }
            try body(piece)
        }
        guard hash.count == member.size else { throw changed() }
        return hash.digest
    }

    /// The digests of members, nil for links, if all can be told without reading anything.
    private static func knownDigests(of members: some Sequence<SourceMember>) -> [SheafModel.Digest?]? {
        var digests: [SheafModel.Digest?] = []
        for member in members {
            guard member.linkTarget == nil else {
                digests.append(nil)
                continue
            }
            switch member.origin {
            case .object(_, let known):
                guard let known else { return nil }
                digests.append(known)
            case .stored(_, let digest), .large(let digest, _): digests.append(digest)
            case .disk: return nil
            }
        }
        return digests
    }

    /// Leaves what blobs are to the next pack.
    ///
    /// - Throws: `PackSession.Damage` when the cache said something else of them.
    private func learn(
        _ members: some Sequence<SourceMember>,
        _ digests: [SheafModel.Digest?],
        _ surveyed: [SheafModel.Digest?]?
    ) throws {
        guard session.cache != nil else { return }
        if let surveyed {
            guard surveyed == digests else { throw PackSession.Damage.facts }
            return
        }
        var learned: [BlobFacts.Fact] = []
        for (member, digest) in zip(members, digests) {
            guard case .object(let id, let known) = member.origin, let digest else { continue }
            if let known, session.trustsFacts {
                guard known == digest else { throw PackSession.Damage.facts }
            } else {
                learned.append(BlobFacts.Fact(id: id, size: member.size, digest: digest))
            }
        }
        session.learn(learned)
    }

    /// The frame of members with these digests, if it is kept.
    func find(_ range: Range<Int>, _ digests: [SheafModel.Digest?]) -> PackSession.Frame? {
        kept(source.members[range], digests)
    }

    private func kept(
        _ members: some Sequence<SourceMember>,
        _ digests: [SheafModel.Digest?]
    ) -> PackSession.Frame? {
        guard let cache = session.cache else { return nil }
        let key = key(of: members, digests)
        return cache.frames.open(key).map { .init(place: .kept(key), size: $0.size, digests: digests) }
    }

    /// What decides every byte of a frame.
    private func key(of members: some Sequence<SourceMember>, _ digests: [SheafModel.Digest?]) -> SheafModel.Digest {
        var hash = ContentHash()
        hash.add("sheaf frame 1\n\(recipe)\n")
        for (member, digest) in zip(members, digests) {
            for text in [member.path.text, member.linkTarget ?? digest?.hex ?? ""] {
                hash.add(Int64(text.utf8.count))
                hash.add(text)
            }
            hash.add(Int64(member.mode))
            hash.add(member.size)
        }
        return hash.digest
    }
}
