package import SheafModel

/// Renders the stacks of a bundle for the workloads of the same bundle.
package enum RenderedStacks {
    /// Renders every workload whose stack the bundle defines itself.
    ///
    /// - Parameters:
    ///   - bundle: The resolved bundle.
    ///   - sources: Display path -> bytes of the manifests that it was resolved from, for the places of findings; may
    ///     be empty.
    ///   - fqdn: The host name of the instance that the templates are to see.
    /// - Returns: What each service and worker is rendered to, and for a workflow an object of its jobs; everything
    ///   that is wrong or doubtful.
    package static func render(
        _ bundle: ResolvedBundle,
        sources: [String: [UInt8]] = [:],
        fqdn: String = StackPlatform().fqdn
    ) -> (rendered: [ResourceID: JSONValue], diagnostics: [Diagnostic]) {
        let places = TemplatePlaces(sources: sources)
        let stacks = bundle.resources.filter { $0.id.kind == .stack }.map { resource in
            places.placed(StackDefinition(section: resource.section))
        }
        let platform = StackPlatform(
            fqdn: fqdn,
            depots: sections(of: .depot, in: bundle),
            computes: sections(of: .compute, in: bundle)
        )
        var rendered: [ResourceID: JSONValue] = [:]
        var findings = Findings()
        for resource in bundle.resources {
            var parts: [(name: String, value: JSONValue)] = []
            for workload in StackWorkload.workloads(of: resource) {
                guard let reference = workload.spec["stack"]?.scalarText,
                    let stack = StackReference(reference).choose(among: stacks)
                else { continue }
                let rendering = StackRenderer(stack: stack, platform: platform).render(workload)
                findings.append(rendering.diagnostics)
                parts.append((workload.name, rendering.json))
            }
            guard let first = parts.first else { continue }
            rendered[resource.id] =
                resource.id.kind == .workflow
                ? .object(["jobs": .object(Dictionary(parts, uniquingKeysWith: { first, _ in first }))]) : first.value
        }
        return (rendered, findings.inFileOrder)
    }

    private static func sections(of kind: ResourceKind, in bundle: ResolvedBundle) -> [String: JSONValue] {
        let found = bundle.resources.filter { $0.id.kind == kind }.map { ($0.id.name, $0.section) }
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }
}

/// The templates in the text of manifests, to find the place of a template whose manifest was already resolved.
private struct TemplatePlaces {
    private var templates: [String: StackDefinition.Template] = [:]

    init(sources: [String: [UInt8]]) {
        for (file, bytes) in sources.sorted(by: { $0.key < $1.key }) {
            let (documents, _) = ManifestParser.parse(bytes, file: file)
            for section in documents.flatMap(StackTemplateCheck.sections) {
                let stack = StackDefinition(section: section, source: bytes)
                for template in stack.templates {
                    let key = Self.key(stack, template)
                    if templates[key] == nil { templates[key] = template }
                }
            }
        }
    }

    private static func key(_ stack: StackDefinition, _ template: StackDefinition.Template) -> String {
        [stack.name, stack.flavor ?? "", stack.version, template.config, template.key, template.text].joined(
            separator: "\0"
        )
    }

    /// The stack with the places of its templates, as far as they are found.
    func placed(_ stack: StackDefinition) -> StackDefinition {
        var placed = stack
        for index in placed.templates.indices {
            placed.templates[index].place = templates[Self.key(stack, placed.templates[index])]?.place
        }
        return placed
    }
}
