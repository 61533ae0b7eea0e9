/// Where one file of a tar archive is in its bytes.
///
/// Only what image archives need: names as they stand in the header or in the pax record before it, sizes, places.
struct TarMember: Hashable, Sendable {
    /// Without `./` before it.
    var name: String
    /// From its header to the end of its last block.
    var blocks: Range<Int>
    var content: Range<Int>

    /// All regular files, in their order.
    ///
    /// - Returns: nil for what is no tar archive, or a part of one.
    static func all(in bytes: [UInt8]) -> [TarMember]? {
        var members: [TarMember] = []
        var place = 0
        var longName: String?
        while place + block <= bytes.count {
            if bytes[place..<place + block].allSatisfy({ $0 == 0 }) { return members }
            guard bytes[place + 257..<place + 262].elementsEqual("ustar".utf8),
                let size = number(bytes[place + 124..<place + 136])
            else { return nil }
            let start = place + block
            let end = start + (size + block - 1) / block * block
            guard start + size <= bytes.count, end <= bytes.count else { return nil }
            switch bytes[place + 156] {
            case UInt8(ascii: "0"), 0:
                let name = longName ?? name(bytes[place..<start])
                members.append(
                    TarMember(
                        name: name.hasPrefix("./") ? String(name.dropFirst(2)) : name,
                        blocks: place..<end,
                        content: start..<start + size
                    )
                )
                longName = nil
            case UInt8(ascii: "L"): longName = text(bytes[start..<start + size])
            case UInt8(ascii: "x"): longName = path(inRecords: bytes[start..<start + size])
            default: longName = nil
            }
            place = end
        }
        return nil
    }

    /// The archive with other content for this member.
    func replaced(by content: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var header = Array(bytes[blocks.lowerBound..<blocks.lowerBound + Self.block])
        Self.write(content.count, digits: 11, to: &header, at: 124)
        // The sum is formed with blanks in its own place.
        header.replaceSubrange(148..<156, with: [UInt8](repeating: UInt8(ascii: " "), count: 8))
        let sum = header.reduce(0) { $0 + Int($1) }
        Self.write(sum, digits: 6, to: &header, at: 148)
        header[154] = 0
        let padding = [UInt8](repeating: 0, count: (Self.block - content.count % Self.block) % Self.block)
        return Array(bytes[..<blocks.lowerBound]) + header + content + padding + bytes[blocks.upperBound...]
    }

    private static let block = 512

    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        Int(text(field).filter { $0 != " " }, radix: 8)
    }

    private static func write(_ number: Int, digits: Int, to header: inout [UInt8], at place: Int) {
        let text = String(number, radix: 8)
        let padded = String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text
        header.replaceSubrange(place..<place + digits, with: Array(padded.utf8))
    }

    /// The parts of a long name are in two fields.
    private static func name(_ header: ArraySlice<UInt8>) -> String {
        let start = header.startIndex
        let name = text(header[start..<start + 100])
        let prefix = text(header[start + 345..<start + 500])
        return prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Records are `LENGTH KEY=VALUE`, each on a line.
    private static func path(inRecords bytes: ArraySlice<UInt8>) -> String? {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").lazy
            .compactMap { $0.split(separator: " ", maxSplits: 1).last }
            .first { $0.hasPrefix("path=") }
            .map { String($0.dropFirst(5)) }
    }
}
