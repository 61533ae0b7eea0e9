import SheafManifest
import SheafModel
import Testing

@Suite struct FieldExplainerTests {
    @Test(arguments: [
        "workflow.dag.retry.strategy", "workflow.dag[].retry.strategy", "workflow.workflow.dag.retry.strategy",
    ])
    func aPathLeadsThroughListsAndTheSection(_ path: String) throws {
        let field = try FieldExplainer.explain(path)
        #expect(field.allowed == ["Always", "OnFailure", "OnError", "OnTransientError"])
        #expect(field.defaultValue == .string("OnFailure"))
        #expect(!field.description.isEmpty)
    }

    @Test func aKindShowsItsKeysAndAStackItsParameters() throws {
        #expect(try FieldExplainer.explain("service").children.map(\.path).contains("service.name"))
        #expect(try FieldExplainer.explain("flare.job").children.map(\.path).contains("flare.job.inputs"))
        let spec = try FieldExplainer.explain("workflow.dag.spec.stackSpec", stack: "flare")
        #expect(spec.children.map(\.path).contains("workflow.dag.spec.stackSpec.job"))
    }

    @Test(arguments: [
        ("servce", "did you mean 'service'?"), ("service.ingres", "did you mean 'ingress'?"),
        ("service.ingress.pth", "did you mean 'path'?"),
    ])
    func anUnknownNameGetsASuggestion(_ path: String, _ hint: String) throws {
        let error = try #require(throws: ExplainError.self) { try FieldExplainer.explain(path) }
        #expect(error.hint == hint)
    }

    @Test func everyKeyHasAMeaning() throws {
        func check(_ field: FieldDescription) {
            for child in field.children {
                #expect(!child.description.isEmpty, "\(child.path)")
                check(child)
            }
        }
        for entry in SchemaExport.entries() { check(try FieldExplainer.explain(entry.name, isRecursive: true)) }
    }
}
