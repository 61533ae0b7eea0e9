import SheafManifest
import Testing

@Suite struct ManifestCodeTests {
    @Test(arguments: ManifestCode.allCases)
    func everyCodeHasASentenceAndAPlaceInTheDocuments(code: ManifestCode) throws {
        #expect(code.summary.hasSuffix(".") && code.summary.first?.isUppercase == true || code.summary.hasPrefix("`"))
        let page = try Repository.text("docs/diagnostics.md")
        let isThere =
            page.contains("<a id=\"\(code.anchor)\"></a>") || page.contains("# `\(code.rawValue)`")
            || page.contains("# \(code.rawValue)\n")
        #expect(isThere, "docs/diagnostics.md has no place for it")
    }
}
