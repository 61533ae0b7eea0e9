import FoundationEssentials
import Testing
import sheaf

@Suite struct TemplateCatalogTests {
    private let isUpdating = ProcessInfo.processInfo.environment["SHEAF_UPDATE_GOLDEN"] == "1"

    @Test func theEmbeddedTemplateIsTheFolder() throws {
        let source = EmbeddedTemplateSource(name: "data-product")
        if isUpdating {
            try source.update(
                summary: "Files in a volume, a workflow, a worker and a service over HTTP; no containers.",
                identifier: "dataProduct",
                file: "DataProductTemplate.swift"
            )
        } else {
            let hint: Comment = "SHEAF_UPDATE_GOLDEN=1 swift test --filter TemplateCatalogTests embeds the folder anew"
            #expect(try source.files() == Template.dataProduct.files, hint)
        }
    }

    @Test func findsATemplateByNameAndRefusesOthers() throws {
        #expect(try TemplateCatalog.template("data-product").name == "data-product")
        let error = #expect(throws: TemplateError.self) { try TemplateCatalog.template("nothing") }
        #expect(error?.code == "init.unknown-template")
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
            .init(path: "bundle.yaml", text: "name: {{name}}\n"),
            .init(path: "config/deep/run.sh", text: "echo {{name}} {{name}}\n", isExecutable: true),
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
