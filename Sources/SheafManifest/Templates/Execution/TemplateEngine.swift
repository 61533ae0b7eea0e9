package import SheafModel

/// Runs a template by itself, over any data.
package enum TemplateEngine {
    /// The names of all functions that templates can call, sorted.
    package static var functionNames: [String] { FunctionLibrary.standard.names }

    /// Parses and runs a template.
    ///
    /// - Parameters:
    ///   - template: The template's text.
    ///   - data: What the dot stands for at the top.
    ///   - platform: What `DataOsFqdn` and `resolve` give.
    ///   - limits: How much the template may do.
    /// - Returns: What the template wrote, nil when there are faults; all faults of the text, or the first of the run.
    package static func render(
        _ template: String,
        data: JSONValue,
        platform: StackPlatform = StackPlatform(),
        limits: TemplateLimits = TemplateLimits()
    ) -> (text: String?, faults: [TemplateFault]) {
        let (tree, faults) = TemplateParser.parse(TemplateText(template))
        guard let tree else { return (nil, faults) }
        let context = TemplateContext(limits: limits, platform: platform)
        do {
            let value = try context.value(data)
            return (try TemplateRun.render(tree, data: value, context: context).text, [])
        } catch let fault as TemplateFault {
            return (nil, [fault])
        } catch let problem as TemplateProblem {
            return (nil, [TemplateFault(problem.kind, problem.message, 0..<1)])
        } catch {
            return (nil, [TemplateFault(.value, "\(error)", 0..<1)])
        }
    }
}
