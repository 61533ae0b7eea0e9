import SheafExecutor
import SheafModel
import SheafStore

/// Live workflows, and their runs, by what a user calls them.
struct KnownWorkflow {
    /// The bundle that has it live.
    let bundle: String
    let instance: ResourceInstance

    var id: ResourceID { instance.resource.id }

    /// All live workflows, by bundle and dependency order.
    ///
    /// - Throws: `StoreError` when the database cannot be read.
    static func all(in store: Store?) throws -> [KnownWorkflow] {
        try (store?.inventory() ?? []).filter { $0.instance.resource.id.kind == .workflow }
            .map { KnownWorkflow(bundle: $0.bundle, instance: $0.instance) }
    }

    /// Finds the one live workflow that a text means.
    ///
    /// - Throws: `NoSuchResource` with what comes near, `UsageError` where it means something else.
    static func find(_ text: String, in store: Store?) throws -> KnownWorkflow {
        let known = try all(in: store)
        do {
            return try ResourceQuery(text).only(of: known, called: "live workflow") { $0.id }
        } catch let error as NoSuchResource where !error.isAmbiguous {
            // Whatever else is wrong with the text, there is no such workflow.
            if let other = try? LiveResource.find(text, in: store).resource.id {
                throw UsageError("\(other) is no workflow", hint: "only workflows have jobs to run")
            }
            let guess = Suggestion.help(for: ResourceQuery(text).name, among: known.map(\.id.name))
            throw guess.map(error.with(hint:)) ?? error
        }
    }

    /// Finds the one run that a text means: its identifier, or a part of it from its beginning or its end.
    ///
    /// - Throws: `NoSuchResource` with what there is.
    func run(_ text: String, among runs: [WorkflowRun]) throws -> WorkflowRun {
        let fitting = runs.filter { $0.id.description.hasPrefix(text) || $0.id.description.hasSuffix(text) }
        if fitting.count == 1, let run = fitting.first { return run }
        throw NoSuchResource(
            text: text,
            noun: "run of \(id)",
            isAmbiguous: !fitting.isEmpty,
            names: (fitting.isEmpty ? runs : fitting).map(\.id.description)
        ).with(hint: runs.isEmpty ? "there is none yet; begin one with 'sheaf run \(id)'" : "see 'sheaf runs \(id)'")
    }
}
