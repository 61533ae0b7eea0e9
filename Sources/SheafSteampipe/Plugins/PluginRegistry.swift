/// The plugins of this engine.
enum PluginRegistry {
    private static let plugins: [any TablePlugin.Type] = [CsvPlugin.self, ConfigPlugin.self, ExecPlugin.self]

    /// What well-known plugins need that this engine has not.
    private static let needs = [
        "aws": "AWS credentials and the network",
        "azure": "Azure credentials and the network",
        "gcp": "Google Cloud credentials and the network",
        "salesforce": "a Salesforce account and the network",
        "googlesheets": "a Google account and the network",
        "airtable": "an Airtable token and the network",
        "finance": "the network",
        "github": "a GitHub token and the network",
        "kubernetes": "a Kubernetes cluster",
        "net": "the network",
        "terraform": "the plugin's own program",
        "snowflake": "a Snowflake account and the network",
    ]

    static func type(of name: String) -> (any TablePlugin.Type)? { plugins.first { $0.name == name } }

    /// Why a plugin is not there.
    static func unavailable(_ name: String) -> SteampipeError {
        let known = plugins.map { $0.name }.joined(separator: ", ")
        return SteampipeError(
            "steampipe.plugin-unavailable",
            "plugin '\(name)' not available offline: it needs \(needs[name] ?? "Steampipe itself")",
            hint: "this engine has the plugins \(known); install Steampipe for the others"
        )
    }
}
