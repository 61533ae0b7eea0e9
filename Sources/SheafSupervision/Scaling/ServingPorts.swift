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
