extension SupervisorStatus {
    private static let header = EscapedLines.Line("sheaf-status", "1")

    /// The status as the bytes of a `run/status` file.
    package func encoded() -> [UInt8] {
        var head: [EscapedLines.Line] = [
            Self.header,
            .init("phase", phase.rawValue),
            .init("supervisor", "\(supervisorPid) \(supervisorStartTime)"),
            .init("changes", String(lastChange)),
        ]
        if let bootID { head.append(.init("boot", bootID)) }
        if let limits { head.append(.init("limits", limits)) }
        if let scaling { head.append(.init("scaling", scaling)) }
        head += groups.map { .init("group", $0) }
        return EscapedLines.encode(head + processes.flatMap(\.lines))
    }

    /// Reads what `encoded` wrote.
    ///
    /// - Throws: `FormatError` for another format.
    package init(decoding text: String) throws(FormatError) {
        let lines = try EscapedLines.decode(text)
        guard lines.first == Self.header else { throw FormatError("this is no status of format 1") }
        self.init(phase: .starting, supervisorPid: 0, supervisorStartTime: 0, processes: [])
        for line in lines.dropFirst() {
            switch line.key {
            case "phase": phase = try Phase(line.value)
            case "changes": lastChange = try Int(number: line.value)
            case "boot": bootID = line.value
            case "limits": limits = line.value
            case "scaling": scaling = line.value
            case "group": groups.append(line.value)
            case "supervisor": (supervisorPid, supervisorStartTime) = try ProcessStatus.identity(line.value)
            case "process": processes.append(ProcessStatus(name: line.value))
            default:
                guard !processes.isEmpty else { throw FormatError("'\(line.key)' stands before the first process") }
                try processes[processes.count - 1].take(line)
            }
        }
    }
}

extension SupervisorStatus.Phase {
    init(_ text: String) throws(FormatError) {
        guard let phase = Self(rawValue: text) else { throw FormatError("unknown phase '\(text)'") }
        self = phase
    }
}

extension ProcessStatus {
    var lines: [EscapedLines.Line] {
        var lines: [EscapedLines.Line] = [
            .init("process", name),
            .init("state", state.rawValue),
            .init("attempts", String(attempts)),
        ]
        if let pid { lines.append(.init("pid", "\(pid) \(startTime ?? 0)")) }
        switch exit {
        case .code(let code): lines.append(.init("exit-code", String(code)))
        case .signal(let number): lines.append(.init("exit-signal", String(number)))
        case .notStarted(let reason): lines.append(.init("not-started", reason))
        case nil: break
        }
        if hasSettled { lines.append(.init("settled")) }
        if let startedAt { lines.append(.init("started", String(startedAt))) }
        if let finishedAt { lines.append(.init("finished", String(finishedAt))) }
        if let nextStartAt { lines.append(.init("next-start", String(nextStartAt))) }
        if earlyEnds > 0 { lines.append(.init("early-ends", String(earlyEnds))) }
        if let outOfMemory { lines.append(.init("out-of-memory", String(outOfMemory))) }
        return lines
    }

    mutating func take(_ line: EscapedLines.Line) throws(FormatError) {
        switch line.key {
        case "state":
            guard let state = State(rawValue: line.value) else { throw FormatError("unknown state '\(line.value)'") }
            self.state = state
        case "attempts": attempts = try Int(number: line.value)
        case "pid":
            let identity = try Self.identity(line.value)
            (pid, startTime) = (identity.0, identity.1)
        case "exit-code": exit = .code(try Int32(number: line.value))
        case "exit-signal": exit = .signal(try Int32(number: line.value))
        case "not-started": exit = .notStarted(line.value)
        case "settled": hasSettled = true
        case "started": startedAt = try Milliseconds(number: line.value)
        case "finished": finishedAt = try Milliseconds(number: line.value)
        case "next-start": nextStartAt = try Milliseconds(number: line.value)
        case "early-ends": earlyEnds = try Int(number: line.value)
        case "out-of-memory": outOfMemory = try Int64(number: line.value)
        default: throw FormatError("unknown key '\(line.key)'")
        }
    }

    fileprivate static func identity(_ text: String) throws(FormatError) -> (Int32, UInt64) {
        let words = text.words
        guard words.count == 2 else { throw FormatError("a process needs a pid and a start time") }
        return (try Int32(number: words[0]), try UInt64(number: words[1]))
    }
}
