import SheafManifest
import SheafModel
import SheafTestSupport
import Testing

@Suite struct SecretTests {
    private static let value = "hush-hush"

    private func filled(_ worker: String, _ files: [String: String] = [:]) -> Filled {
        var filled = Filled(worker, files)
        filled.secrets = ["PW": Self.value]
        return filled
    }

    @Test func aManifestHoldsAReferenceAndNeverTheValue() throws {
        let resolution = try filled(
            "envs: {A: \"${{ secrets.PW }}\", B: \"u:${{ values.pw }}@h\"}",
            ["values.yaml": "pw: ${{ secrets.PW }}\n"]
        ).resolution()
        let bundle = try #require(resolution.bundle, "\(resolution.diagnostics)")
        #expect(bundle.holdsSecretReference)
        #expect(!"\(resolution)".contains(Self.value))
        let envs = bundle.masked.resources.first?.section["envs"]
        #expect(envs == .object(["A": .string("•••"), "B": .string("u:•••@h")]))
    }

    @Test func aMissingSecretSaysHowToGiveIt() throws {
        var filled = filled("envs: {A: \"${{ secrets.PX }}\"}")
        let found = try filled.resolution().diagnostics
        #expect(found.map(\.code) == ["values.missing-secret"])
        let remedy = "set SHEAF_SECRET_PX, give a file with --secrets, or keep it with 'sheaf secret set PX'"
        #expect(found.first?.help == "did you mean 'PW'? \(remedy)")
        filled.needsSecrets = false
        #expect(try filled.findings() == [])
    }

    @Test func aSecretIsAText() throws {
        let found = try filled("replicas: ${{ secrets.PW }}").resolution().diagnostics
        #expect(found.map(\.code) == ["manifest.wrong-type"])
        #expect(found.first?.help?.contains("a secret is a text") == true)
        #expect(!"\(found)".contains(Self.value))
    }

    @Test func anArgumentIsNoPlaceForASecret() throws {
        let found = try filled("stackSpec: {arguments: [\"--password=${{ secrets.PW }}\"]}").resolution().diagnostics
        #expect(found.map(\.code) == ["values.secret-in-arguments"])
        #expect(found.first?.severity == .warning)
    }

    @Test func aVariableWithASecretIsNotReadAsAVariable() throws {
        var filled = filled("envs: {A: $SHEAF_SECRET_PW}")
        filled.variables = ["SHEAF_SECRET_PW": Self.value]
        let found = try filled.resolution().diagnostics
        #expect(found.map(\.code) == ["values.secret-place"])
        #expect(found.first?.help == "write ${{ secrets.PW }}")
    }

    @Test func aNameIsNoPlaceForASecret() throws {
        let found = try filled("dataosSecrets: [{name: \"${{ secrets.PW }}\"}]").resolution().diagnostics
        #expect(found.contains { $0.severity == .error }, "\(found)")
        #expect(!"\(found)".contains(Self.value))
    }

    // MARK: Sources

    @Test(arguments: [("token", "a"), ("TOKEN", "b"), ("db-password", "c")])
    func variablesAreFoundByTheirNameOrInUpperCase(_ name: String, _ value: String) {
        let source = SecretVariables([
            "SHEAF_SECRET_token": "a", "SHEAF_SECRET_TOKEN": "b", "SHEAF_SECRET_DB_PASSWORD": "c",
            "SHEAF_SECRET_EMPTY": "", "OTHER": "d",
        ])
        #expect(source.secret(name)?.reveal() == value)
        #expect(source.secret("EMPTY") == nil)
        #expect(source.secret("OTHER") == nil)
        #expect(!"\(String(describing: source.secret(name)))".contains("\"\(value)\""))
    }

    @Test func aFileIsAMappingOfTexts() throws {
        let file = try SecretFile(Array("A: x\nb-c: 007\n".utf8), file: "s.yaml")
        #expect(file.secretNames == ["A", "b-c"])
        #expect(file.secret("b-c")?.reveal() == "007")
        #expect(file.origin(ofSecret: "A") == "s.yaml:1")
        #expect(file.secret("x") == nil)
    }

    @Test(arguments: [
        "A: {b: hush-hush}\n", "- hush-hush\n", "A: [hush-hush\n", "hush-hush\n", "A:\n", "hush hush: x\n",
    ])
    func aFileThatIsNoneIsRefusedWithoutShowingIt(_ text: String) {
        let error = #expect(throws: DiagnosticsError.self) { try SecretFile(Array(text.utf8), file: "s.yaml") }
        let words = error.map { $0.diagnostics.map(\.message).joined() } ?? ""
        #expect(!words.contains("hush"), "\(words)")
        #expect(error?.diagnostics.first?.span?.line == 1)
    }
}
