import SheafEngine
import SheafModel
import SheafStore

/// What carrying out a target would do now, for commands that only look.
struct PlanPreview {
    let plan: Plan
    /// The number that the new revision would get; nil when there would be none.
    private let revision: Int?
    private let terminal: Terminal

    /// Plans without making any state where there is none.
    init(_ target: Target, context: CommandContext) async throws {
        terminal = context.terminal
        guard let store = try context.existingStore() else {
            plan = Planner.plan(bundle: target.bundle, fromRevision: nil, live: [], desired: target.desired)
            revision = 1
            return
        }
        plan = try await context.engine("plan", store: store, report: { _ in }).plan(target)
        revision = plan.isEmpty ? nil : try store.nextRevision(of: target.bundle)
    }

    /// Shows the plan on standard output.
    func show(as format: OutputFormat) throws {
        try Rendering.show(plan, as: format) {
            PlanText(plan, revision: revision, style: terminal.outputStyle).render()
        }
    }
}
