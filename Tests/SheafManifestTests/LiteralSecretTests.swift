import SheafManifest
import SheafModel
import Testing

@Suite struct LiteralSecretTests {
    @Test func asksForQuotesAroundNumbersOnly() {
        let text = """
            name: key
            version: v1
            type: secret
            secret:
              type: key-value
              acl: r
              data:
                A: 121
                B: "122"
                C: '123'
                D: !!str 124
                E: ${{ secrets.E }}
                F: true

            """
        let found = ManifestValidator.validate(Array(text.utf8), file: "secret.yaml")
        let lines = found.filter { $0.message.contains("quote the value") }.compactMap(\.span?.line)
        #expect(lines == [8, 13])
    }

    @Test func oneWarningForEachSecretPointsAtTheFirstLiteralValue() throws {
        let found = try resolution([
            "a": secret("a", data: "{USER: '${USER}', PASSWORD: first-one, TOKEN: second-one}"),
            "b": secret("b", kind: "instance-secret", data: "{KEY: third-one}"),
        ])
        #expect(found.diagnostics.isEmpty)
        #expect(
            found.literalSecrets.map { "\($0.severity) \($0.code) \(place($0))" } == [
                "warning archive.literal-secret a.yaml:7:37", "warning archive.literal-secret b.yaml:7:15",
            ]
        )
        #expect(found.literalSecrets.first?.message.contains("secret:a:public holds the value of 'PASSWORD'") == true)
        for finding in found.literalSecrets { #expect(!"\(finding)".contains("-one")) }
        #expect(found.bundle != nil)
    }

    @Test(
        arguments: [
            "'${PASSWORD}'", "$PASSWORD", "'postgres://ann:${PASSWORD}@db'", "<password>", "'${{ secrets.x }}'",
            "'{{x}}'", "''", "~",
        ]
    )
    func whatIsFilledInLaterIsNoLiteralSecret(_ value: String) throws {
        #expect(try resolution(["a": secret("a", data: "{PASSWORD: \(value)}")]).literalSecrets.isEmpty)
    }

    @Test(arguments: ["$ecret-7", "a<b>c", "'${'", "1234", "no", "$"])
    func aPasswordThatLooksAlmostLikeAPlaceholderIsLiteral(_ value: String) throws {
        #expect(try resolution(["a": secret("a", data: "{PASSWORD: \(value)}")]).literalSecrets.count == 1)
    }

    @Test func theCredentialsOfADepotAreSecrets() throws {
        let depot =
            "name: sales\nversion: v1\ntype: depot\ndepot:\n  type: JDBC\n  connectionSecret:\n"
            + "    - {acl: r, type: key-value-properties, data: {username: '${USER}'}}\n"
            + "    - {acl: rw, type: key-value-properties, data: {username: ann, password: secret-one}}\n"
        let found = try resolution(["d": depot])
        #expect(found.literalSecrets.map(place) == ["d.yaml:8:62"])
    }

    @Test func otherResourcesHaveNone() throws {
        let service = Bundles.service("web") + "  envs: {PASSWORD: secret-one}\n"
        #expect(try resolution(["w": service]).literalSecrets.isEmpty)
    }

    @Test func secretsOfNestedBundlesAreFound() throws {
        let inner = Bundles.bundle("  - {id: a, workspace: public, file: a.yaml}\n", name: "inner")
        let found = try resolution(["inner": inner], more: ["a.yaml": secret("a", data: "{PASSWORD: first-one}")])
        #expect(found.literalSecrets.map(place) == ["a.yaml:7:20"])
    }

    @Test func validationDoesNotComplain() {
        let text = secret("a", data: "{PASSWORD: first-one}")
        #expect(ManifestValidator.validate(Array(text.utf8), file: "a.yaml").isEmpty)
    }

    private func secret(_ name: String, kind: String = "secret", data: String) -> String {
        "name: \(name)\nversion: v1\ntype: \(kind)\n\(kind):\n  type: key-value\n  acl: r\n  data: \(data)\n"
    }

    private func place(_ finding: Diagnostic) -> String {
        finding.span.map { "\($0.file):\($0.line):\($0.column)" } ?? ""
    }

    /// Resolves a bundle with an item for each manifest.
    private func resolution(_ manifests: [String: String], more: [String: String] = [:]) throws -> Resolution {
        var files = more
        for (name, text) in manifests { files["\(name).yaml"] = text }
        let items = manifests.sorted { $0.key < $1.key }.map { name, text in
            let isOfInstance = text.contains("type: instance-secret") || text.contains("type: depot")
            return "  - {id: \(name), \(isOfInstance ? "" : "workspace: public, ")file: \(name).yaml}\n"
        }
        files["bundle.yaml"] = Bundles.bundle(items.joined())
        return try BundleResolver(files: MemoryFiles(files: files)).resolve()
    }
}
