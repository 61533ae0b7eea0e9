/// A message of PostgreSQL's wire protocol, version 3: a letter and its body.
package struct WireMessage: Hashable, Sendable {
    package var type: UInt8
    package var body: [UInt8]

    package init(_ type: Character, _ body: [UInt8] = []) {
        self.type = type.asciiValue ?? 0
        self.body = body
    }

    package init(type: UInt8, body: [UInt8]) {
        self.type = type
        self.body = body
    }

    package var letter: Character { Character(UnicodeScalar(type)) }

    /// The message as it goes over the socket.
    package var bytes: [UInt8] {
        var writer = WireWriter()
        writer.int32(body.count + 4)
        return [type] + writer.bytes + body
    }
}

/// Puts the body of a message together.
package struct WireWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func byte(_ value: UInt8) { bytes.append(value) }

    package mutating func int16(_ value: Int) {
        withUnsafeBytes(of: Int16(truncatingIfNeeded: value).bigEndian) { bytes += $0 }
    }

    package mutating func int32(_ value: Int) {
        withUnsafeBytes(of: Int32(truncatingIfNeeded: value).bigEndian) { bytes += $0 }
    }

    /// A text with a zero behind it.
    package mutating func string(_ text: String) {
        bytes += text.utf8
        bytes.append(0)
    }

    /// A value with its length before it; nil is the null of SQL.
    package mutating func value(_ text: String?) {
        guard let text else { return int32(-1) }
        int32(text.utf8.count)
        bytes += text.utf8
    }
}

/// Takes the body of a message apart.
package struct WireReader {
    private var rest: ArraySlice<UInt8>

    package init(_ bytes: [UInt8]) { rest = bytes[...] }

    package var isAtEnd: Bool { rest.isEmpty }

    package mutating func byte() throws -> UInt8 {
        guard let byte = rest.popFirst() else { throw Self.short }
        return byte
    }

    package mutating func int16() throws -> Int {
        let bytes = try take(2)
        return Int(Int16(truncatingIfNeeded: bytes.reduce(0) { $0 << 8 | Int($1) }))
    }

    package mutating func int32() throws -> Int {
        let bytes = try take(4)
        return Int(Int32(truncatingIfNeeded: bytes.reduce(0) { $0 << 8 | Int($1) }))
    }

    package mutating func string() throws -> String {
        guard let end = rest.firstIndex(of: 0) else { throw Self.short }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    /// A value with its length before it.
    package mutating func value() throws -> String? {
        let count = try int32()
        guard count >= 0 else { return nil }
        return String(decoding: try take(count), as: UTF8.self)
    }

    /// Passes over a number of bytes.
    package mutating func skip(_ count: Int) throws { _ = try take(count) }

    /// All that is left, as a text.
    mutating func text() -> String {
        defer { rest = [] }
        return String(decoding: rest, as: UTF8.self)
    }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard rest.count >= count else { throw Self.short }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static let short = PostgresError.protocolViolation("a message of the wire protocol ends too early")
}
