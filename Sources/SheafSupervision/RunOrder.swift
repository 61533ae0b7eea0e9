/// What is special about one run of a workflow, beside its launch plan: the content of `run/order`.
///
/// It is written before the supervisor is started, and is all that is known of a run until that has written its status.
package struct RunOrder: Hashable, Sendable {
    /// The identifier of the run.
    package var id: String
    /// Where the jobs write their output, each into `<job>.log`.
    package var logFolder: String
    /// The generation of the workflow that runs.
    package var generation: Int
    /// Why it was begun.
    package var cause: String
    /// When it was begun, in milliseconds since 1970.
    package var startedAt: Milliseconds
    /// The users that its jobs act as, as the manifest says.
    package var users: [String]
    /// Folders that are emptied once the run has succeeded.
    package var discarded: [String]

    package init(
        id: String,
        logFolder: String,
        generation: Int,
        cause: String,
        startedAt: Milliseconds,
        users: [String] = [],
        discarded: [String] = []
    ) {
        self.id = id
        self.logFolder = logFolder
        self.generation = generation
        self.cause = cause
        self.startedAt = startedAt
        self.users = users
        self.discarded = discarded
    }

    /// Stands in a launch plan for the identifier of the run, which is not known when the plan is made.
    package static let idPlaceholder = "{run}"

    /// Where a job of this run writes its output.
    package func log(of process: String) -> String { "\(logFolder)/\(process).log" }
}

extension LaunchPlan {
    /// The plan as one run follows it.
    package func following(_ order: RunOrder) -> LaunchPlan {
        var plan = self
        for index in plan.processes.indices {
            plan.processes[index].logPath = order.log(of: processes[index].name)
            plan.processes[index].environment = processes[index].environment.mapValues { value in
                value == RunOrder.idPlaceholder ? order.id : value
            }
        }
        return plan
    }
}

// The file
extension RunOrder {
    private static let header = EscapedLines.Line("sheaf-run", "1")

    /// The order as the bytes of a file.
    package func encoded() -> [UInt8] {
        let lines: [EscapedLines.Line] = [
            Self.header,
            .init("id", id),
            .init("logs", logFolder),
            .init("generation", String(generation)),
            .init("cause", cause),
            .init("started", String(startedAt)),
        ]
        return EscapedLines.encode(
            lines + users.map { .init("user", $0) } + discarded.map { .init("discard", $0) }
        )
    }

    /// Reads what `encoded` wrote.
    ///
    /// - Throws: `FormatError` for another format, or when the identifier or the folder is missing.
    package init(decoding text: String) throws(FormatError) {
        let lines = try EscapedLines.decode(text)
        guard lines.first == Self.header else { throw FormatError("this is no run of format 1") }
        self.init(id: "", logFolder: "", generation: 0, cause: "", startedAt: 0)
        for line in lines.dropFirst() {
            switch line.key {
            case "id": id = line.value
            case "logs": logFolder = line.value
            case "generation": generation = try Int(number: line.value)
            case "cause": cause = line.value
            case "started": startedAt = try Milliseconds(number: line.value)
            case "user": users.append(line.value)
            case "discard": discarded.append(line.value)
            default: throw FormatError("unknown key '\(line.key)'")
            }
        }
        guard !id.isEmpty, logFolder.utf8.first == UInt8(ascii: "/") else {
            throw FormatError("a run needs an identifier and a folder for its logs")
        }
    }
}
