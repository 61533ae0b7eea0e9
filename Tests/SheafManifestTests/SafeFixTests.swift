import SheafManifest
import SheafModel
import Testing

/// What `validate --fix` writes of its own accord.
@Suite struct SafeFixTests {
    private func fixed(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let safe = ManifestValidator.validate(bytes, file: "m.yaml").filter { $0.fix?.isSafe == true }
        return String(decoding: FixApplier.apply(safe, to: bytes, file: "m.yaml").bytes, as: UTF8.self)
    }

    private static let head = "name: web\nversion: v1\ntype: service\nservice:\n  stack: container\n  compute: c\n"

    struct Case: Sendable {
        var wrong: String
        var right: String
    }

    @Test(arguments: [
        Case(wrong: "  serviceport: 80\n", right: "  servicePort: 80\n"),
        Case(wrong: "  container: {command: [ls]}\n", right: "  stackSpec: {command: [ls]}\n"),
        Case(wrong: "  title: {{my title}}\n", right: "  title: \"{{my title}}\"\n"),
        Case(wrong: "  stackSpec:\n\t  command: [ls]\n", right: "  stackSpec:\n    command: [ls]\n"),
    ])
    func whatSaysTheSameIsWrittenAsItShouldBe(_ test: Case) {
        #expect(fixed(Self.head + test.wrong) == Self.head + test.right)
    }

    @Test(arguments: ["  servicePrt: 80\n", "  replicas: many\n", "  stackSpec: {command: [ls], arguments: [*x]}\n"])
    func whatMightMeanSomethingElseIsLeftAlone(_ wrong: String) {
        #expect(fixed(Self.head + wrong) == Self.head + wrong)
    }
}
