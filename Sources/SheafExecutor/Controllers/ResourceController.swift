import SheafEngine
import SheafModel

/// What the local executor does for resources of some kinds; the calls keep the promises of `Executor`.
protocol ResourceController: Sendable {
    func prepare(_ step: Step, resources: any ResourceDirectory) async throws -> [String: String]
    func perform(_ step: Step) async throws
    func revert(_ step: Step) async throws
    func finish(_ step: Step) async throws
    func observe(_ instance: ResourceInstance) async throws -> ResourceState
}

extension ResolvedResource {
    /// The section of the manifest as a typed value.
    ///
    /// - Throws: `ExecutorError` with `invalid-manifest`.
    func decoded<Spec: Decodable>(_ type: Spec.Type) throws -> Spec {
        do {
            return try spec(type)
        } catch {
            throw ExecutorError(
                .invalidManifest,
                "cannot read \(id): its section '\(id.kind.sectionKey)' has another shape",
                hint: "sheaf validate"
            )
        }
    }
}
