internal import SheafModel

/// Turns what is wrong in a template into diagnostics of its manifest.
struct TemplateFindings {
    let template: StackDefinition.Template
    let text: TemplateText
    /// For whom the template is run, such as `service 'web'`; nil where it is only read.
    let subject: String?
    private(set) var all = Findings()

    init(_ template: StackDefinition.Template, subject: String? = nil) {
        self.template = template
        self.subject = subject
        text = TemplateText(template.text)
    }

    mutating func report(_ fault: TemplateFault) {
        report(code(of: fault), fault.message, fault.range, help: fault.help)
    }

    mutating func report(
        _ code: ManifestCode,
        _ message: String,
        _ range: Range<Int>,
        severity: Diagnostic.Severity? = nil,
        help: String? = nil
    ) {
        let exact = template.place?.span(of: range, in: text)
        var words = message
        if exact == nil {
            let place = text.place(of: range.lowerBound)
            words += " (\(template.config).\(template.key), line \(place.line), column \(place.column) of the template)"
        }
        if let subject { words += ", for \(subject)" }
        all.report(code, words, at: exact ?? template.place?.span, severity: severity, help: help)
    }

    private func code(of fault: TemplateFault) -> ManifestCode {
        switch fault.kind {
        case .syntax: .templateSyntax
        case .unknownFunction: .templateUnknownFunction
        case .unsupported: .templateUnsupported
        case .value: .templateValue
        case .limit: .templateLimit
        }
    }
}
