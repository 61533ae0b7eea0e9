import ArgumentParser
import SheafModel

/// The command `sheaf` and all its subcommands.
@main
struct Sheaf: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheaf",
        abstract: "Package data products, deploy them in one step, roll back to any release.",
        discussion: """
            A directory with a bundle.yaml becomes a release:

              sheaf init data-product shop      make a new data product
              sheaf plan shop                   say what an apply would do
              sheaf apply shop                  do it, as one transaction
              sheaf status shop                 show what is live
              sheaf rollback shop               go back to the previous revision

            SHEAF_HOME is where Sheaf keeps its state (default: $XDG_STATE_HOME/sheaf, else ~/.local/state/sheaf).
            """,
        version: SheafVersion.current,
        subcommands: [AwaitConfirmationCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Write",
                subcommands: [
                    InitCommand.self, ExplainCommand.self, SchemaCommand.self, ValidateCommand.self,
                    ResolveCommand.self, GraphCommand.self,
                ]
            ),
            CommandGroup(
                name: "Package",
                subcommands: [
                    PackCommand.self, InspectCommand.self, DiffCommand.self, VerifyCommand.self, UnpackCommand.self,
                    KeygenCommand.self, SignCommand.self,
                ]
            ),
            CommandGroup(
                name: "Release",
                subcommands: [
                    PlanCommand.self, ApplyCommand.self, ConfirmCommand.self, RollbackCommand.self, DeleteCommand.self,
                    PromoteCommand.self, RehearseCommand.self, BisectCommand.self, HistoryCommand.self,
                    EventsCommand.self, SnapshotsCommand.self, RecoverCommand.self, GcCommand.self, SecretCommand.self,
                    ScheduleCommand.self,
                ]
            ),
            CommandGroup(
                name: "Look",
                subcommands: [
                    StatusCommand.self, DriftCommand.self, GetCommand.self, LogsCommand.self, QueryCommand.self,
                    RunCommand.self, RunsCommand.self, DoctorCommand.self,
                ]
            ),
        ]
    )

    static func main() async {
        await CommandRunner.run(Sheaf.self)
    }
}

/// The version of this program.
enum SheafVersion {
    static let current = "0.1.0"
}
