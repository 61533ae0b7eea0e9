import FoundationEssentials
import SheafModel
import Testing

@Suite struct FieldComparisonTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var before: String
        var after: String
        /// `path: before -> after`, `-` for nothing.
        var lines: [String]
        var kind = ResourceKind.worker
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "equal values", before: #"{"a":[1,{"b":2}]}"#, after: #"{"a":[1,{"b":2}]}"#, lines: []),
        Case(
            name: "added, removed and changed fields",
            before: #"{"a":1,"b":{"c":true}}"#,
            after: #"{"b":{"c":false},"d":"x"}"#,
            lines: ["a: 1 -> -", "b.c: true -> false", #"d: - -> "x""#]
        ),
        Case(
            name: "named elements in another place",
            before: #"{"dag":[{"name":"one","n":1},{"name":"two","n":2}]}"#,
            after: #"{"dag":[{"name":"new"},{"name":"one","n":1},{"name":"two","n":3}]}"#,
            lines: [#"dag[name=new]: - -> {"name":"new"}"#, "dag[name=two].n: 2 -> 3"]
        ),
        Case(
            name: "named elements in another order",
            before: #"{"l":[{"id":"a"},{"id":"b"}]}"#,
            after: #"{"l":[{"id":"b"},{"id":"a"}]}"#,
            lines: [#"l[order]: ["a","b"] -> ["b","a"]"#]
        ),
        Case(
            name: "names that are not one",
            before: #"{"l":[{"name":"a","n":1},{"name":"a","n":2}]}"#,
            after: #"{"l":[{"name":"a","n":1},{"name":"a","n":3}]}"#,
            lines: ["l[1].n: 2 -> 3"]
        ),
        Case(
            name: "an element before the others",
            before: #"{"l":["a","b"]}"#,
            after: #"{"l":["x","a","b"]}"#,
            lines: [#"l[0]: - -> "x""#]
        ),
        Case(
            name: "an element in the middle",
            before: #"{"l":["a","b","c"]}"#,
            after: #"{"l":["a","c"]}"#,
            lines: [#"l[1]: "b" -> -"#]
        ),
        Case(
            name: "another type",
            before: #"{"l":["a"],"n":null}"#,
            after: #"{"l":"a"}"#,
            lines: [#"l: ["a"] -> "a""#, "n: null -> -"]
        ),
        Case(
            name: "the data of a secret",
            before: #"{"secret":{"acl":"r","data":{"K":"one"}}}"#,
            after: #"{"secret":{"acl":"rw","data":{"K":"two"}}}"#,
            lines: [#"secret.acl: "r" -> "rw""#, #"secret.data.K: "•••" -> "•••" secret"#],
            kind: .secret
        ),
        Case(
            name: "a secret within what is new",
            before: #"{}"#,
            after: #"{"secret":{"data":{"K":"one"}},"envs":{"A":"1","DB_PASSWORD":"p","PORT_TOKEN":7}}"#,
            lines: [
                #"envs: - -> {"A":"1","DB_PASSWORD":"•••","PORT_TOKEN":"•••"}"#,
                #"secret: - -> {"data":{"K":"•••"}}"#,
            ],
            kind: .secret
        ),
        Case(
            name: "the connection of a depot",
            before: #"{"depot":{"connectionSecret":[{"acl":"r","data":{"user":"u"}}]}}"#,
            after: #"{"depot":{"connectionSecret":[{"acl":"r","data":{"user":"v"}}]}}"#,
            lines: [#"depot.connectionSecret[0].data.user: "•••" -> "•••" secret"#],
            kind: .depot
        ),
        Case(
            name: "variables and fields that are called like secrets, and those that only name one",
            before: #"{"envs":{"API_TOKEN":"1","TOKEN_PATH":"/a"},"password":"a","secretName":"x","maxTokens":1}"#,
            after: #"{"envs":{"API_TOKEN":"2","TOKEN_PATH":"/b"},"password":"b","secretName":"y","maxTokens":2}"#,
            lines: [
                #"envs.API_TOKEN: "•••" -> "•••" secret"#, #"envs.TOKEN_PATH: "/a" -> "/b""#, "maxTokens: 1 -> 2",
                #"password: "•••" -> "•••" secret"#, #"secretName: "x" -> "y""#,
            ]
        ),
        Case(
            name: "the password of an address",
            before: #"{"a":"pg://me:one@host/db","b":"pg://me:one@host/db"}"#,
            after: #"{"a":"pg://me:two@host/db","b":"pg://me:two@other/db"}"#,
            lines: [#"a: "•••" -> "•••" secret"#, #"b: "pg://me:•••@host/db" -> "pg://me:•••@other/db""#]
        ),
        Case(
            name: "a private key, wherever it stands, and the value of a variable in a list",
            before: #"{"env":[{"name":"A_TOKEN","value":"1"}],"text":"-----BEGIN PRIVATE KEY-----\na"}"#,
            after: #"{"env":[{"name":"A_TOKEN","value":"2"}],"text":"-----BEGIN PRIVATE KEY-----\nb"}"#,
            lines: [#"env[name=A_TOKEN].value: "•••" -> "•••" secret"#, #"text: "•••" -> "•••" secret"#]
        ),
        Case(
            name: "a secret of Kubernetes",
            before: #"{"m":{"kind":"Secret","stringData":{"a":"one"}}}"#,
            after: #"{"m":{"kind":"Secret","stringData":{"a":"two"}}}"#,
            lines: [#"m.stringData.a: "•••" -> "•••" secret"#]
        ),
    ]

    @Test(arguments: cases) func findsExactlyWhatDiffers(_ item: Case) throws {
        func value(_ text: String) throws -> JSONValue {
            try CanonicalJSON.decode(JSONValue.self, from: .init(text.utf8))
        }
        func text(_ value: JSONValue?) throws -> String {
            try value.map { String(decoding: try CanonicalJSON.encode($0), as: UTF8.self) } ?? "-"
        }
        let found = try FieldComparison.differences(from: value(item.before), to: value(item.after), in: item.kind)
        let lines = try found.map {
            "\($0.path): \(try text($0.before)) -> \(try text($0.after))\($0.isSecret ? " secret" : "")"
        }
        #expect(lines == item.lines)
    }

    @Test func sealedSecretsAreMaskedAndComparedAsTheyAre() throws {
        let key = SealingKey()
        func worker(_ secret: String) throws -> ResolvedResource {
            ResolvedResource(
                id: ResourceID(kind: .worker, workspace: nil, name: "w"),
                item: "w",
                manifest: .object(["url": .string("http://\(try key.seal(SecretText(secret), of: "T").text)@h/")])
            )
        }
        #expect(try FieldComparison.differences(from: worker("hush"), to: worker("hush")).isEmpty)
        let found = try FieldComparison.differences(from: worker("hush"), to: worker("rush"))
        #expect(found == [.init(path: "url", before: .string("•••"), after: .string("•••"), isSecret: true)])
    }

    @Test func theContentOfASecretsFileIsASecret() {
        func resource(_ kind: ResourceKind, _ text: String) -> ResolvedResource {
            ResolvedResource(
                id: ResourceID(kind: kind, workspace: nil, name: "r"),
                item: "r",
                manifest: .object([:]),
                attachments: [
                    Attachment(role: .secretFile, name: "k", path: "k.pem", digest: Digest(of: Array(text.utf8)))
                ]
            )
        }
        let found = FieldComparison.differences(from: resource(.secret, "one"), to: resource(.secret, "two"))
        #expect(found.map(\.path) == ["content of k.pem"])
        #expect(found.first?.isSecret == true && found.first?.after == .string("•••"))
    }
}
