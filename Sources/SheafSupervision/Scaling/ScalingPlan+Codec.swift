extension ScalingPlan {
    /// The numbers in their order, `-` for none, and the path, which may have blanks in it.
    var text: String {
        let aims = [cpuAim, memoryAim].map { $0.map { String($0) } ?? "-" }.joined(separator: " ")
        return "\(least) \(first) \(aims) \(period) \(calm)" + (routing.map { " \($0)" } ?? "")
    }

    init(text: String) throws(FormatError) {
        var words: [String] = []
        var rest: String? = text
        while words.count < 6 {
            guard let left = rest else { throw FormatError("scaling needs six words") }
            if let (word, further) = left.splitAtFirst(UInt8(ascii: " ")) {
                words.append(word)
                rest = further
            } else {
                words.append(left)
                rest = nil
            }
        }
        self.init(
            least: try Int(number: words[0]),
            first: try Int(number: words[1]),
            cpuAim: words[2] == "-" ? nil : try Int64(number: words[2]),
            memoryAim: words[3] == "-" ? nil : try Int64(number: words[3]),
            period: try Milliseconds(number: words[4]),
            calm: try Milliseconds(number: words[5]),
            routing: rest
        )
    }
}

/// Which ports of its instances a service wants to be used: the content of `run/serving`, read by the gateway.
package enum ServingPorts {
    private static let header = EscapedLines.Line("sheaf-serving", "1")

    /// As the bytes of the file.
    package static func encoded(_ ports: [Int]) -> [UInt8] {
        EscapedLines.encode([header] + ports.map { .init("port", String($0)) })
    }

    /// Reads what `encoded` wrote.
    ///
    /// - Throws: `FormatError` for another format.
    package static func decode(_ text: String) throws(FormatError) -> Set<Int> {
        let lines = try EscapedLines.decode(text)
        guard lines.first == header else { throw FormatError("these are no ports of format 1") }
        var ports: Set<Int> = []
        for line in lines.dropFirst() {
            guard line.key == "port" else { throw FormatError("unknown key '\(line.key)'") }
            ports.insert(try Int(number: line.value))
        }
        return ports
    }
}
