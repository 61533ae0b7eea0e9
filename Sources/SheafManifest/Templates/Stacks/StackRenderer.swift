internal import SheafModel

/// Runs the templates of a stack for the workloads that name it, and checks what they make.
package struct StackRenderer: Sendable {
    private let stack: StackDefinition
    private let platform: StackPlatform
    private let limits: TemplateLimits

    /// Makes a renderer for one stack.
    ///
    /// - Parameters:
    ///   - stack: The stack with its templates.
    ///   - platform: What the templates can learn of the platform.
    ///   - limits: How much each template may do.
    package init(stack: StackDefinition, platform: StackPlatform = StackPlatform(), limits: TemplateLimits = .init()) {
        self.stack = stack
        self.platform = platform
        self.limits = limits
    }

    /// Renders all templates that a workload needs: those of its kind.
    ///
    /// - Returns: What could be made, and everything that is wrong or doubtful, placed in the templates.
    package func render(_ workload: StackWorkload) -> StackRendering {
        var rendering = StackRendering()
        for template in stack.templates where template.config == workload.orchestrator.config {
            var findings = TemplateFindings(template, subject: workload.inWords)
            if let rendered = run(template, workload, &findings) {
                read(rendered, template, &rendering, &findings)
            }
            rendering.diagnostics += findings.all.inFileOrder
        }
        return rendering
    }

    // MARK: Running

    private func run(
        _ template: StackDefinition.Template,
        _ workload: StackWorkload,
        _ findings: inout TemplateFindings
    ) -> RenderedText? {
        let (tree, faults) = TemplateParser.parse(findings.text)
        for fault in faults { findings.report(fault) }
        guard let tree else { return nil }
        let context = TemplateContext(limits: limits, platform: platform)
        do {
            let data = StackTemplateData(stack: stack, workload: workload, platform: platform)
            let rendered = try TemplateRun.render(tree, data: .record(try data.record(context)), context: context)
            for gap in rendered.gaps.prefix(Self.gapLimit) { report(gap, &findings) }
            return rendered
        } catch let fault as TemplateFault {
            findings.report(fault)
        } catch let problem as TemplateProblem {
            // The manifest's own values are already too deep or too large.
            findings.report(TemplateFault(problem.kind, problem.message, 0..<1))
        } catch {
            findings.report(TemplateFault(.value, "the template cannot be run: \(error)", 0..<1))
        }
        return nil
    }

    /// A loop can meet the same gap again and again.
    private static let gapLimit = 20

    private func report(_ gap: RenderedText.Gap, _ findings: inout TemplateFindings) {
        let word = findings.text.string(gap.range)
        findings.report(
            .templateValue,
            "'\(word.prefix(60))' has no value, so '<no value>' is written: \(gap.reason)",
            gap.range,
            severity: .warning,
            help: "give it a value, test it with 'if', or add '| default …'"
        )
    }

    // MARK: Reading what came out

    private func read(
        _ rendered: RenderedText,
        _ template: StackDefinition.Template,
        _ rendering: inout StackRendering,
        _ findings: inout TemplateFindings
    ) {
        if template.role == .other {
            rendering.others[template.key] = rendered.text
            return
        }
        if rendered.text.allSatisfy(\.isWhitespace) { return }
        var produced = ProducedText(rendered)
        guard let document = document(of: &produced, "what the template makes", &findings) else { return }
        switch template.role {
        case .files: readFiles(document, produced, &rendering, &findings)
        case .containers:
            report(ContainerCheck.findings(in: document), produced, &findings)
            rendering.containers = document.json
        case .resource:
            report(ContainerCheck.findings(inResource: document), produced, &findings)
            rendering.resource = document.json
        case .other: break
        }
    }

    /// Reads a text as one mapping in YAML; reports what stands against it.
    private func document(
        of produced: inout ProducedText,
        _ what: String,
        _ findings: inout TemplateFindings
    ) -> ManifestNode? {
        let (document, duplicates, errors) = produced.read()
        for duplicate in duplicates { report(duplicate, &findings) }
        for error in errors {
            let place = error.span.map { produced.origin(line: $0.line, column: $0.column).range } ?? 0..<1
            findings.report(.templateOutput, "\(what) is no YAML: \(error.message)", place, help: Self.indentHelp)
        }
        if !errors.isEmpty { return nil }
        guard let document, document.entries != nil else {
            let isList = produced.text.drop(while: \.isWhitespace).hasPrefix("-")
            let found = isList ? "a list" : document?.kindInWords ?? "several documents"
            let place = produced.origin(line: document?.span.line ?? 1, column: document?.span.column ?? 1)
            findings.report(.templateOutput, "\(what) must be one mapping, but is \(found)", place.range)
            return nil
        }
        return document
    }

    private static let indentHelp = "check the indentation that the template gives to what it inserts"

    private func report(_ duplicate: ProducedText.Duplicate, _ findings: inout TemplateFindings) {
        findings.report(
            .templateOutput,
            duplicate.yieldsToUser
                ? "the workload sets '\(duplicate.key)' itself, so the template's is left out"
                : "'\(duplicate.key)' comes out twice, so the second is left out",
            duplicate.range,
            severity: .warning
        )
    }

    private func report(
        _ found: [ContainerCheck.Finding],
        _ produced: ProducedText,
        _ findings: inout TemplateFindings
    ) {
        for finding in found {
            let place = produced.origin(line: finding.span.line, column: finding.span.column).range
            findings.report(.templateOutput, finding.message, place, severity: finding.severity, help: finding.help)
        }
    }

    private func readFiles(
        _ document: ManifestNode,
        _ produced: ProducedText,
        _ rendering: inout StackRendering,
        _ findings: inout TemplateFindings
    ) {
        for entry in document.entries ?? [] {
            if entry.value.isNull {
                rendering.files[entry.key] = ""
                continue
            }
            guard let text = entry.value.text else {
                let origin = produced.origin(line: entry.keySpan.line, column: entry.keySpan.column)
                findings.report(
                    .templateOutput,
                    "the file '\(entry.key)' must be a text, but is \(entry.value.kindInWords)",
                    origin.range,
                    help: origin.isCopied ? "write '\(entry.key): |' and indent the content" : "add '| indent 2'"
                )
                continue
            }
            rendering.files[entry.key] = content(text, of: entry, produced, &findings)
        }
    }

    /// The content of a file; of one in YAML without keys that it has twice.
    private func content(
        _ text: String,
        of entry: ManifestNode.Entry,
        _ produced: ProducedText,
        _ findings: inout TemplateFindings
    ) -> String {
        let isYAML = entry.key.hasSuffix(".yaml") || entry.key.hasSuffix(".yml")
        guard isYAML, var inner = produced.block(text, at: entry.value.span) else { return text }
        let (_, duplicates, errors) = inner.read()
        for duplicate in duplicates { report(duplicate, &findings) }
        for error in errors {
            let place = error.span.map { inner.origin(line: $0.line, column: $0.column).range } ?? 0..<1
            findings.report(
                .templateOutput,
                "the file '\(entry.key)' is no YAML: \(error.message)",
                place,
                help: Self.indentHelp
            )
        }
        return inner.text
    }
}
