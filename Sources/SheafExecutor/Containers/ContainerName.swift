import SheafEngine
import SheafModel

/// What containers of Sheaf are called and labelled: unique on this machine, for this home, for this incarnation.
///
/// Names are for people and for the removal of one container; whose a container is stands in its labels.
struct ContainerName: Hashable, Sendable {
    let home: ExecutorHome
    let resource: ResourceID
    let generation: Int
    /// Nil for services and workers.
    let job: String?

    init(home: ExecutorHome, instance: ResourceInstance, job: String?) {
        self.home = home
        resource = instance.resource.id
        generation = instance.generation
        self.job = job
    }

    var text: String { "sheaf-\(home.shortName)-\(ending)" }

    /// A name that an image bears as long as the incarnation needs it, and that nobody else uses.
    var image: String {
        let tag = ending.utf8.count <= Self.longestTag ? ending : Digest(of: Array(ending.utf8)).hex
        return "localhost/sheaf-\(home.shortName):\(tag)"
    }

    private var ending: String {
        let place = [resource.workspace ?? "instance", resource.kind.rawValue, resource.name].joined(separator: "-")
        return place + "-g\(generation)" + (job.map { "-\($0)" } ?? "")
    }

    /// What engines accept as a tag, in bytes.
    private static let longestTag = 128

    var labels: [String] {
        ["\(Self.homeLabel)=\(home.path)"] + generationLabels + [
            "\(Self.incarnationLabel)=\(home.files(of: resource, generation: generation).folder)"
        ]
    }

    /// What all containers of the incarnation have, and those of the runs beside it.
    var generationLabels: [String] { ["sheaf.resource=\(resource)", "sheaf.generation=\(generation)"] }

    /// The label with the home that a container belongs to.
    static let homeLabel = "sheaf.home"
    /// The label with the folder of the incarnation that a container belongs to.
    static let incarnationLabel = "sheaf.incarnation"
}
