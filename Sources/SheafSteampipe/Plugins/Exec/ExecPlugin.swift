/// Tables that run the command a query names.
struct ExecPlugin: TablePlugin {
    static let name = "exec"
    static let isDynamic = false

    private let tables: [any PluginTable]

    init(_ arguments: PluginArguments) throws {
        let remote = [
            "protocol", "host", "port", "user", "password", "private_key", "bastion_host", "insecure", "https",
        ]
        if let name = remote.first(where: { arguments.attributes[$0] != nil }) {
            throw SteampipeError(
                "steampipe.remote-exec",
                "'\(name)' asks for a remote machine, and commands run on this one only",
                hint: "remove it, or install Steampipe for ssh and winrm"
            )
        }
        try arguments.allow(["working_dir", "interpreter"])
        let interpreter = try arguments.texts("interpreter")?.filter { !$0.isEmpty } ?? []
        let setting = ExecSetting(
            interpreter: interpreter.isEmpty ? ["/bin/sh", "-c"] : interpreter,
            folder: try arguments.text("working_dir").map(arguments.path) ?? arguments.folder,
            environment: arguments.environment.map { "\($0.key)=\($0.value)" }.sorted()
        )
        tables = [ExecCommandTable(setting: setting), ExecCommandLineTable(setting: setting)]
    }

    func content() -> PluginContent { PluginContent(tables: tables) }
}

/// How the commands of a connection run.
struct ExecSetting: Sendable {
    /// More output than this of one command is an error: it is held in memory.
    static let mostOutput = 64 << 20

    var interpreter: [String]
    var folder: String
    var environment: [String]

    func start(_ command: String, _ cancellation: Cancellation) throws -> CommandRun {
        guard !command.utf8.contains(0) else {
            throw SteampipeError("steampipe.invalid-command", "a command cannot hold a NUL character")
        }
        return try CommandRun(
            interpreter + [command],
            folder: folder,
            environment: environment,
            cancellation: cancellation
        )
    }

    static let command = Column("command", .text, "Command to be run.")
    static let keyColumns = [KeyColumn(name: "command", isRequired: true)]
    static let tooLong = SteampipeError(
        "steampipe.output-too-long",
        "the command wrote more than 64 MiB",
        hint: "let the command write less"
    )
}

/// `exec_command`: a row for each command.
struct ExecCommandTable: PluginTable {
    let setting: ExecSetting

    let name = "exec_command"
    let description = "Execute a command locally and return the output as a single row."
    let keyColumns = ExecSetting.keyColumns
    let columns = [
        Column("stdout_output", .text, "Standard output from the command."),
        Column("stderr_output", .text, "Standard error output from the command."),
        Column("exit_code", .bigint, "Exit code of the command."),
        ExecSetting.command,
    ]

    func rows(_ request: ScanRequest) -> any RowStream {
        CommandRows(commands: request.values["command"] ?? []) { command in
            let run = try setting.start(command, request.cancellation)
            var output: [UInt8] = []
            var errors: [UInt8] = []
            while let (stream, bytes) = try run.read() {
                if stream == .output { output += bytes } else { errors += bytes }
                guard output.count + errors.count <= ExecSetting.mostOutput else { throw ExecSetting.tooLong }
            }
            let code = try run.finish()
            let texts = [output, errors].map { String(decoding: $0, as: UTF8.self) }
            return ListedRows([[texts[0], texts[1], String(code), command]])
        }
    }
}

/// `exec_command_line`: a row for each line that a command writes, those of standard error behind the others.
struct ExecCommandLineTable: PluginTable {
    let setting: ExecSetting

    let name = "exec_command_line"
    let description = "Execute a command locally and return one row per output line."
    let keyColumns = ExecSetting.keyColumns
    let columns = [
        Column("line", .text, "Line data."),
        Column("stream", .text, "Stream the line was sent to, e.g. stdout or stderr."),
        Column("line_number", .bigint, "Line number; it runs on from standard output into standard error."),
        ExecSetting.command,
    ]

    func rows(_ request: ScanRequest) -> any RowStream {
        CommandRows(commands: request.values["command"] ?? []) { command in
            CommandLineRows(try setting.start(command, request.cancellation), command: command)
        }
    }
}

/// The rows of one command after the other; an empty command has none.
private final class CommandRows: RowStream {
    private var commands: ArraySlice<String>
    private let open: (String) throws -> any RowStream
    private var current: (any RowStream)?

    init(commands: [String], open: @escaping (String) throws -> any RowStream) {
        self.commands = commands[...]
        self.open = open
    }

    func next() throws -> [String?]? {
        while true {
            if let row = try current?.next() { return row }
            current = nil
            guard let command = commands.popFirst() else { return nil }
            if !command.isEmpty { current = try open(command) }
        }
    }
}

/// The lines of a running command, as they come; only standard error is kept until its turn.
private final class CommandLineRows: RowStream {
    private let run: CommandRun
    private let command: String
    private var output: [UInt8] = []
    private var errors: [UInt8] = []
    private var lines: ArraySlice<(String, String)> = []
    private var number = 0
    private var isAtEnd = false

    init(_ run: CommandRun, command: String) {
        self.run = run
        self.command = command
    }

    func next() throws -> [String?]? {
        while lines.isEmpty {
            if isAtEnd { return nil }
            try readMore()
        }
        guard let (line, stream) = lines.popFirst() else { return nil }
        number += 1
        return [line, stream, String(number), command]
    }

    private func readMore() throws {
        guard let (stream, bytes) = try run.read() else {
            isAtEnd = true
            _ = try run.finish()
            lines = Self.split(output).map { ($0, "stdout") }[...] + Self.split(errors).map { ($0, "stderr") }
            return
        }
        if stream == .errors {
            errors += bytes
        } else {
            output += bytes
            if let end = output.lastIndex(of: 10) {
                lines = Self.split(output[...end]).map { ($0, "stdout") }[...]
                output.removeSubrange(...end)
            }
        }
        guard output.count + errors.count <= ExecSetting.mostOutput else { throw ExecSetting.tooLong }
    }

    private static func split(_ bytes: some BidirectionalCollection<UInt8>) -> [String] {
        var parts = bytes.split(separator: 10, omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        return parts.map { String(decoding: $0.last == 13 ? $0.dropLast() : $0, as: UTF8.self) }
    }
}
