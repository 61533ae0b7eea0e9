/// Splits a file at its `---` lines, which YAML allows at the start of a line for nothing else.
enum DocumentSplitter {
    /// Returns: Ranges of bytes, each one document with the directives before it.
    static func split(_ bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var starts = [0]
        // Comments and directives before a marker belong to the document that it begins.
        var isPreamble = true
        var line = 0
        while line < bytes.count {
            let end = bytes[line...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if isMarker(bytes[line..<end]) {
                if line > 0, !isPreamble { starts.append(line) }
                isPreamble = false
            } else if !isIdle(bytes[line..<end]) {
                isPreamble = false
            }
            line = end + 1
        }
        return starts.indices.map { starts[$0]..<($0 + 1 < starts.count ? starts[$0 + 1] : bytes.count) }
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
