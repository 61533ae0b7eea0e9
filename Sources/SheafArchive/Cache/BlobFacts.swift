import SheafModel

/// What is known of blobs that were read before: their sizes and SHA-256, so that they need not be read again.
///
/// The file has the mark `sheaf-blobs 1`, the SHA-256 of the rest, and records of 64 bytes in ascending order of id: the
/// blob's id, the day of its last use, its size and its SHA-256. A file that is not exactly that counts as empty.
struct BlobFacts: Sendable {
    /// What is known of one blob.
    struct Fact: Sendable {
        let id: GitObjectID
        let size: Int64
        let digest: SheafModel.Digest
    }

    private static let mark = Array("sheaf-blobs 1\n\0\0".utf8)
    private static let head = mark.count + ContentHash.size
    private static let record = 64
    private static let dayOffset = GitObjectID.count, sizeOffset = 24, digestOffset = 32

    private let records: [UInt8]
    /// How many blobs are known.
    var count: Int { records.count / Self.record }

    /// Knows nothing.
    init() { records = [] }

    /// Takes the bytes of a file; nil unless they are whole and undamaged.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.head, bytes.starts(with: Self.mark), (bytes.count - Self.head) % Self.record == 0
        else { return nil }
        let records = Array(bytes[Self.head...])
        guard bytes[Self.mark.count..<Self.head].elementsEqual(Self.hash(of: records)) else { return nil }
        self.records = records
    }

    /// What is known of blobs.
    ///
    /// - Returns: As many facts as there are ids, in their order; nil for a blob of which nothing is known.
    func find(_ ids: [GitObjectID]) throws -> [Fact?] {
        guard count > 0 else { return Array(repeating: nil, count: ids.count) }
        let chunk = 2_048
        let parts = try Workers.map(count: (ids.count + chunk - 1) / chunk) { part in
            records.withUnsafeBytes { records in
                ids[part * chunk..<min((part + 1) * chunk, ids.count)].map { Self.find($0, in: records) }
            }
        }
        return parts.flatMap(\.self)
    }

    private static func find(_ id: GitObjectID, in records: UnsafeRawBufferPointer) -> Fact? {
        var low = 0, high = records.count / record
        while low < high {
            let middle = (low + high) / 2
            let start = middle * record
            guard let other = GitObjectID(UnsafeRawBufferPointer(rebasing: records[start..<start + GitObjectID.count]))
            else { return nil }
            if other == id { return fact(id, records, at: start) }
            if other < id { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// The bytes of a file that also holds new facts.
    ///
    /// - Parameters:
    ///   - learned: What was not known.
    ///   - used: What was asked for; it stays longest.
    ///   - day: Today, in days since 1970.
    ///   - limit: How many blobs the file may know: those that were not used for longest are forgotten.
    /// - Returns: The bytes, to be read by `init(_:)`.
    func adding(_ learned: [Fact], used: Set<GitObjectID>, day: UInt32, limit: Int) -> [UInt8] {
        var all: [(id: GitObjectID, day: UInt32, record: [UInt8])] = []
        let fresh = Set(learned.map(\.id))
        records.withUnsafeBytes { records in
            for start in stride(from: 0, to: records.count, by: Self.record) {
                var record = Array(records[start..<start + Self.record])
                guard let id = record[..<GitObjectID.count].withUnsafeBytes({ GitObjectID($0) }), !fresh.contains(id)
                else { continue }
                let old = records.loadUnaligned(fromByteOffset: start + Self.dayOffset, as: UInt32.self).littleEndian
                let new = used.contains(id) ? day : old
                record.withUnsafeMutableBytes {
                    $0.storeBytes(of: new.littleEndian, toByteOffset: Self.dayOffset, as: UInt32.self)
                }
                all.append((id, new, record))
            }
        }
        for fact in learned { all.append((fact.id, day, Self.record(fact, day: day))) }
        if all.count > limit {
            all.sort { $0.day > $1.day }
            all.removeSubrange(limit...)
        }
        all.sort { $0.id < $1.id }
        var result: [UInt8] = []
        result.reserveCapacity(all.count * Self.record)
        for entry in all { result += entry.record }
        return Self.mark + Self.hash(of: result) + result
    }

    private static func hash(of records: [UInt8]) -> [UInt8] {
        var hash = ContentHash()
        hash.add(records)
        return hash.bytes
    }

    private static func fact(_ id: GitObjectID, _ records: UnsafeRawBufferPointer, at start: Int) -> Fact? {
        let size = records.loadUnaligned(fromByteOffset: start + sizeOffset, as: Int64.self).littleEndian
        let digest = SheafModel.Digest(
            bytes: UnsafeRawBufferPointer(rebasing: records[(start + digestOffset)..<(start + record)])
        )
        return digest.map { Fact(id: id, size: size, digest: $0) }
    }

    private static func record(_ fact: Fact, day: UInt32) -> [UInt8] {
        var bytes = fact.id.bytes
        withUnsafeBytes(of: day.littleEndian) { bytes += $0 }
        withUnsafeBytes(of: fact.size.littleEndian) { bytes += $0 }
        return bytes + fact.digest.bytes
    }
}
