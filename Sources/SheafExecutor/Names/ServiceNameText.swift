import SheafModel

/// Finds the names of services in texts, and puts the address of this machine in their place.
///
/// For processes that cannot have names of their own.
struct ServiceNameText {
    /// Whether there is such a service.
    let exists: (ResourceID) throws -> Bool

    private static let suffix = Array(ServiceNames.suffix.utf8)
    private static let address = Array(ServiceNames.address.utf8)

    /// Whether a text speaks of a service by its name.
    static func occurs(in text: String) -> Bool {
        text.utf8.count > suffix.count && text.contains(ServiceNames.suffix)
    }

    /// Whether a text speaks of a service by its name.
    static func occurs(in text: [UInt8]) -> Bool {
        text.count > suffix.count && text.indices.contains { text[$0...].starts(with: suffix) }
    }

    func replace(in text: String) throws -> String {
        guard Self.occurs(in: text) else { return text }
        return String(decoding: try replace(in: Array(text.utf8)), as: UTF8.self)
    }

    /// The text with the address in place of the name of each service that exists.
    func replace(in text: [UInt8]) throws -> [UInt8] {
        var result: [UInt8] = []
        var end = 0
        for name in try places(in: text) {
            result += text[end..<name.lowerBound]
            result += Self.address
            end = name.upperBound
        }
        return result + text[end...]
    }

    /// The names of services that exist in a text.
    func names(in text: [UInt8]) throws -> [String] {
        try places(in: text).map { String(decoding: text[$0], as: UTF8.self) }
    }

    /// Where the names of services that exist stand in a text.
    private func places(in text: [UInt8]) throws -> [Range<Int>] {
        guard text.count > Self.suffix.count else { return [] }
        return try text.indices.compactMap { position in
            guard text[position] == Self.suffix[Self.suffix.count - 1] else { return nil }
            let end = position + 1
            let isLast = end == text.count || !Self.isNameByte(text[end])
            guard isLast, let length = try lengthOfName(in: text[..<end]) else { return nil }
            return (end - length)..<end
        }
    }

    /// How many bytes at the end of a text are the name of a service; nil when they are none.
    private func lengthOfName(in text: ArraySlice<UInt8>) throws -> Int? {
        guard text.count > Self.suffix.count, text.suffix(Self.suffix.count).elementsEqual(Self.suffix) else {
            return nil
        }
        let before = text.dropLast(Self.suffix.count)
        let labels = before.reversed().prefix(while: Self.isNameByte).reversed().map { $0 }
        let parts = labels.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        let id = ResourceID(
            kind: .service,
            workspace: String(decoding: parts[1], as: UTF8.self),
            name: String(decoding: parts[0], as: UTF8.self)
        )
        return try exists(id) ? labels.count + Self.suffix.count : nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
