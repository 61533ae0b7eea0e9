import SheafEngine
import SheafModel
import SheafSupervision
import SheafSystem

/// Removes containers of this home that nobody looks after: their supervisor was killed, and their client with it.
///
/// Whose a container is stands in its labels, so those of other homes are never touched.
struct ContainerSweep {
    let engine: ContainerEngine
    let home: ExecutorHome

    /// How long containers have from SIGTERM to SIGKILL, in seconds; as processes have by default.
    private static let grace = "10"

    /// Removes what is left of an incarnation whose folder does not say any more what ran, and of the runs beside it.
    func removeAll(of instance: ResourceInstance) async {
        await remove(labelled: ContainerName(home: home, instance: instance, job: nil).generationLabels)
    }

    /// Removes the containers of incarnations that have no supervisor.
    ///
    /// Who starts one holds its lock from before anything runs, so nothing that begins is taken for left.
    /// - Returns: The names of the incarnations' folders, below the home, in order.
    func removeStrays() async -> [String] {
        let folders = await incarnations().filter { !FileLock.isHeld(IncarnationPaths(folder: $0).lock) }
        for folder in folders { await remove(labelled: ["\(ContainerName.incarnationLabel)=\(folder)"]) }
        return folders.map { String($0.dropFirst(home.workloads.utf8.count + 1)) }
    }

    /// The folders that labels of this home's containers name.
    private func incarnations() async -> [String] {
        let label = ContainerName.incarnationLabel
        let format = engine.kind == .podman ? "{{index .Labels \"\(label)\"}}" : "{{.Label \"\(label)\"}}"
        let answer = await call(["ps", "--all", "--filter", "label=\(homeLabel)", "--format", format])
        let folders = Set((answer?.output ?? "").split(separator: "\n").map(String.init))
        return folders.filter { $0.hasPrefix("\(home.workloads)/") }.sorted()
    }

    private func remove(labelled labels: [String]) async {
        let filters = ([homeLabel] + labels).flatMap { ["--filter", "label=\($0)"] }
        switch engine.kind {
        case .podman: _ = await call(["rm", "--force", "--time", Self.grace, "--volumes"] + filters)
        case .docker:
            let list = await call(["ps", "--all", "--quiet"] + filters)
            let ids = (list?.output ?? "").split(separator: "\n").map(String.init)
            guard !ids.isEmpty else { return }
            _ = await call(["stop", "--time", Self.grace] + ids)
            _ = await call(["rm", "--force", "--volumes"] + ids)
        }
    }

    private var homeLabel: String { "\(ContainerName.homeLabel)=\(home.path)" }

    /// An engine that does not answer leaves what it has; the next sweep finds it.
    private func call(_ arguments: [String]) async -> EngineCall.Answer? {
        let answer = try? await EngineCall(engine: engine).run(arguments)
        return answer.flatMap { $0.isSuccess ? $0 : nil }
    }
}
