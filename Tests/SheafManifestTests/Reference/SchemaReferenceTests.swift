import SheafManifest
import SheafModel
import Testing

/// Paths of fields, as `explain` takes them, and what is known of the fields.
@Suite struct SchemaReferenceTests {
    private let reference = SchemaReference.embedded

    private func field(_ path: String) throws -> SchemaField { try reference.find(path).field }

    @Test(arguments: [
        ("service", "service"), ("SERVICE", "service"), ("services", "service"),
        ("service.service.ingress", "service.service.ingress"),
        ("service.ingress.path", "service.service.ingress.path"),
        ("service.serviceports.name", "service.service.servicePorts[].name"),
        ("service.servicePorts[].name", "service.service.servicePorts[].name"),
        ("workflow.dag[].spec.dataosSecrets[].keys", "workflow.workflow.dag[].spec.dataosSecrets[].keys"),
        ("flare.job.inputs.name", "flare.job.inputs[].name"), ("flare:7.0.job", "flare.job"),
        ("service.secrets", "service.service.dataosSecrets"), ("dbt.profiles.outputs", "dbt.profiles.<name>.outputs"),
        ("dbt.profiles.mine.outputs", "dbt.profiles.<name>.outputs"),
        ("data.v1beta.data.ports", "data.v1beta.data.ports"),
        ("service.title", "service.title"),
    ])
    func findsAField(_ path: String, _ found: String) throws {
        #expect(try field(path).path == found)
    }

    @Test func findsTheParametersOfAStackWhenItIsNamed() throws {
        let flare = try #require(SchemaLibrary.embedded.entry(named: "flare"))
        let found = try reference.find("workflow.dag.spec.stackSpec.job.inputs", stack: flare)
        #expect(found.field.path == "workflow.workflow.dag[].spec.stackSpec.job.inputs")
    }

    @Test func saysWhyAPathLeadsNowhere() throws {
        #expect(throws: SchemaReference.Miss.unknownRoot("servce", known: SchemaLibrary.embedded.entries.map(\.name))) {
            try field("servce.ingress")
        }
        #expect { try field("service.ingress.pth") } throws: { error in
            guard case .unknownField("pth", let path, let known)? = error as? SchemaReference.Miss else { return false }
            return path == "service.service.ingress" && known.contains("path")
        }
        #expect { try field("service.servicePrt") } throws: { error in
            guard case .unknownField(_, _, let known)? = error as? SchemaReference.Miss else { return false }
            return known.contains("servicePort") && known.contains("version")
        }
        #expect { try field("workflow.dag.spec.stackSpec.job") } throws: { error in
            guard case .dependsOnStack(_, let stacks)? = error as? SchemaReference.Miss else { return false }
            return stacks.contains("flare") && !stacks.contains("beacon")
        }
        #expect(throws: SchemaReference.Miss.anyManifest(path: "bundle.bundle.resources[].spec")) {
            try field("bundle.resources.spec.service")
        }
        #expect { try field("service.name.first") } throws: { error in
            error as? SchemaReference.Miss == .unknownField("first", below: "service.name", known: [])
        }
    }

    @Test func knowsWhatIsSaidOfAField() throws {
        let stack = try field("service.service.stack")
        #expect(stack.isRequired)
        #expect(stack.references == ["stack"])
        let secrets = try field("service.dataosSecrets")
        #expect(secrets.type == "list of mappings")
        #expect(secrets.spellingsInWords == "secrets (older)")
        #expect(try field("service.logLevel").choices == ["INFO", "WARN", "DEBUG", "ERROR", "TRACE"])
        #expect(try field("service.logLevel").defaultText == "INFO")
        #expect(try field("service.servicePort").limits == "1 to 65535")
        #expect(try field("bundle.resources.dependencies").referencesInWords == "an item of the bundle")
        #expect(try field("secret.data").isSecret == false)
        #expect(try field("service.runAsApiKey").isSecret)
        #expect(try field("depot.secrets.acl").instead == "write the credentials below 'connectionSecret'")
    }

    @Test func everyFieldOfEveryKindHasATypeAndASummary() throws {
        for entry in SchemaLibrary.embedded.entries {
            let tree = FieldTree(reference, reference.field(of: entry), entry: entry, depth: 20)
            var missing: [String] = []
            func look(_ tree: FieldTree) {
                if tree.field.summary.isEmpty, tree.field.name != "<name>" { missing.append(tree.field.path) }
                #expect(!tree.field.type.isEmpty)
                tree.children.forEach(look)
            }
            look(tree)
            #expect(missing.isEmpty, "\(missing)")
        }
    }
}
