import FoundationEssentials
import Testing
import sheaf

@Suite struct TemplateCatalogTests {
    private let isUpdating = ProcessInfo.processInfo.environment["SHEAF_UPDATE_GOLDEN"] == "1"

    @Test func theEmbeddedFilesAreThoseOfTheFolder() throws {
        let source = try EmbeddedTemplateSource.text()
        if isUpdating {
            try source.write(toFile: EmbeddedTemplateSource.path, atomically: true, encoding: .utf8)
            return
        }
        let hint: Comment = "SHEAF_UPDATE_GOLDEN=1 swift test --filter TemplateCatalogTests embeds the folder anew"
        #expect(try String(contentsOfFile: EmbeddedTemplateSource.path, encoding: .utf8) == source, hint)
        #expect(TemplateCatalog.all.map(\.name).sorted() == (try EmbeddedTemplateSource.names()))
        for template in TemplateCatalog.all {
            #expect(template.files == (try EmbeddedTemplateSource.files(of: template.name)), hint)
        }
    }

    @Test(arguments: TemplateCatalog.all)
    func everyManifestBeginsWithTheCommentForEditors(template: Template) throws {
        for file in template.files where file.path == "bundle.yaml" || file.path.hasPrefix("resources/") {
            let kind = try #require(file.text.split(separator: "\n").first { $0.hasPrefix("type: ") }?.dropFirst(6))
            let up = file.path.contains("/") ? "../" : ""
            let comment = "# yaml-language-server: $schema=\(up).sheaf/schemas/\(kind).json\n"
            #expect(file.text.hasPrefix(comment), "\(template.name)/\(file.path)")
        }
        #expect(template.files.contains { $0.path == ".sheafignore" && $0.text.contains("/.sheaf/\n") })
        #expect(template.files.contains { $0.path == "README.md" })
    }

    @Test(arguments: TemplateCatalog.all)
    func nothingKeepsTheNameOfTheTemplate(template: Template) {
        for file in template.files(for: "shop-orders", .none) {
            for word in ["my-product", "my_product", "myproduct"] {
                #expect(!file.text.contains(word), "\(template.name)/\(file.path)")
            }
        }
    }

    @Test func writesTheSchemasThatItHasAndNamesNoOthers() throws {
        let schemas = EditorSchemas(documents: ["bundle": "{}"])
        let files = try TemplateCatalog.template("data-product").files(for: "shop", schemas)
        let text = { (path: String) in files.first { $0.path == path }?.text }
        #expect(text("bundle.yaml")?.hasPrefix("# yaml-language-server: $schema=.sheaf/schemas/bundle.json\n") == true)
        #expect(text("resources/load.yaml")?.hasPrefix("name: load\n") == true)
        #expect(text(".sheaf/schemas/bundle.json") == "{}")
        #expect(text(".sheaf/.gitignore") == "*\n")
    }

    @Test func findsATemplateByNameAndRefusesOthers() throws {
        #expect(try TemplateCatalog.template("data-product").name == "data-product")
        let error = #expect(throws: TemplateError.self) { try TemplateCatalog.template("nothing") }
        #expect(error?.code == "init.unknown-template")
        let near = #expect(throws: TemplateError.self) { try TemplateCatalog.template("dbt-projekt") }
        #expect(near?.hint?.contains("'dbt-project'") == true)
    }

    @Test(arguments: [
        ("/home/ada/Shop Orders", "shop-orders"), ("/srv/2024-sales/", "sales"), ("/", "data-product"),
        ("/x/日本", "data-product"), ("/x/a-very-long-name-of-a-product", "a-very-long-name-of"), ("/x/a__b..c", "a-b-c"),
    ])
    func makesAProductNameOfAPath(path: String, name: String) {
        #expect(Template.productName(for: path) == name)
    }
}

@Suite final class TemplateWriteTests {
    private let scratch: String
    private let template = Template(
        name: "t",
        summary: "",
        files: [
            .init(path: "bundle.yaml", text: "name: my-product\n"),
            .init(path: "config/deep/run.sh", text: "echo my-product my-product\n", isExecutable: true),
        ]
    )

    init() throws {
        scratch = FileManager.default.temporaryDirectory.path + "/sheaf-template-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: false)
    }

    deinit {
        // A left-over in the temporary directory does no harm.
        try? FileManager.default.removeItem(atPath: scratch)
    }

    @Test func writesANewDirectoryWithTheNameFilledIn() throws {
        let target = "\(scratch)/parent/shop"
        try template.write(to: target + "/", name: "shop")
        #expect(try names(target) == ["bundle.yaml", "config"])
        #expect(try text("\(target)/bundle.yaml") == "name: shop\n")
        #expect(try text("\(target)/config/deep/run.sh") == "echo shop shop\n")
        #expect(FileManager.default.isExecutableFile(atPath: "\(target)/config/deep/run.sh"))
        #expect(!FileManager.default.isExecutableFile(atPath: "\(target)/bundle.yaml"))
        #expect(try names("\(scratch)/parent") == ["shop"])
    }

    @Test func fillsAnEmptyDirectoryAndKeepsItTheSameDirectory() throws {
        let before = try FileManager.default.attributesOfItem(atPath: scratch)[.systemFileNumber] as? UInt
        try template.write(to: scratch, name: "shop")
        #expect(try names(scratch) == ["bundle.yaml", "config"])
        #expect(try FileManager.default.attributesOfItem(atPath: scratch)[.systemFileNumber] as? UInt == before)
    }

    @Test func refusesADirectoryThatHoldsSomethingAndLeavesItAlone() throws {
        try "mine".write(toFile: "\(scratch)/.hidden", atomically: true, encoding: .utf8)
        let error = #expect(throws: TemplateError.self) { try template.write(to: scratch, name: "shop") }
        #expect(error?.code == "init.directory-not-empty")
        #expect(try names(scratch) == [".hidden"])
    }

    @Test func refusesAFileInThePlaceOfTheDirectory() throws {
        try "mine".write(toFile: "\(scratch)/file", atomically: true, encoding: .utf8)
        let error = #expect(throws: TemplateError.self) { try template.write(to: "\(scratch)/file", name: "shop") }
        #expect(error?.code == "init.directory-not-empty")
        #expect(try text("\(scratch)/file") == "mine")
    }

    @Test(arguments: ["new", "empty"]) func leavesNothingWhenAFileCannotBeWritten(kind: String) throws {
        var broken = template
        // A file below a file cannot be made.
        broken.files.append(.init(path: "bundle.yaml/impossible", text: ""))
        let target = "\(scratch)/\(kind)"
        if kind == "empty" {
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
        }
        let error = #expect(throws: TemplateError.self) { try broken.write(to: target, name: "shop") }
        #expect(error?.code == "init.cannot-write")
        #expect(try names(scratch) == (kind == "empty" ? ["empty"] : []))
        if kind == "empty" { #expect(try names(target).isEmpty) }
    }

    @Test(arguments: ["", "Shop", "1shop", "shop-", "sh op", "a-name-that-is-too-long"])
    func refusesAnInvalidName(name: String) throws {
        let error = #expect(throws: TemplateError.self) { try template.write(to: "\(scratch)/x", name: name) }
        #expect(error?.code == "init.invalid-name")
        #expect(try names(scratch).isEmpty)
    }

    private func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
}
