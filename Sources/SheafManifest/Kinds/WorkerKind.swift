internal import SheafModel

/// Long-running process without ports.
enum WorkerKind {
    static let schema = KindSchema(
        .worker,
        versions: ["v1beta", "v1"],
        nameRule: .runnable,
        section: section
    )

    private static let section = ObjectSchema(
        WorkloadFields.fields + WorkloadFields.longRunning,
        relocations: [
            WorkloadFields.liftedFromAvailability,
            .lower(keys: ["input", "output"], into: "stackSpec"),
        ],
        misplaced: [
            .init(
                keys: ["servicePort", "servicePorts", "ingress"],
                help: "a worker has no ports; make it a service if it is to be reached"
            )
        ]
    )
}
