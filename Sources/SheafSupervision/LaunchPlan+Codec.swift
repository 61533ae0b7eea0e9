extension LaunchPlan {
    /// The first line of a file of this form.
    private static let header = EscapedLines.Line("sheaf-launch", "1")

    /// The plan as the bytes of a `launch` file; equal plans give equal bytes.
    package func encoded() -> [UInt8] {
        let common = commonEnvironment
        var lines = [Self.header]
        if let parallelism { lines.append(.init("parallelism", String(parallelism))) }
        if let scaling { lines.append(.init("scaling", scaling.text)) }
        if let routing = scaling?.routing { lines.append(.init("routing", routing)) }
        lines += groups.map(\.line)
        lines += common.sorted { $0.key < $1.key }.map { .init("environment", "\($0.key)=\($0.value)") }
        return EscapedLines.encode(lines + processes.flatMap { $0.lines(without: common) })
    }

    /// What all of several processes have in their environment: a thousand jobs differ in little but their names.
    private var commonEnvironment: [String: String] {
        guard processes.count > 1, let first = processes.first else { return [:] }
        return processes.dropFirst().reduce(into: first.environment) { common, process in
            for (key, value) in common where process.environment[key] != value { common[key] = nil }
        }
    }

    /// Reads what `encoded` wrote.
    ///
    /// - Throws: `FormatError` for another format, an unknown key, or a plan with a `problem`.
    package init(decoding text: String) throws(FormatError) {
        let lines = try EscapedLines.decode(text)
        guard lines.first == Self.header else { throw FormatError("this is no launch plan of format 1") }
        self.init(processes: [])
        var common: [String: String] = [:]
        for line in lines.dropFirst() {
            switch line.key {
            case "process":
                processes.append(ProcessPlan(name: line.value, arguments: [], environment: common, logPath: ""))
            case _ where !processes.isEmpty: try processes[processes.count - 1].take(line)
            case "group": groups.append(try GroupPlan(text: line.value))
            case "parallelism": parallelism = try Int(number: line.value)
            case "scaling": scaling = try ScalingPlan(text: line.value)
            case "routing": scaling?.routing = line.value
            case "environment": try common.takeVariable(line.value)
            default: throw FormatError("'\(line.key)' stands before the first process")
            }
        }
        if let problem { throw FormatError(problem) }
    }
}

extension [String: String] {
    fileprivate mutating func takeVariable(_ entry: String) throws(FormatError) {
        guard let (key, value) = entry.splitAtFirst(UInt8(ascii: "=")) else {
            throw FormatError("an environment line has no '='")
        }
        self[key] = value
    }
}

extension ProcessPlan {
    fileprivate func lines(without common: [String: String]) -> [EscapedLines.Line] {
        var lines: [EscapedLines.Line] = [.init("process", name)]
        lines += arguments.map { .init("argument", $0) }
        lines += environment.filter { common[$0.key] == nil }.sorted { $0.key < $1.key }
            .map { .init("environment", "\($0.key)=\($0.value)") }
        lines.append(.init("directory", workingDirectory))
        lines.append(.init("log", logPath))
        lines.append(.init("restart", restart.text))
        lines += dependencies.map { .init("needs", $0) }
        if let group { lines.append(.init("in", group)) }
        lines.append(.init("stop-signal", String(stopSignal)))
        lines.append(.init("grace", String(grace)))
        lines += cleanup.map { .init("cleanup", $0) }
        if cleanupFrom != 0 { lines.append(.init("cleanup-from", String(cleanupFrom))) }
        lines.append(.init("umask", String(umask)))
        lines += limits.map { .init("limit", "\($0.resource) \($0.soft) \($0.hard)") }
        if let memoryLimit { lines.append(.init("memory", String(memoryLimit))) }
        if let cpuLimit { lines.append(.init("cpu", String(cpuLimit))) }
        if let logLimit { lines.append(.init("log-limit", String(logLimit))) }
        lines += mounts.map { .init("mount", $0.text) }
        lines += veils.map { .init("veil", $0) }
        if let user {
            lines.append(.init("user", ([user.id, user.group] + user.groups).map(String.init).joined(separator: " ")))
        }
        lines += ports.map { .init("port", String($0)) }
        return lines
    }

    fileprivate mutating func take(_ line: EscapedLines.Line) throws(FormatError) {
        switch line.key {
        case "argument": arguments.append(line.value)
        case "environment": try environment.takeVariable(line.value)
        case "directory": workingDirectory = line.value
        case "log": logPath = line.value
        case "restart": restart = try RestartPolicy(text: line.value)
        case "needs": dependencies.append(line.value)
        case "in": group = line.value
        case "stop-signal": stopSignal = try Int32(number: line.value)
        case "grace": grace = try Milliseconds(number: line.value)
        case "cleanup": cleanup.append(line.value)
        case "cleanup-from": cleanupFrom = try Int32(number: line.value)
        case "umask": umask = try UInt32(number: line.value)
        case "limit": limits.append(try Limit(text: line.value))
        case "memory": memoryLimit = try Int64(number: line.value)
        case "cpu": cpuLimit = try Int64(number: line.value)
        case "log-limit": logLimit = try Int64(number: line.value)
        case "mount": mounts.append(try Mount(text: line.value))
        case "veil": veils.append(line.value)
        case "user": user = try User(text: line.value)
        case "port": ports.append(try Int(number: line.value))
        default: throw FormatError("unknown key '\(line.key)'")
        }
    }
}

extension GroupPlan {
    fileprivate var line: EscapedLines.Line { .init("group", "\(name) \(parent ?? "-") \(restart.text)") }

    fileprivate init(text: String) throws(FormatError) {
        let words = text.words
        guard words.count > 2 else { throw FormatError("a group needs a name, a group that it is in, and a policy") }
        self.init(
            name: words[0],
            parent: words[1] == "-" ? nil : words[1],
            restart: try RestartPolicy(text: words[2...].joined(separator: " "))
        )
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

extension ProcessPlan.Mount {
    /// Flags, the source and the target, with what no path holds between them.
    fileprivate var text: String {
        "\(isReadOnly ? "r" : "w")\(isOptional ? "o" : "m")\0\(source)\0\(target)"
    }

    fileprivate init(text: String) throws(FormatError) {
        guard let (flags, paths) = text.splitAtFirst(0), let (source, target) = paths.splitAtFirst(0),
            ["ro", "rm", "wo", "wm"].contains(flags)
        else { throw FormatError("a mount needs flags and two paths") }
        self.init(
            source: source,
            target: target,
            isReadOnly: flags.utf8.first == UInt8(ascii: "r"),
            isOptional: flags.utf8.last == UInt8(ascii: "o")
        )
    }
}

extension ProcessPlan.User {
    fileprivate init(text: String) throws(FormatError) {
        var numbers: [UInt32] = []
        for word in text.words { numbers.append(try UInt32(number: word)) }
        guard numbers.count >= 2 else { throw FormatError("a user needs a number and a group") }
        self.init(id: numbers[0], group: numbers[1], groups: Array(numbers[2...]))
    }
}

extension RestartPolicy {
    fileprivate var text: String {
        switch self {
        case .never: "never"
        case .always: "always"
        case .onFailure(let count, let pause, let maxDuration, let causes):
            "on-failure \(count) \(pause) \(maxDuration.map { String($0) } ?? "-") \(causes.rawValue)"
        }
    }

    fileprivate init(text: String) throws(FormatError) {
        let words = text.words
        switch words.first {
        case "never" where words.count == 1: self = .never
        case "always" where words.count == 1: self = .always
        // Earlier versions of Sheaf wrote no causes, and meant every failure.
        case "on-failure" where words.count == 4 || words.count == 5:
            self = .onFailure(
                count: try Int(number: words[1]),
                pause: try Milliseconds(number: words[2]),
                maxDuration: words[3] == "-" ? nil : try Milliseconds(number: words[3]),
                causes: words.count == 4 ? .any : RetryCauses(rawValue: try UInt8(number: words[4]))
            )
        default: throw FormatError("unknown restart policy '\(text)'")
        }
    }
}
