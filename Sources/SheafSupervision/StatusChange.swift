/// Something that has become different since a status was written: an entry of `run/changes`.
///
/// The file is only added to, so that what changes costs the same however many processes there are. An entry has the
/// lines of a status, and a last one with its number.
package enum StatusChange: Hashable, Sendable {
    case phase(SupervisorStatus.Phase)
    /// How many instances run by the load, in words.
    case scaling(String)
    /// All that is known of one process now.
    case process(ProcessStatus)

    private static let header = EscapedLines.Line("sheaf-changes", "1")
    private static let end = "end"

    /// What a file without entries holds.
    package static var encodedHeader: [UInt8] { EscapedLines.encode([header]) }

    /// The change as an entry.
    package func encoded(number: Int) -> [UInt8] {
        let last = EscapedLines.Line(Self.end, String(number))
        return switch self {
        case .phase(let phase): EscapedLines.encode([.init("phase", phase.rawValue), last])
        case .scaling(let words): EscapedLines.encode([.init("scaling", words), last])
        case .process(let process): EscapedLines.encode(process.lines + [last])
        }
    }

    /// Reads what stands in a file, with the numbers, up to the first entry that is not whole: a torn write leaves one.
    static func decode(_ text: String) -> [(number: Int, change: StatusChange)] {
        let lines = EscapedLines.decodeBeginning(of: text)
        guard lines.first == header else { return [] }
        var changes: [(number: Int, change: StatusChange)] = []
        var entry: [EscapedLines.Line] = []
        for line in lines.dropFirst() {
            guard line.key == end else {
                entry.append(line)
                continue
            }
            // What stands behind a damaged entry is not trusted, whatever is wrong with it.
            guard let number = Int(line.value), let change = try? StatusChange(entry) else { break }
            changes.append((number, change))
            entry = []
        }
        return changes
    }

    private init(_ lines: [EscapedLines.Line]) throws(FormatError) {
        guard let first = lines.first else { throw FormatError("an entry is empty") }
        switch first.key {
        case "phase": self = .phase(try SupervisorStatus.Phase(first.value))
        case "scaling": self = .scaling(first.value)
        case "process":
            var process = ProcessStatus(name: first.value)
            for line in lines.dropFirst() { try process.take(line) }
            self = .process(process)
        default: throw FormatError("unknown key '\(first.key)'")
        }
    }
}

extension SupervisorStatus {
    /// Reads a status and what has changed since.
    ///
    /// Whoever reads the files reads the changes first: the supervisor writes a whole status before it begins a new file
    /// of changes, so a status is never older than what is missing from the changes.
    /// - Parameters:
    ///   - text: What `encoded` wrote.
    ///   - changes: The entries since, some of which may be in the status already.
    /// - Throws: `FormatError` for another format of the status; of the changes as many count as can be read.
    package init(decoding text: String, changes: String?) throws(FormatError) {
        try self.init(decoding: text)
        let later = changes.map(StatusChange.decode)?.filter { [lastChange] in $0.number > lastChange } ?? []
        guard let last = later.last else { return }
        let places = Dictionary(processes.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        for (_, change) in later {
            switch change {
            case .phase(let phase): self.phase = phase
            case .scaling(let words): scaling = words
            case .process(let process):
                if let place = places[process.name] { processes[place] = process }
            }
        }
        lastChange = last.number
    }
}
