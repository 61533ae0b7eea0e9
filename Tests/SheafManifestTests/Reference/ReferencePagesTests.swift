import FoundationEssentials
import SheafManifest
import Testing

/// The pages in `docs/manifest`.
@Suite struct ReferencePagesTests {
    private static let folder = "\(Repository.root)/docs/manifest"

    @Test func thePagesInTheRepositoryAreUpToDate() throws {
        let pages = ReferencePages.all()
        if ProcessInfo.processInfo.environment["SHEAF_UPDATE_GOLDEN"] != nil {
            for (path, text) in pages {
                let file = URL(filePath: "\(Self.folder)/\(path)")
                let folder = file.deletingLastPathComponent()
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
        }
        let files = try FileManager.default.subpathsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".md") }
        #expect(Set(files) == Set(pages.keys), "run 'make docs'")
        for (path, text) in pages {
            #expect(try Repository.text("docs/manifest/\(path)") == text, "run 'make docs': \(path)")
        }
    }

    @Test func everyLinkLeadsSomewhere() throws {
        let pages = ReferencePages.all()
        for (path, text) in pages {
            let anchors = Set(text.matches(of: /(?m)^#+ (.*)$/).map { Self.anchor(String($0.output.1)) })
            for link in text.matches(of: /\]\(([^)]*)\)/).map({ String($0.output.1) }) {
                let parts = link.split(separator: "#", omittingEmptySubsequences: false)
                if let anchor = parts.dropFirst().first, parts[0].isEmpty {
                    #expect(anchors.contains(String(anchor)), "\(path): \(link)")
                } else {
                    let folder = path.contains("/") ? "stacks/" : ""
                    let target = URL(filePath: "\(Self.folder)/\(folder)\(parts[0])").standardized.path
                    #expect(FileManager.default.fileExists(atPath: target), "\(path): \(link)")
                }
            }
        }
    }

    private static func anchor(_ heading: String) -> String {
        heading.lowercased().replacing(" ", with: "-").filter { $0.isLetter || $0.isNumber || "-_".contains($0) }
    }
}
