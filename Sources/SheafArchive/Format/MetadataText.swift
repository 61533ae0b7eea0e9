import FoundationEssentials
import SheafModel

/// The JSON of an archive's metadata, looked through before it is decoded.
///
/// A decoder takes memory for every value before it looks at any, reads other encodings than UTF-8, and lets one of two
/// equal keys win, where another program lets the other win.
struct MetadataText {
    private let name: String
    private let limits: ArchiveLimits
    private let failure: ArchiveError.Kind
    /// What is open: the keys of a mapping, or nil for a list.
    private var open: [Set<String>?] = []
    private var values = 0
    private var position = 0

    /// Looks through a text.
    ///
    /// - Parameters:
    ///   - bytes: The whole content of a member.
    ///   - name: Of the member.
    ///   - limits: How many values there may be, and how deep.
    ///   - failure: The kind of error for what is no JSON.
    /// - Throws: `ArchiveError` of that kind, or of kind `duplicateKey`, `metadataTooDeep` or `metadataTooComplex`.
    static func check(_ bytes: [UInt8], of name: String, limits: ArchiveLimits, failure: ArchiveError.Kind) throws {
        var text = MetadataText(name: name, limits: limits, failure: failure)
        guard String(validating: bytes, as: UTF8.self) != nil else { throw text.malformed("it is not UTF-8") }
        try bytes.withUnsafeBufferPointer { try text.readAll($0) }
    }

    private init(name: String, limits: ArchiveLimits, failure: ArchiveError.Kind) {
        self.name = name
        self.limits = limits
        self.failure = failure
    }

    private typealias Bytes = UnsafeBufferPointer<UInt8>

    private mutating func readAll(_ bytes: Bytes) throws {
        repeat { try readValue(bytes) } while try advance(bytes)
        skipSpace(bytes)
        guard position == bytes.count else { throw malformed("something stands behind its end") }
    }

    /// Reads a value, of a list or mapping only the beginning down to the first value that is none.
    private mutating func readValue(_ bytes: Bytes) throws {
        while true {
            try count()
            switch next(bytes) {
            case UInt8(ascii: "{"):
                try enter([])
                if next(bytes) == UInt8(ascii: "}") { return position -= 1 }
                position -= 1
                try readKey(bytes)
            case UInt8(ascii: "["):
                try enter(nil)
                if next(bytes) == UInt8(ascii: "]") { return position -= 1 }
                position -= 1
            case UInt8(ascii: "\""): return try skipString(bytes)
            case UInt8(ascii: "t"): return try expect("rue", bytes)
            case UInt8(ascii: "f"): return try expect("alse", bytes)
            case UInt8(ascii: "n"): return try expect("ull", bytes)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                // The decoder looks at the digits.
                while position < bytes.count, Self.isInNumber(bytes[position]) { position += 1 }
                return
            default: throw malformed("there is no value at byte \(position)")
            }
        }
    }

    /// Goes on behind a value: out of what ends there, and to the beginning of the next value.
    ///
    /// - Returns: False when nothing is open any more.
    private mutating func advance(_ bytes: Bytes) throws -> Bool {
        while let innermost = open.last {
            let isMapping = innermost != nil
            switch next(bytes) {
            case UInt8(ascii: ","):
                if isMapping { try readKey(bytes) }
                return true
            case isMapping ? UInt8(ascii: "}") : UInt8(ascii: "]"): open.removeLast()
            default: throw malformed("there is neither a comma nor an end at byte \(position)")
            }
        }
        return false
    }

    private mutating func readKey(_ bytes: Bytes) throws {
        try count()
        guard next(bytes) == UInt8(ascii: "\"") else { throw malformed("there is no key at byte \(position)") }
        let start = position
        try skipString(bytes)
        let raw = Bytes(rebasing: bytes[start..<(position - 1)])
        let key = raw.contains(UInt8(ascii: "\\")) ? try unescaped(raw) : String(decoding: raw, as: UTF8.self)
        guard open[open.count - 1]?.insert(key).inserted == true else {
            throw ArchiveError(
                .duplicateKey,
                "\(name) in the archive has the key '\(EscapedText.of(key))' twice in one mapping",
                hint: "make archives with 'sheaf pack'"
            )
        }
        guard next(bytes) == UInt8(ascii: ":") else { throw malformed("there is no colon at byte \(position)") }
    }

    private mutating func enter(_ keys: Set<String>?) throws {
        open.append(keys)
        guard open.count <= limits.metadataDepth else {
            throw limits.exceeded(.metadataDepth, by: "\(name) in the archive", found: Int64(open.count))
        }
    }

    private mutating func count() throws {
        values += 1
        guard values <= limits.metadataValues else {
            throw limits.exceeded(.metadataValues, by: "\(name) in the archive", found: Int64(values))
        }
    }

    private mutating func skipString(_ bytes: Bytes) throws {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            guard bytes[position] >= 0x20 else { break }
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            throw malformed("a text in it does not end")
        }
        position += 1
    }

    /// The key as the decoder reads it.
    private func unescaped(_ key: Bytes) throws -> String {
        do {
            let quoted = [UInt8(ascii: "\"")] + Array(key) + [UInt8(ascii: "\"")]
            return try CanonicalJSON.decode(String.self, from: .init(quoted))
        } catch {
            throw malformed("a key in it is no text")
        }
    }

    private mutating func expect(_ rest: StaticString, _ bytes: Bytes) throws {
        let isThere = rest.withUTF8Buffer { position <= bytes.count && bytes[position...].starts(with: $0) }
        guard isThere else { throw malformed("there is no value at byte \(position)") }
        position += rest.utf8CodeUnitCount
    }

    /// The next byte that is no white space; 0 at the end, which is no JSON either.
    private mutating func next(_ bytes: Bytes) -> UInt8 {
        skipSpace(bytes)
        position += 1
        return position <= bytes.count ? bytes[position - 1] : 0
    }

    private mutating func skipSpace(_ bytes: Bytes) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }

    private static func isInNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private func malformed(_ reason: String) -> ArchiveError {
        ArchiveError(
            failure,
            "\(name) in the archive is not the JSON that it should be: \(reason)",
            hint: "make archives with 'sheaf pack'"
        )
    }
}
