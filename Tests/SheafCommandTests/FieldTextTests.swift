import SheafManifest
import Testing

@testable import sheaf

/// What `explain` shows.
@Suite struct FieldTextTests {
    private func tree(_ path: String, depth: Int = 1) throws -> FieldTree {
        let found = try SchemaReference.embedded.find(path)
        return FieldTree(.embedded, found.field, entry: found.entry, depth: depth)
    }

    @Test(arguments: [40, 60, 80, 200])
    func keepsToTheWidthOfTheTerminal(_ width: Int) throws {
        for entry in SchemaLibrary.embedded.entries {
            let text = FieldText(width: width, style: .plain).page(try tree(entry.name))
            // A word that is longer than its column runs over; the texts do not.
            let tooWide = text.split(separator: "\n").map(String.init).filter { $0.count > max(width, 72) }
            #expect(tooWide.isEmpty, "\(entry.name): \(tooWide)")
        }
    }

    @Test func showsWhatIsKnownOfAField() throws {
        let text = FieldText(width: 80, style: .plain).page(try tree("service.logLevel"))
        #expect(
            text == """
                service.service.logLevel
                  How much is logged.

                  Type           word
                  Required       no
                  Default        INFO
                  Values         INFO, WARN, DEBUG, ERROR, TRACE
                  Other words    warning for WARN

                """
        )
    }

    @Test func alignsTheFieldsBelowAndMarksTheMandatoryOnes() throws {
        let text = FieldText(width: 80, style: .plain).page(try tree("service.servicePorts"))
        #expect(
            text.hasSuffix(
                """
                Fields
                  name*         text     Name of the port.
                  servicePort*  integer  Number of the port.
                  targetPort    integer  Port of the process, where it differs.

                * mandatory

                """
            )
        )
    }

    @Test func showsTheFieldsBelowAsATree() throws {
        let text = FieldText(width: 80, style: .plain).tree(try tree("workflow.schedule", depth: .max))
        #expect(text.contains("\n  cron*              cron line\n"))
        #expect(text.contains("\n  timezone           time zone\n"))
    }

    @Test func usesColoursOnlyWhereTheyAreWanted() throws {
        let tree = try tree("service")
        #expect(!FieldText(width: 80, style: .plain).page(tree).contains("\u{1B}"))
        #expect(FieldText(width: 80, style: TextStyle(isColored: true)).page(tree).contains("\u{1B}[1m"))
    }

    @Test func programsSeeTheSame() throws {
        let json = try Rendering.json(FieldRecord(try tree("service.dataosSecrets")))
        #expect(json.contains(#""path" : "service.service.dataosSecrets""#))
        #expect(json.contains(#""notice" : "old""#))
        #expect(json.contains(#""path" : "service.service.dataosSecrets[].name""#))
    }

    @Test func saysWhichNameIsNear() {
        let problem = ReferenceProblem(.unknownField("pth", below: "service.ingress", known: ["path", "enabled"]))
        #expect(problem.hint == "did you mean 'path'?")
        #expect(ReferenceProblem.unknownRoot("servce", known: ["service"]).hint == "did you mean 'service'?")
    }

    @Test func writesASchemaForEveryCommentOfTheTemplates() throws {
        let documents = EditorSchemas.current.documents
        for template in TemplateCatalog.all {
            let files = template.files(for: "shop", .current)
            let manifests = files.filter { $0.text.hasPrefix("# yaml-language-server: $schema=") }
            #expect(!manifests.isEmpty)
            for file in manifests {
                let first = file.text.prefix { $0 != "\n" }
                let name = first.split(separator: "/").last?.replacing(".json", with: "") ?? ""
                #expect(documents[String(name)] != nil, "\(file.path): \(name)")
            }
        }
    }
}
