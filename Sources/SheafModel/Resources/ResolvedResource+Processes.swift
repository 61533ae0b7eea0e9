extension ResolvedResource {
    /// Whether it is a workflow whose jobs are run when it is applied: one without a schedule, and no trial.
    package var runsWhenApplied: Bool {
        guard id.kind == .workflow, section["schedule"] ?? .null == .null else { return false }
        return !isTrial
    }

    /// Whether it is a workflow that is only to be deployed: one of its jobs says so.
    package var isTrial: Bool {
        (section["dag"]?.arrayValue ?? []).contains { $0["spec"]?["dryRun"] == .bool(true) }
    }

    /// How many processes of it run all the time on this machine.
    package var processCount: Int {
        guard id.kind == .service || id.kind == .worker else { return 0 }
        return section["dryRun"] == .bool(true) ? 0 : instanceCount
    }
}

extension ResourceKind {
    /// Whether resources of this kind run something.
    package var runsProcesses: Bool { self == .service || self == .worker || self == .workflow }
}
