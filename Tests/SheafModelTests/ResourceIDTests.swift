import SheafModel
import Testing

@Suite struct ResourceIDTests {
    @Test(arguments: ResourceKind.allCases)
    func whatIsPrintedIsParsedAgain(_ kind: ResourceKind) throws {
        for workspace in [nil, "public", "shop"] {
            let id = ResourceID(kind: kind, workspace: workspace, name: "web-1")
            #expect(ResourceID(id.description) == id)
            let data = try CanonicalJSON.encode([id])
            #expect(try CanonicalJSON.decode([ResourceID].self, from: data) == [id])
        }
    }

    @Test(arguments: ResourceKind.allCases)
    func kindsOfTheInstanceHaveNoWorkspaceAndOthersAlwaysHave(_ kind: ResourceKind) {
        #expect((ResourceID(kind: kind, workspace: "w", name: "n").workspace == nil) == kind.isInstanceLevel)
        #expect((ResourceID(kind: kind, workspace: nil, name: "n").workspace == nil) == kind.isInstanceLevel)
    }

    @Test(arguments: ["", "service", "service:", ":web", "service:web:", "service:a:b:c", "servce:web", "Service:web"])
    func otherTextsNameNoResource(_ text: String) {
        #expect(ResourceID(text) == nil)
    }

    @Test func aTextThatNamesNoResourceDoesNotDecode() throws {
        let data = try CanonicalJSON.encode(["nothing"])
        #expect(throws: DecodingError.self) { try CanonicalJSON.decode([ResourceID].self, from: data) }
    }
}
