/// Keys that are common in manifests, to tell a key from a word of a text.
enum FamiliarKeys {
    private static let keys: Set<String> = [
        "name", "version", "type", "layer", "description", "tags", "owner", "entity", "workspace", "title", "labels",
        "workflow", "service", "worker", "secret", "instance-secret", "depot", "volume", "compute", "stack", "cluster",
        "database", "lakehouse", "monitor", "pager", "policy", "grant", "operator", "resource", "bundle", "lens",
        "dag", "spec", "file", "id", "dependencies", "schedule", "cron", "stackSpec", "envs", "resources", "requests",
        "limits", "cpu", "memory", "replicas", "ingress", "servicePort", "runAsUser", "runAsApiKey", "logLevel",
        "external", "secrets", "data", "acl", "job", "inputs", "outputs", "steps", "sequence", "sql", "options",
        "format", "dataset", "command", "arguments", "image", "config", "properties", "source", "sink", "timezone",
        "endOn", "concurrencyPolicy", "incident", "report", "conditions", "output", "webHook", "template", "topology",
        "workspaces", "host", "port", "url", "username", "password", "subprotocol", "params", "profile", "explain",
    ]

    /// Keys whose values are mappings or lists wherever they occur.
    private static let parents: Set<String> = [
        "spec", "stackSpec", "workflow", "bundle", "dag",
        "resources", "requests", "limits", "envs", "ingress", "inputs", "outputs", "steps", "sequence", "functions",
        "tags", "dependencies", "secrets", "properties", "options", "sparkConf", "conditions", "arguments",
    ]

    static func contains(_ word: String) -> Bool { keys.contains(word) }

    static func isParent(_ key: String) -> Bool { parents.contains(key) }
}
