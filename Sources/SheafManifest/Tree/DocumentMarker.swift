/// The `---` lines of a file, which YAML allows at the start of a line for nothing else.
enum DocumentMarker {
    /// Where the document ends that begins at an offset, which is the start of a line.
    ///
    /// - Returns: The start of the next document; directives before its marker belong to it.
    static func end(ofDocumentAt start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var line = start
        // Comments and directives before a marker belong to the document that it begins.
        var isPreamble = true
        var directives: Int?
        while line < bytes.count {
            let end = bytes.offset(of: .lineFeed, from: line) ?? bytes.count
            if isMarker(bytes[line..<end]) {
                if line > start, !isPreamble { return directives ?? line }
                isPreamble = false
                directives = nil
            } else if line < end, bytes[line] == UInt8(ascii: "%"), !isPreamble {
                directives = directives ?? line
            } else if !isIdle(bytes[line..<end]) {
                isPreamble = false
                directives = nil
            }
            line = end + 1
        }
        return bytes.count
    }

    private static func isMarker(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let dash = UInt8(ascii: "-")
        let start = line.startIndex
        guard line.count >= 3, line[start..<start + 3].allSatisfy({ $0 == dash }) else { return false }
        return line.count == 3 || isSpace(line[start + 3])
    }

    private static func isIdle(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let first = line.first else { return true }
        return first == UInt8(ascii: "#") || first == UInt8(ascii: "%") || line.allSatisfy(isSpace)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
