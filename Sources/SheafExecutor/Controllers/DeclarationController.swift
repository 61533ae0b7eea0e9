import SheafEngine
import SheafModel

/// Resources that are only declared: there is nothing to do on this machine.
struct DeclarationController: ResourceController {
    func prepare(_ step: Step, resources: any ResourceDirectory) async throws -> [String: String] { step.facts }
    func perform(_ step: Step) async throws {}
    func revert(_ step: Step) async throws {}
    func finish(_ step: Step) async throws {}
    func observe(_ instance: ResourceInstance) async throws -> ResourceState { .active }
}
