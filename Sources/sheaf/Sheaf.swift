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
        groupedSubcommands: [
            CommandGroup(
                name: "Write",
                subcommands: [Init.self, Validate.self, Resolve.self, Graph.self]
            ),
            CommandGroup(
                name: "Package",
                subcommands: [Pack.self, Inspect.self, Verify.self, Unpack.self]
            ),
            CommandGroup(
                name: "Release",
                subcommands: [Plan.self, Apply.self, Rollback.self, Delete.self, History.self, Recover.self]
            ),
            CommandGroup(
                name: "Look",
                subcommands: [Status.self, Get.self, Logs.self, Run.self, Doctor.self]
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
