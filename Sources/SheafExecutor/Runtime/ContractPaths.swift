/// Replaces the paths of the runtime contract by the directories that stand for them.
///
/// The paths of the contract are the host's own for a process there, so its words must name the real directories.
struct ContractPaths: Sendable {
    private let replacements: [(contract: [UInt8], real: [UInt8])]

    /// - Parameter folders: Longer contract paths win over those that they begin with.
    init(_ folders: [RuntimeFolder]) {
        replacements = folders.map { (Array($0.target.utf8), Array($0.source.utf8)) }
            .sorted { $0.0.count > $1.0.count }
    }

    /// Replaces whole paths and their beginnings; `/etc/dataos/configuration` and `/opt/etc/dataos/config` stay.
    func replace(in text: String) -> String { String(decoding: replace(in: Array(text.utf8)), as: UTF8.self) }

    func replace(in text: [UInt8]) -> [UInt8] {
        guard replacements.contains(where: { text.count >= $0.contract.count }) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            if text[position] == UInt8(ascii: "/"), let match = match(in: text, at: position) {
                result += match.real
                position += match.contract.count
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    private func match(in text: [UInt8], at position: Int) -> (contract: [UInt8], real: [UInt8])? {
        replacements.first { candidate in
            let end = position + candidate.contract.count
            guard end <= text.count, text[position..<end].elementsEqual(candidate.contract) else { return false }
            let isWhole = end == text.count || !Self.isNameByte(text[end])
            return isWhole && Self.beginsPath(text, at: position)
        }
    }

    /// Whether a path begins here: what stands before is no part of a longer one.
    private static func beginsPath(_ text: [UInt8], at position: Int) -> Bool {
        var start = position
        while start > 0, isNameByte(text[start - 1]) { start -= 1 }
        let word = text[start..<position]
        // As in `-I/etc/dataos/config`; `opt/etc`, `./etc` and `${X}/etc` are other paths.
        if !word.isEmpty { return word.first == UInt8(ascii: "-") && !word.contains(UInt8(ascii: ".")) }
        guard start > 0 else { return true }
        switch text[start - 1] {
        // As in `file:///etc/dataos/config`, against `/opt//etc`, which nobody writes.
        case UInt8(ascii: "/"): return start > 1 && text[start - 2] == UInt8(ascii: "/")
        case UInt8(ascii: "}"), UInt8(ascii: "~"): return false
        default: return true
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), 0x80...0xFF:
            true
        default: false
        }
    }
}
