import SheafManifest
import SheafModel
import Testing

/// Which places of manifests name other resources.
@Suite struct GraphReferencesTests {
    struct Place: Sendable, CustomTestStringConvertible {
        var kind: String
        var section: String
        /// As `resource field`.
        var names: [String]

        var testDescription: String { "\(kind) \(section)" }
    }

    private static func web(_ more: String) -> String { "{stack: container, compute: c, \(more)}" }

    @Test(arguments: [
        Place(
            kind: "service",
            section: web("envs: {A: 'read dataos://lake:raw/x, dataos://out?acl=rw'}"),
            names: ["depot:lake service.envs.A", "depot:out service.envs.A"]
        ),
        Place(
            kind: "service",
            section: web("envs: {A: 'dataos://${D}:x/y', B: 'dataos://{{d}}', C: 'dataos:////x', E: 'dataos://a*/b'}"),
            names: []
        ),
        Place(
            kind: "service",
            section: web("envs: {A: 'http://db.shop.svc.cluster.local:80/x', B: 'db.lab.svc:5432'}"),
            names: ["service:db:shop service.envs.A", "service:db:lab service.envs.B"]
        ),
        Place(
            kind: "service",
            section: web(
                "envs: {A: 'postgres://u:p@db:5432/x', B: 'https://db.shop/', C: 'https://example.com/', D: db}"
            ),
            names: ["service:db:shop service.envs.A", "service:db:shop service.envs.B"]
        ),
        Place(
            kind: "service",
            section: web("envs: {PGHOST: db, OTHER_HOST: nobody, hostname_of: x}"),
            names: ["service:db:shop service.envs.PGHOST"]
        ),
        Place(
            kind: "worker",
            section: web("stackSpec: {depot: lake, source: {type: database, name: pg}, imagePullSecret: registry}"),
            names: [
                "depot:lake worker.stackSpec.depot", "database:pg:shop worker.stackSpec.source.name",
                "instance-secret:registry worker.stackSpec.imagePullSecret",
            ]
        ),
        Place(
            kind: "depot",
            section: "{type: jdbc, jdbc: {host: db.shop.svc.cluster.local, port: 1}, secrets: [{name: k}]}",
            names: ["service:db:shop depot.jdbc.host", "instance-secret:k depot.secrets[0].name"]
        ),
        Place(
            kind: "cluster",
            section: "{type: minerva, compute: query-default, minerva: {depots: [{address: 'dataos://lake'}], "
                + "secrets: [k]}}",
            names: [
                "compute:query-default cluster.compute", "depot:lake cluster.minerva.depots[0].address",
                "instance-secret:k cluster.minerva.secrets[0].name",
            ]
        ),
        Place(
            kind: "lens",
            section: "{compute: c, source: {type: minerva, name: m}, secrets: [{name: key, allKeys: true}]}",
            names: [
                "compute:c lens.compute", "cluster:m:shop lens.source.name", "secret:key:shop lens.secrets[0].name",
            ]
        ),
        Place(
            kind: "lens",
            section: "{compute: c, source: {type: depot, name: lake}}",
            names: ["compute:c lens.compute", "depot:lake lens.source.name"]
        ),
        Place(
            kind: "monitor",
            section: "{report: {source: {dataOsInstance: {path: "
                + "'/collated/api/v1/reports/resources/status?id=service:v1:db:shop'}}}}",
            names: ["service:db:shop monitor.report.source.dataOsInstance.path"]
        ),
        Place(
            kind: "monitor",
            section: "{equation: {operator: equals, leftExpression: {query: {cluster: m, dsnSecretRef: {name: key}}}}}",
            names: [
                "cluster:m:shop monitor.equation.leftExpression.query.cluster",
                "secret:key:shop monitor.equation.leftExpression.query.dsnSecretRef.name",
            ]
        ),
        Place(
            kind: "policy",
            section: "{data: {depot: lake, dataset: '**'}, access: {objects: {paths: ['dataos://out:a/**']}}}",
            names: ["depot:lake policy.data.depot", "depot:out policy.access.objects.paths[0]"]
        ),
        Place(kind: "policy", section: "{data: {depot: '**'}}", names: []),
        Place(kind: "secret", section: "{type: key-value, acl: r, data: {U: 'http://db:80/', compute: c}}", names: []),
        Place(
            kind: "worker",
            section: web("title: dataos://lake, topology: [{name: a, doc: dataos://lake}]"),
            names: []
        ),
    ])
    func aPlaceNamesWhatItSays(_ place: Place) throws {
        let resolution = try BundleResolver(
            files: MemoryFiles(files: [
                "bundle.yaml": Bundles.bundle(
                    GraphSamples.item("db", "service", GraphSamples.workload()),
                    GraphSamples.item("m", "cluster", "{type: minerva}"),
                    GraphSamples.item("key", "secret", GraphSamples.secret),
                    GraphSamples.item("it", place.kind, place.section)
                )
            ])
        ).resolve()
        let links = try #require(resolution.links.first { $0.key.name == "it" }).value
        let names = links.compactMap { link -> String? in
            guard case .named(let field) = link.origin else { return nil }
            return "\(link.resource) \(field)"
        }
        let isWorkload = ["service", "worker"].contains(place.kind)
        let own = isWorkload ? ["stack:container \(place.kind).stack", "compute:c \(place.kind).compute"] : []
        #expect(names == own + place.names)
    }

    @Test func aDepotThatALakehouseMakesIsTheLakehouse() throws {
        let graph = try GraphSamples.graph(
            GraphSamples.item(
                "web",
                "service",
                GraphSamples.workload("envs: {A: 'dataos://sea:x', B: 'dataos://pond0shop0storage'}")
            ),
            GraphSamples.item(
                "ocean",
                "lakehouse",
                "{type: iceberg, compute: c, iceberg: {storage: {type: s3, depotName: sea}}}"
            ),
            GraphSamples.item("pond", "lakehouse", "{type: iceberg, compute: c, iceberg: {storage: {type: s3}}}")
        )
        #expect(
            graph.edges.map { graph.nodes[$0.from].id.description } == ["lakehouse:ocean:shop", "lakehouse:pond:shop"]
        )
    }

    @Test func aServiceThatIsNamedByItsHostComesFirst() throws {
        let graph = try GraphSamples.graph(
            GraphSamples.item(
                "web",
                "service",
                GraphSamples.workload("envs: {API: 'http://api.shop.svc.cluster.local/'}")
            ),
            GraphSamples.item("api", "service", GraphSamples.workload())
        )
        #expect(graph.waves.map { $0.map { graph.nodes[$0].id.name } } == [["api"], ["web"]])
    }
}
