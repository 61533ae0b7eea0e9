import FoundationEssentials
import Synchronization

/// How far the clocks of a time zone are ahead of UTC, at every moment, by the IANA database of the host.
///
/// Foundation knows names of zones only where its ICU is linked dynamically, and then has a database of its own age.
struct ZoneOffsets: Hashable, Sendable {
    /// When clocks are changed, from when they were first set by law; in seconds since 1970.
    private let changes: [Int]
    /// From each of these on, in seconds.
    private let offsets: [Int]
    /// Before the first change.
    private let first: Int
    /// What holds after the last change; nil when nothing changes any more.
    private let rule: ZoneRule?

    static let utc = ZoneOffsets(changes: [], offsets: [], first: 0, rule: nil)

    private init(changes: [Int], offsets: [Int], first: Int, rule: ZoneRule?) {
        (self.changes, self.offsets, self.first, self.rule) = (changes, offsets, first, rule)
    }

    /// At a moment, in seconds since 1970.
    func offset(at moment: Int) -> Int {
        guard let last = changes.last, let start = changes.first, moment >= start else {
            return changes.isEmpty ? rule?.offset(at: moment) ?? first : first
        }
        if moment >= last, let rule { return rule.offset(at: moment) }
        var (low, high) = (0, changes.count)
        while low + 1 < high {
            let middle = (low + high) / 2
            if changes[middle] <= moment { low = middle } else { high = middle }
        }
        return offsets[low]
    }

    // MARK: The database

    private static let folder = "/usr/share/zoneinfo"
    private static let known = Mutex<[String: ZoneOffsets]>(["UTC": utc])

    /// The offsets of a zone by its name; nil when the host knows none of that name.
    static func named(_ name: String) -> ZoneOffsets? {
        if let known = known.withLock({ $0[name] }) { return known }
        let isName = name.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "/_+-".utf8.contains(byte)
        }
        guard isName, !name.hasPrefix("/"), !name.isEmpty,
            let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)"),
            let found = ZoneOffsets(file: [UInt8](bytes))
        else { return nil }
        known.withLock { $0[name] = found }
        return found
    }

    /// Reads a file of the database (RFC 8536), of version 2 or later.
    init?(file: [UInt8]) {
        guard let old = Header(file[...]), old.version >= UInt8(ascii: "2") else { return nil }
        // The first part is for readers that know only 32 bits.
        let rest = file.dropFirst(Header.size + old.length(ofTime: 4))
        guard let header = Header(rest), header.types > 0 else { return nil }
        let body = rest.dropFirst(Header.size)
        guard body.count >= header.length(ofTime: 8) else { return nil }
        let kinds = body.dropFirst(header.times * 8)
        let types = (0..<header.types).map { type in
            Int(Int32(truncatingIfNeeded: Self.number(kinds.dropFirst(header.times + type * 6).prefix(4))))
        }
        changes = (0..<header.times).map { Self.number(body.dropFirst($0 * 8).prefix(8)) }
        let used = kinds.prefix(header.times).map(Int.init)
        guard used.allSatisfy(types.indices.contains) else { return nil }
        offsets = used.map { types[$0] }
        first = types[0]
        let footer = body.dropFirst(header.length(ofTime: 8)).split(separator: UInt8(ascii: "\n")).first
        rule = footer.flatMap { ZoneRule(String(decoding: $0, as: UTF8.self)) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(truncatingIfNeeded: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    /// How many there are of everything in a part of a file.
    private struct Header {
        static let size = 44

        let version: UInt8
        let times: Int
        let types: Int
        private let names: Int
        private let leaps: Int
        private let flags: Int

        init?(_ bytes: ArraySlice<UInt8>) {
            guard bytes.count >= Self.size, bytes.starts(with: "TZif".utf8) else { return nil }
            version = bytes[bytes.startIndex + 4]
            let counts = (0..<6).map { ZoneOffsets.number(bytes.dropFirst(20 + $0 * 4).prefix(4)) }
            flags = counts[0] + counts[1]
            (leaps, times, types, names) = (counts[2], counts[3], counts[4], counts[5])
            // More would be no zone, and overflow below.
            guard counts.allSatisfy({ $0 < 1 << 20 }) else { return nil }
        }

        /// Of what follows the header, in bytes.
        func length(ofTime size: Int) -> Int { times * (size + 1) + types * 6 + names + leaps * (size + 4) + flags }
    }
}
