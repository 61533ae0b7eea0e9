import FoundationEssentials
import SheafEngine
import SheafExecutor
import SheafModel
import SheafStore

/// What carrying out a target would do now, for commands that only look.
struct PlanPreview {
    let plan: Plan
    let document: PlanDocument
    private let target: Target
    private let context: CommandContext

    /// Plans without making any state where there is none.
    init(_ target: Target, options: OperationOptions = OperationOptions(), context: CommandContext) async throws {
        self.target = target
        self.context = context
        let revision: Int?
        var copies: [ResourceID] = []
        if let store = try context.existingStore() {
            let engine = context.engine("plan", store: store, report: { _ in })
            plan = try await engine.plan(target, options: options)
            copies = try engine.copies(plan, for: target, options: options)
                .filter { context.executor.holdsData(ofVolume: $0) }
            let isLive = try plan.isEmpty && target.isLive(as: store.liveRevision(of: target.bundle))
            revision = isLive ? nil : try store.nextRevision(of: target.bundle)
        } else {
            plan = try await Engine.firstPlan(target, options: options, executor: context.executor)
            revision = 1
        }
        document = PlanDocument(plan, of: target, in: context.home, toRevision: revision, copying: copies)
    }

    /// Shows the plan on standard output.
    ///
    /// - Parameters:
    ///   - format: What the user asked for.
    ///   - showsKept: Whether people see the resources too that nothing happens to.
    /// - Throws: `ArchiveError` when texts cannot be compared for lack of memory.
    func show(as format: OutputFormat, showsKept: Bool = false) throws {
        try Rendering.show(document, as: format) {
            try PlanText(document, showsKept: showsKept, style: context.terminal.outputStyle).render()
        }
    }

    /// Saves the plan for a later `apply --plan`.
    ///
    /// - Throws: `PlanFileError` when the file cannot be written.
    func save(to path: String) throws {
        try SavedPlan.write(document, to: path, by: context.user, at: Date.now)
    }

    /// Refuses to go on when the plan is not the one that was saved.
    ///
    /// - Throws: `PlanFileError` with what has moved.
    func check(_ saved: SavedPlan) throws {
        try saved.check(against: plan, of: target, in: context.home)
    }
}
