import Testing

/// An operation that is killed, on a site that is brought to where it begins.
enum CrashOperation: String, CaseIterable, Sendable {
    case firstApply, upgrade, failingUpgrade, rollback, delete

    /// Brings a fresh site to where the operation begins.
    ///
    /// - Returns: The arguments of the operation.
    func prepare(_ site: Site, _ scenario: Scenario) async throws -> [String] {
        try scenario.write(.one, to: site)
        if self == .firstApply { return ["apply", site.bundle] }
        try await Self.succeed(site, ["apply", site.bundle])
        if self == .delete { return ["delete", Scenario.name] }
        try scenario.write(.two, to: site, broken: self == .failingUpgrade ? Self.failing(scenario) : nil)
        if self != .rollback { return ["apply", site.bundle] }
        try await Self.succeed(site, ["apply", site.bundle])
        return ["rollback", Scenario.name]
    }

    /// A bundle item that fails after the others have been changed.
    static func failing(_ scenario: Scenario) -> String {
        scenario.worker("broken", script: "exit 3") + "\n      dependencies: [second, web]"
    }

    /// Runs `sheaf` and requires that it succeeds.
    static func succeed(_ site: Site, _ arguments: [String]) async throws {
        let result = try await site.run("\(Site.built)/sheaf", arguments)
        try #require(result.code == 0, "\(arguments): \(result.errors)")
    }
}
