import SheafManifest
import SheafModel
import Testing

@Suite struct MaskedLinesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var path: String
        var text: String
        var shown: String
        var testDescription: String { path }
    }

    private static func shown(_ text: String, path: String, known: KnownSecrets = KnownSecrets(of: [])) -> String {
        let lines = MaskedLines(Array(text.utf8), path: path, known: known)
        // By bytes: to Swift, a carriage return and a line feed are one character.
        return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .map { lines.line($0.offset) ?? String(Substring($0.element)) }.joined(separator: "\n")
    }

    static let cases = [
        Case(
            path: "secret.yaml",
            text:
                "name: key\nsecret:\n  acl: r\n  data:\n    PASS: \"hush hush\" # why\n    KEY: |\n      one\n      two\n  n: 1\n",
            shown:
                "name: key\nsecret:\n  acl: r\n  data:\n    PASS: ••• # why\n    KEY: •••\n      •••\n      •••\n  n: 1\n"
        ),
        Case(
            path: "bundle.yaml",
            text: "bundle:\n  resources:\n    - spec:\n        secret: {data: {A: hush, B: \"${{ secrets.B }}\"}}\n",
            shown: "bundle:\n  resources:\n    - spec:\n        secret: {data: {A: •••, B: \"${{ secrets.B }}\"}}\n"
        ),
        Case(
            path: "depot.yaml",
            text: "depot:\n  connectionSecret:\n    - acl: r\n      data:\n        user: me\n",
            shown: "depot:\n  connectionSecret:\n    - acl: r\n      data:\n        user: •••\n"
        ),
        Case(
            path: "worker.yaml",
            text: "worker:\n  envs:\n    TOKEN: 4711\n    PORT: 80\n  dataosSecrets: [{name: key}]\n",
            shown: "worker:\n  envs:\n    TOKEN: •••\n    PORT: 80\n  dataosSecrets: [{name: key}]\n"
        ),
        Case(
            path: "manifest.yaml",
            text: "kind: Secret\ndata:\n  a: aGk=\n---\nkind: ConfigMap\ndata:\n  a: hi\n",
            shown: "kind: Secret\ndata:\n  a: •••\n---\nkind: ConfigMap\ndata:\n  a: hi\n"
        ),
        Case(
            path: "blocks.yaml",
            text: """
                secret:
                  data:
                    A: >-
                      one

                        two
                    B: "three
                      four"
                    C: five
                      six
                  acl: r
                worker:
                  envs:
                    - name: A_TOKEN
                      value: seven
                    - name: PLAIN
                      value: eight
                  steps:
                    - password: |2

                          nine
                      name: x
                    - token: |+
                        ten

                last: 1

                """,
            shown: """
                secret:
                  data:
                    A: •••
                      •••

                        •••
                    B: •••
                      •••
                    C: •••
                      •••
                  acl: r
                worker:
                  envs:
                    - name: A_TOKEN
                      value: •••
                    - name: PLAIN
                      value: eight
                  steps:
                    - password: •••

                          •••
                      name: x
                    - token: •••
                        •••

                last: 1

                """
        ),
        Case(path: "x.json", text: #"{"password":"a\"b","n":1}"#, shown: #"{"password":•••,"n":1}"#),
        Case(
            path: "broken.yaml",
            text: "a: [1\npassword: hush\n\tb\n",
            shown: "a: [1\npassword: •••\n\tb\n"
        ),
        Case(
            path: ".env",
            text: "# A=1\nexport A=1\nB = two words\nC=\nD=${X}\n",
            shown: "# A=•••\nexport A=•••\nB = •••\nC=\nD=${X}\n"
        ),
        Case(path: ".env.prod", text: "# keys\nA=\"one\ntwo\"\n\nB=1\n", shown: "# keys\nA=•••\n•••\n\nB=•••\n"),
        Case(
            path: ".netrc",
            text: "machine a login me password hush\nmachine b\n  password\n  word\n",
            shown: "machine a login me password •••\nmachine b\n  password\n  •••\n"
        ),
        Case(path: "a.ini", text: "DB_PASS=hush\nPWD=/x\nbypass=1\n", shown: "DB_PASS=•••\nPWD=/x\nbypass=1\n"),
        Case(
            path: "pgp.txt",
            text: "-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQOY\n-----END PGP PRIVATE KEY BLOCK-----\n",
            shown: "-----BEGIN PGP PRIVATE KEY BLOCK-----\n•••\n-----END PGP PRIVATE KEY BLOCK-----\n"
        ),
        Case(path: ".envrc", text: "export A=1\nuse nix\n", shown: "export A=•••\nuse nix\n"),
        Case(
            path: "run.sh",
            text: "export API_TOKEN=hush\nMODE=fast\necho \"a: b\"\n",
            shown: "export API_TOKEN=•••\nMODE=fast\necho \"a: b\"\n"
        ),
        Case(path: "prod.env", text: "A=1", shown: "A=•••"),
        Case(
            path: "app.properties",
            text: "db.user=me\r\ndb.password=hush\r\n",
            shown: "db.user=me\r\ndb.password=•••\r\n"
        ),
        Case(
            path: "run.py",
            text: "token = next()\nconnect('pg://me:hush@host/db')\n",
            shown: "token = next()\nconnect('pg://me:•••@host/db')\n"
        ),
        Case(
            path: "key.txt",
            text: "a\n-----BEGIN PRIVATE KEY-----\nMIIE\nAAAA\n-----END PRIVATE KEY-----\nb\n",
            shown: "a\n-----BEGIN PRIVATE KEY-----\n•••\n•••\n-----END PRIVATE KEY-----\nb\n"
        ),
        Case(path: "notes.md", text: "no secrets here: password\n", shown: "no secrets here: password\n"),
        Case(path: "empty.yaml", text: "", shown: ""),
    ]

    @Test(arguments: cases) func hidesTheSecretsOfAFile(_ item: Case) {
        #expect(Self.shown(item.text, path: item.path) == item.shown)
    }

    private func secret(_ value: String, file: String? = nil) -> ResolvedBundle {
        let id = ResourceID(kind: .secret, workspace: nil, name: "key")
        let digest = Digest(of: Array(value.utf8))
        let resource = ResolvedResource(
            id: id,
            item: "key",
            manifest: .object(["secret": .object(["data": .object(["K": .string(value)])])]),
            attachments: file.map { [Attachment(role: .secretFile, name: "f", path: $0, digest: digest)] } ?? []
        )
        return ResolvedBundle(name: "b", manifest: .object([:]), resources: [resource], waves: [])
    }

    @Test func hidesTheBundlesSecretsWhereverTheyStand() {
        let known = KnownSecrets(of: [secret("correct-horse\nsecond-line"), secret("short")])
        let text = "a correct-horse b\n  second-line\nshort\n"
        #expect(Self.shown(text, path: "notes.md", known: known) == "a ••• b\n  •••\nshort\n")
        #expect(known.masked("--with=correct-horse") == "--with=•••")
    }

    @Test func hidesTheValueThatASecretIsFilledInWith() {
        let known = KnownSecrets(of: [secret("${{ values.db.pw }}")])
        let text = "db:\n  host: h\n  pw: hush\n"
        #expect(Self.shown(text, path: "environments/prod.yaml", known: known) == "db:\n  host: h\n  pw: •••\n")
    }

    @Test func hidesAFileThatIsASecret() {
        let known = KnownSecrets(of: [secret("x", file: "keys/a.txt")])
        #expect(Self.shown("one\n\ntwo", path: "keys/a.txt", known: known) == "•••\n\n•••")
    }

    @Test func hidesTheContentOfASecretFileUnderAnyName() {
        let known = KnownSecrets(of: [secret("x\ny", file: "link.txt")])
        #expect(Self.shown("x\ny", path: "real.txt", known: known) == "•••\n•••")
        #expect(known.isSecretFile("copy.txt", digest: Digest(of: Array("x\ny".utf8))))
        #expect(!known.isSecretFile("other.txt", digest: Digest(of: Array("x\nz".utf8))))
        #expect(!known.isSecretFile("link", digest: nil))
    }

    @Test func anEmptySecretFileMakesNoOtherASecret() {
        let known = KnownSecrets(of: [secret("", file: "keys/empty")])
        #expect(!known.isSecretFile("empty.txt", digest: Digest(of: [UInt8]())))
    }

    @Test func hidesFilledInValuesWithTheNameOfASecret() {
        let place = SourceSpan(file: "bundle.yaml", line: 1, column: 1, endLine: 1, endColumn: 2)
        func use(_ expression: String, _ value: JSONValue) -> ValueUse {
            ValueUse(place: place, expression: expression, value: value, origin: "values.yaml:1")
        }
        let uses = [
            use("values.db.password", .string("correct-horse")),
            use("values.stage", .string("production")),
            use("values.service", .object(["apiToken": .string("battery-staple"), "host": .string("localhost")])),
            use("values.tokens[0]", .string("first-of-many")),
            use("$DB_PASSWORD", .string("from-outside")),
            use("values.password", .string("•••••••")),
        ]
        let known = KnownSecrets(of: [], uses: uses)
        #expect(known.masked("-p correct-horse on production") == "-p ••• on production")
        #expect(known.masked("localhost battery-staple") == "localhost •••")
        #expect(known.masked("first-of-many from-outside") == "••• •••")
        #expect(!known.occur(in: "•••••••"))
    }

    @Test func hidesASecretAtTheEndOfALineWithManyEntries() {
        let entries = (0..<20_000).map { #""k\#($0)":"v""# }.joined(separator: ",")
        let shown = Self.shown("{\(entries),\"password\":\"hush\"}", path: "x.json")
        #expect(shown.hasSuffix(#","password":•••}"#))
    }
}
