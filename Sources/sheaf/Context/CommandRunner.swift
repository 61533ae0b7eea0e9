import ArgumentParser
import Glibc
import SheafModel

/// Runs a command from the arguments to the exit code.
enum CommandRunner {
    static func run(_ root: any ParsableCommand.Type) async {
        StandardStreams.claimDescriptors()
        let status: Int32
        do {
            var command = try root.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            try StandardStreams.confirmDelivered()
            status = 0
        } catch let exit as ExitCode {
            status = exit.rawValue
        } catch {
            status = report(error, of: root)
        }
        Glibc.exit(status)
    }

    /// Tells of the error and gives the exit code for it.
    private static func report(_ error: any Error, of root: any ParsableCommand.Type) -> Int32 {
        let terminal = Terminal.current(environment: CommandContext.environment)
        if let error = error as? any SheafError {
            StandardStreams.error.write(ErrorText.render(error, style: terminal.errorStyle))
            return ExitStatus.code(for: error.failureClass)
        }
        let code = root.exitCode(for: error)
        if code == .failure {
            StandardStreams.error.write(ErrorText.render(error, style: terminal.errorStyle))
            return ExitStatus.code(for: .refused)
        }
        if code == .validationFailure, let unknown = UnknownCommand(CommandLine.arguments, of: root) {
            StandardStreams.error.write(ErrorText.render(unknown, style: terminal.errorStyle))
            return ExitStatus.code(for: unknown.failureClass)
        }
        // Help and version are results; everything else that the parser says is an error of usage.
        let text = root.fullMessage(for: error)
        if code == .success {
            StandardStreams.output.write(text.hasSuffix("\n") ? text : text + "\n")
            return 0
        }
        StandardStreams.error.write(text.hasSuffix("\n") ? text : text + "\n")
        return ExitStatus.code(for: .usage)
    }
}
