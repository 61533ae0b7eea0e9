extension LaunchPlan {
    /// The first line of a file of this form.
    private static let header = EscapedLines.Line("sheaf-launch", "1")

    /// The plan as the bytes of a `launch` file; equal plans give equal bytes.
    package func encoded() -> [UInt8] {
        EscapedLines.encode([Self.header] + processes.flatMap(\.lines))
    }

    /// Reads what `encoded` wrote.
    ///
    /// - Throws: `FormatError` for another format, an unknown key, or a plan with a `problem`.
    package init(decoding text: String) throws(FormatError) {
        let lines = try EscapedLines.decode(text)
        guard lines.first == Self.header else { throw FormatError("this is no launch plan of format 1") }
        var processes: [ProcessPlan] = []
        for line in lines.dropFirst() {
            if line.key == "process" {
                processes.append(ProcessPlan(name: line.value, arguments: [], logPath: ""))
            } else if processes.isEmpty {
                throw FormatError("'\(line.key)' stands before the first process")
            } else {
                try processes[processes.count - 1].take(line)
            }
        }
        self.init(processes: processes)
        if let problem { throw FormatError(problem) }
    }
}

extension ProcessPlan {
    fileprivate var lines: [EscapedLines.Line] {
        var lines: [EscapedLines.Line] = [.init("process", name)]
        lines += arguments.map { .init("argument", $0) }
        lines += environment.sorted { $0.key < $1.key }.map { .init("environment", "\($0.key)=\($0.value)") }
        lines.append(.init("directory", workingDirectory))
        lines.append(.init("log", logPath))
        lines.append(.init("restart", restart.text))
        lines += dependencies.map { .init("needs", $0) }
        lines.append(.init("stop-signal", String(stopSignal)))
        lines.append(.init("grace", String(grace)))
        lines += cleanup.map { .init("cleanup", $0) }
        if cleanupFrom != 0 { lines.append(.init("cleanup-from", String(cleanupFrom))) }
        lines.append(.init("umask", String(umask)))
        lines += limits.map { .init("limit", "\($0.resource) \($0.soft) \($0.hard)") }
        return lines
    }

    fileprivate mutating func take(_ line: EscapedLines.Line) throws(FormatError) {
        switch line.key {
        case "argument": arguments.append(line.value)
        case "environment":
            guard let (key, value) = line.value.splitAtFirst(UInt8(ascii: "=")) else {
                throw FormatError("an environment line has no '='")
            }
            environment[key] = value
        case "directory": workingDirectory = line.value
        case "log": logPath = line.value
        case "restart": restart = try RestartPolicy(text: line.value)
        case "needs": dependencies.append(line.value)
        case "stop-signal": stopSignal = try Int32(number: line.value)
        case "grace": grace = try Milliseconds(number: line.value)
        case "cleanup": cleanup.append(line.value)
        case "cleanup-from": cleanupFrom = try Int32(number: line.value)
        case "umask": umask = try UInt32(number: line.value)
        case "limit": limits.append(try Limit(text: line.value))
        default: throw FormatError("unknown key '\(line.key)'")
        }
    }
}

extension ProcessPlan.Limit {
    fileprivate init(text: String) throws(FormatError) {
        let words = text.words
        guard words.count == 3 else { throw FormatError("a limit needs three numbers") }
        self.init(
            resource: try Int32(number: words[0]),
            soft: try UInt64(number: words[1]),
            hard: try UInt64(number: words[2])
        )
    }
}

extension RestartPolicy {
    fileprivate var text: String {
        switch self {
        case .never: "never"
        case .always: "always"
        case .onFailure(let count, let pause, let maxDuration):
            "on-failure \(count) \(pause) \(maxDuration.map { String($0) } ?? "-")"
        }
    }

    fileprivate init(text: String) throws(FormatError) {
        let words = text.words
        switch words.first {
        case "never" where words.count == 1: self = .never
        case "always" where words.count == 1: self = .always
        case "on-failure" where words.count == 4:
            self = .onFailure(
                count: try Int(number: words[1]),
                pause: try Milliseconds(number: words[2]),
                maxDuration: words[3] == "-" ? nil : try Milliseconds(number: words[3])
            )
        default: throw FormatError("unknown restart policy '\(text)'")
        }
    }
}
