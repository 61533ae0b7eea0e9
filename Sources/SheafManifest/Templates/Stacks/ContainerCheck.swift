internal import SheafModel

/// Checks the shape of the containers that a template makes: that of Kubernetes, as far as mistakes are likely.
struct ContainerCheck {
    /// Something that is wrong at a place of the produced text.
    struct Finding {
        var message: String
        var span: SourceSpan
        var severity: Diagnostic.Severity
        var help: String?
    }

    private static let parts = ["container", "initContainers", "sidecars"]

    private static let keys = [
        "args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "name", "ports",
        "readinessProbe", "resizePolicy", "resources", "restartPolicy", "securityContext", "startupProbe", "stdin",
        "stdinOnce", "terminationMessagePath", "terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts",
        "workingDir",
    ]

    private(set) var findings: [Finding] = []

    /// The findings in a document of `container`, `initContainers` and `sidecars`.
    static func findings(in document: ManifestNode) -> [Finding] {
        var check = ContainerCheck()
        check.visitRoot(document)
        return check.findings
    }

    private mutating func report(
        _ message: String,
        _ span: SourceSpan,
        _ severity: Diagnostic.Severity = .error,
        help: String? = nil
    ) {
        findings.append(Finding(message: message, span: span, severity: severity, help: help))
    }

    private mutating func visitRoot(_ document: ManifestNode) {
        for entry in document.entries ?? [] {
            switch entry.key {
            case "container": visit(entry.value, "'container'", entry.valueSpan)
            case "initContainers", "sidecars": visitList(entry)
            default:
                report(
                    "'\(entry.key)' is no part of what runs",
                    entry.keySpan,
                    .warning,
                    help: Suggestion.help(for: entry.key, among: Self.parts)
                        ?? "known are \(Self.parts.joined(separator: ", "))"
                )
            }
        }
        if document["container"] == nil {
            report("the template makes no 'container'", document.span, help: "add 'container:' with 'name' and 'image'")
        }
    }

    private mutating func visitList(_ entry: ManifestNode.Entry) {
        guard let elements = entry.value.elements else {
            if !entry.value.isNull {
                report(
                    "'\(entry.key)' must be a list of containers, but is \(entry.value.kindInWords)",
                    entry.valueSpan
                )
            }
            return
        }
        for element in elements { visit(element, "an element of '\(entry.key)'", element.span) }
    }

    private mutating func visit(_ container: ManifestNode, _ owner: String, _ span: SourceSpan) {
        guard let entries = container.entries else {
            report("\(owner) must be a mapping, but is \(container.kindInWords)", span)
            return
        }
        for key in ["name", "image"] where container[key]?.text?.isEmpty ?? true {
            report("\(owner) has no '\(key)'", container.entry(key)?.keySpan ?? span)
        }
        for entry in entries {
            if !Self.keys.contains(entry.key) {
                report(
                    "\(owner) has a key '\(entry.key)', which containers have not",
                    entry.keySpan,
                    .warning,
                    help: Suggestion.help(for: entry.key, among: Self.keys) ?? "check the indentation"
                )
            }
            visit(entry)
        }
    }

    private mutating func visit(_ entry: ManifestNode.Entry) {
        if entry.value.isNull { return }
        switch entry.key {
        case "command", "args", "env", "envFrom", "ports", "volumeMounts":
            guard let elements = entry.value.elements else {
                report("'\(entry.key)' must be a list, but is \(entry.value.kindInWords)", entry.valueSpan)
                return
            }
            if entry.key == "volumeMounts" { reportRepeated("mountPath", elements, "mount") }
            if entry.key == "env" { reportRepeated("name", elements, "variable") }
        case "resources":
            for part in entry.value.entries ?? [] where !["claims", "limits", "requests"].contains(part.key) {
                report(
                    "'resources' has a key '\(part.key)', which it cannot have",
                    part.keySpan,
                    .warning,
                    help: "check the indentation"
                )
            }
        default: break
        }
    }

    private mutating func reportRepeated(_ key: String, _ elements: [ManifestNode], _ what: String) {
        var seen: Set<String> = []
        for element in elements {
            guard let value = element[key], let text = value.text, !seen.insert(text).inserted else { continue }
            report("there are two entries for the \(what) '\(text)'", value.span, .warning, help: "remove one of them")
        }
    }
}

extension ContainerCheck {
    /// The findings in a whole object of Kubernetes.
    static func findings(inResource document: ManifestNode) -> [Finding] {
        var check = ContainerCheck()
        for key in ["apiVersion", "kind"] where document[key]?.text?.isEmpty ?? true {
            check.report("the template makes an object without '\(key)'", document.entry(key)?.keySpan ?? document.span)
        }
        if document["metadata"]?["name"]?.text == nil {
            check.report(
                "the template makes an object without a name",
                document.entry("metadata")?.keySpan ?? document.span,
                help: "add 'metadata:' with 'name:'"
            )
        }
        check.visitVolumes(document)
        return check.findings
    }

    private mutating func visitVolumes(_ node: ManifestNode) {
        for entry in node.entries ?? [] {
            if entry.key == "volumes" { reportRepeated("name", entry.value.elements ?? [], "volume") }
            if entry.key == "volumeMounts" { reportRepeated("mountPath", entry.value.elements ?? [], "mount") }
            visitVolumes(entry.value)
        }
        for element in node.elements ?? [] { visitVolumes(element) }
    }
}
