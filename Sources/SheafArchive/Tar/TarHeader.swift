import SheafModel

/// The blocks before a member's content, held against the one form that Sheaf writes.
///
/// libarchive reads a dozen forms of tar and passes over what it does not know. What it passes over, other programs may
/// take for a name, a size or content; and what is in no row of the table was proven by nobody. So a member has a ustar
/// header, and before it at most one extended header of pax with the keys that Sheaf uses.
struct TarHeader {
    private let blocks: [UInt8]

    /// - Parameter blocks: Everything from the end of the member before to the content.
    init(_ blocks: [UInt8]) { self.blocks = blocks }

    /// What is wrong with the header; nil when nothing is.
    var fault: (kind: ArchiveError.Kind, reason: String)? {
        guard blocks.count >= Self.block, blocks.count % Self.block == 0 else {
            return (.foreignHeader, "has no header of its own")
        }
        let header = blocks.suffix(Self.block)
        return faultOfType(header) ?? faultOfExtension(blocks.dropLast(Self.block)) ?? faultOfFields(header)
    }

    private static let block = TarWriter.blockSize
    private static let extendedType = UInt8(ascii: "x")
    private static let linkType = UInt8(ascii: "2")
    /// The keys of extended headers, as POSIX names them.
    private static let keys = ["path", "linkpath", "size"].map { Array($0.utf8) }
    private static let sparsePrefix = Array("GNU.sparse".utf8)

    private func faultOfType(_ header: ArraySlice<UInt8>) -> (ArchiveError.Kind, String)? {
        switch header[header.startIndex + 156] {
        case UInt8(ascii: "0"), Self.linkType: nil
        case UInt8(ascii: "1"): (.hardLink, "is a hard link")
        case UInt8(ascii: "3"), UInt8(ascii: "4"): (.device, "is a device")
        case UInt8(ascii: "5"): (.folderMember, "is a folder, and folders are no members")
        case UInt8(ascii: "6"): (.pipe, "is a named pipe")
        case UInt8(ascii: "S"): (.sparse, "is a sparse file")
        default: (.specialFile, "is neither a file nor a link")
        }
    }

    /// Looks at what stands before the header: nothing, or an extended header with its records.
    private func faultOfExtension(_ blocks: ArraySlice<UInt8>) -> (ArchiveError.Kind, String)? {
        guard !blocks.isEmpty else { return nil }
        let isLocal = blocks[blocks.startIndex + 156] == Self.extendedType
        guard isLocal, let size = Self.number(blocks, 124..<136), size > 0, size <= blocks.count - Self.block,
            blocks.count == Self.block + (size + Self.block - 1) / Self.block * Self.block
        else { return (.foreignHeader, "has headers that are not its own") }
        var records = blocks.dropFirst(Self.block).prefix(size)
        var seen: Set<[UInt8]> = []
        while !records.isEmpty {
            guard let (key, length) = Self.record(records) else {
                return (.foreignHeader, "has an extended header that is not well formed")
            }
            if key.starts(with: Self.sparsePrefix) { return (.sparse, "is a sparse file") }
            guard Self.keys.contains(key), seen.insert(key).inserted else {
                return (.foreignHeader, "has '\(EscapedText.of(key))' in its extended header, or twice")
            }
            records = records.dropFirst(length)
        }
        return nil
    }

    /// Reads `LENGTH KEY=VALUE\n`.
    private static func record(_ bytes: ArraySlice<UInt8>) -> (key: [UInt8], length: Int)? {
        let digits = bytes.prefix(8).prefix { (48...57).contains($0) }
        let length = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        guard !digits.isEmpty, length > digits.count + 3, length <= bytes.count,
            bytes[bytes.startIndex + digits.count] == UInt8(ascii: " "),
            bytes[bytes.startIndex + length - 1] == UInt8(ascii: "\n")
        else { return nil }
        let rest = bytes.dropFirst(digits.count + 1).prefix(length - digits.count - 2)
        guard let equals = rest.firstIndex(of: UInt8(ascii: "=")), !rest[equals...].contains(0) else { return nil }
        return (Array(rest[..<equals]), length)
    }

    private func faultOfFields(_ header: ArraySlice<UInt8>) -> (ArchiveError.Kind, String)? {
        let start = header.startIndex
        guard header[(start + 257)..<(start + 265)].elementsEqual("ustar\u{0}00".utf8),
            let mode = Self.number(header, 100..<108), let size = Self.number(header, 124..<136)
        else { return (.foreignHeader, "has a header of another form than ustar") }
        switch mode & 0o170000 {
        case 0: break
        case 0o140000: return (.socket, "is a socket")
        case 0o010000: return (.pipe, "is a named pipe")
        case 0o020000, 0o060000: return (.device, "is a device")
        default: return (.foreignHeader, "has a mode that no file has")
        }
        if mode & 0o7000 != 0 { return (.setuid, "would run as another user, or has other special modes") }
        if header[start + 156] == Self.linkType, size != 0 { return (.sizeMismatch, "is a link with content") }
        return nil
    }

    /// A number in octal digits, with a space or zero at its end; the binary numbers of GNU are none.
    private static func number(_ header: ArraySlice<UInt8>, _ field: Range<Int>) -> Int? {
        let bytes = header[(header.startIndex + field.lowerBound)..<(header.startIndex + field.upperBound)]
        let digits = bytes.prefix { (48...55).contains($0) }
        guard !digits.isEmpty, bytes.dropFirst(digits.count).allSatisfy({ $0 == 0 || $0 == 0x20 }) else { return nil }
        return digits.reduce(0) { $0 * 8 + Int($1 - 48) }
    }
}
