internal import SheafModel

extension BundleLoader {
    /// Gives the services and workers of a bundle what its properties ask for; those of inner bundles have their own.
    mutating func takeReadinessRules(of bundle: ReadManifest, prefix: String, paths: Set<String>) {
        let rules = bundle.section?.value["properties"]?[ReadinessRule.property]?.entries ?? []
        for rule in rules {
            let path = prefix + rule.key
            guard paths.contains(path), let index = items.firstIndex(where: { $0.path == path }) else {
                let known = items.filter { paths.contains($0.path) && Self.isProbed($0.id.kind) }
                let names = known.map { String($0.path.dropFirst(prefix.count)) }
                report(
                    "the bundle has no item '\(rule.key)' that could become ready",
                    at: rule.keySpan,
                    help: Suggestion.help(for: rule.key, among: names)
                        ?? (names.isEmpty ? nil : "its services and workers are \(names.joined(separator: ", "))")
                )
                continue
            }
            let kind = items[index].id.kind
            guard Self.isProbed(kind) else {
                report(
                    "'\(rule.key)' is a \(kind.rawValue), of which nothing can be asked to be ready",
                    at: rule.keySpan,
                    help: "name services and workers"
                )
                continue
            }
            let probes = ["http", "command"].compactMap { rule.value.entry($0) }
            guard probes.count == 1, let probe = probes.first else {
                report(
                    "the readiness of '\(rule.key)' needs 'http' or 'command', and one of them only",
                    at: rule.keySpan,
                    help: "write {http: /health} or {command: [...]}"
                )
                continue
            }
            if probe.key == "http", kind != .service {
                report(
                    "'\(rule.key)' is a worker, which has no port that could answer",
                    at: probe.keySpan,
                    help: "use 'command'"
                )
            }
            items[index].readiness = ReadinessRule(rule.value.json)
        }
    }

    private static func isProbed(_ kind: ResourceKind) -> Bool { kind == .service || kind == .worker }

    private mutating func report(_ message: String, at span: SourceSpan, help: String?) {
        loader.findings.report(.invalidValue, message, at: span, help: help)
    }
}
