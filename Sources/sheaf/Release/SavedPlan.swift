import FoundationEssentials
import SheafEngine
import SheafModel
import SheafSystem

/// A plan that was saved to a file, to be carried out later if nothing has moved.
struct SavedPlan {
    let path: String
    let document: PlanDocument

    /// Refuses a file among those that the plan is about: saving it would make another archive of them.
    ///
    /// - Throws: `PlanFileError`.
    static func checkPlace(_ path: String, outside source: BundleSource) throws {
        guard case .directory(let folder, _) = source else { return }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let parent = parts.count > 1 ? parts.dropLast().joined(separator: "/") + "/" : "."
        let place = RealPath.of(parent), root = RealPath.of(folder)
        guard place == root || place.hasPrefix(root == "/" ? root : "\(root)/") else { return }
        throw PlanFileError.inside(path, folder)
    }

    /// Writes a plan to a file that only its owner reads; one that is there is replaced.
    ///
    /// - Throws: `PlanFileError` when it cannot be written.
    static func write(_ document: PlanDocument, to path: String, by author: String, at now: Date) throws {
        var document = document
        document.savedAt = now
        document.author = author
        let bytes = Array((try Rendering.json(document) + "\n").utf8)
        do throws(SystemError) {
            try DurableFile.write(bytes, to: path)
        } catch {
            throw PlanFileError.unwritable(path, error)
        }
    }

    /// Reads what `write` wrote.
    ///
    /// - Throws: `SourceError` when there is no such file, `PlanFileError` when it is damaged or of a newer version.
    init(path: String) throws {
        struct Head: Decodable { var formatVersion: Int }
        self.path = path
        let data = Data(try ReadableFile.contents(of: path))
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            let format = try decoder.decode(Head.self, from: data).formatVersion
            guard format <= PlanDocument.currentFormat else { throw PlanFileError.newer(path, format) }
            document = try decoder.decode(PlanDocument.self, from: data)
        } catch let error as DecodingError {
            throw PlanFileError.damaged(path, error)
        }
    }

    /// Refuses a plan that was made for something else altogether.
    ///
    /// - Throws: `PlanFileError` when it is of another bundle or operation.
    func check(isOf bundle: String, operation: Revision.Operation) throws {
        guard document.bundle == bundle, document.operation == operation else {
            throw PlanFileError.other(path, document, wanted: bundle, operation)
        }
    }

    /// What an operation on a target asks before it does anything: whether that is still what the plan says.
    func agreement(on target: Target, in home: String) -> @Sendable (Plan) throws -> Void {
        { plan in try check(against: plan, of: target, in: home) }
    }

    /// Refuses to go on when anything has moved since the plan was made.
    ///
    /// - Throws: `PlanFileError` with a line for each thing that moved.
    func check(against plan: Plan, of target: Target, in home: String) throws {
        let now = PlanDocument(plan, of: target, in: home, toRevision: document.toRevision)
        let moves = try PlanMoves(from: document, to: now).lines
        guard moves.isEmpty else { throw PlanFileError.moved(path, document, moves) }
    }
}

/// A saved plan that cannot be used.
struct PlanFileError: SheafError {
    let code: String
    let message: String
    let details: [String]
    let hint: String?
    let failureClass: FailureClass

    private init(
        _ code: String,
        _ message: String,
        details: [String] = [],
        hint: String,
        _ failureClass: FailureClass = .invalidInput
    ) {
        self.code = code
        self.message = message
        self.details = details
        self.hint = hint
        self.failureClass = failureClass
    }

    private static let remedy = "make a new one: \(command(of: .apply))"

    /// What saves a plan.
    private static func command(of operation: Revision.Operation) -> String {
        operation == .rollback ? "sheaf rollback BUNDLE --dry-run --save FILE" : "sheaf plan SOURCE --save FILE"
    }

    static func damaged(_ path: String, _ cause: DecodingError) -> PlanFileError {
        PlanFileError("plan.damaged", "'\(path)' holds no plan: \(place(of: cause))", hint: remedy)
    }

    static func newer(_ path: String, _ format: Int) -> PlanFileError {
        PlanFileError(
            "plan.newer-version",
            "'\(path)' has the format \(format), and this Sheaf reads up to \(PlanDocument.currentFormat)",
            hint: "use the Sheaf that made it, or \(remedy)"
        )
    }

    static func other(
        _ path: String,
        _ plan: PlanDocument,
        wanted bundle: String,
        _ operation: Revision.Operation
    ) -> PlanFileError {
        PlanFileError(
            "plan.other-bundle",
            "'\(path)' is a plan to \(plan.operation.rawValue) '\(plan.bundle)', not to \(operation.rawValue) '\(bundle)'",
            hint: "make a new one: \(command(of: operation))"
        )
    }

    static func unwritable(_ path: String, _ cause: SystemError) -> PlanFileError {
        PlanFileError(
            "plan.cannot-write",
            "the plan cannot be saved as '\(path)': \(cause.reason)",
            hint: "choose a file in a folder that you may write to",
            .refused
        )
    }

    static func inside(_ path: String, _ folder: String) -> PlanFileError {
        PlanFileError(
            "plan.inside-bundle",
            "the plan cannot be saved as '\(path)': it would be a file of the bundle, which then is another",
            hint: "save it outside of '\(folder)'",
            .usage
        )
    }

    static func moved(_ path: String, _ plan: PlanDocument, _ moves: [String]) -> PlanFileError {
        PlanFileError(
            "plan.moved",
            "the plan '\(path)' does not fit any more; nothing was changed",
            details: moves,
            hint: "look at a new one: \(command(of: plan.operation))",
            .refused
        )
    }

    /// Where the text is no plan, in words without any of it.
    private static func place(of error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "it has no '\(key.stringValue)'"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(context.codingPath.last.map { "'\($0.stringValue)'" } ?? "it") has another shape"
        default: "it is cut off, or somebody has edited it"
        }
    }
}
