internal import SheafModel

extension CronLine {
    /// Whether a line of stars and numbers is good beyond all doubt, found out from its bytes.
    static func isPlain(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        for field in 0..<5 {
            if field > 0 {
                guard index < line.count, line[index] == UInt8(ascii: " ") else { return false }
                index += 1
            }
            if index < line.count, line[index] == UInt8(ascii: "*") {
                index += 1
                continue
            }
            let start = index
            var value = 0
            while index < line.count, (48...57).contains(line[index]), index - start < 2 {
                value = value * 10 + Int(line[index] - 48)
                index += 1
            }
            guard index > start, plainRanges[field].contains(value) else { return false }
        }
        return index == line.count
    }

    // Not every month has a 30th day.
    private static let plainRanges = [0...59, 0...23, 1...29, 1...12, 0...7]
}
