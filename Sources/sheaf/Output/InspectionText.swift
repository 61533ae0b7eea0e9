import FoundationEssentials
import SheafArchive
import SheafModel

/// What is in a bundle, for people.
struct InspectionText {
    let record: InspectionRecord
    let style: TextStyle

    /// The lines with their ends.
    func render(listsFiles: Bool) -> String {
        var sections = [facts.map(line)]
        add("Signatures", signatures, to: &sections)
        add("Resources", record.resources.map { "  \($0)" }, to: &sections)
        add("Images", record.images.map(text), to: &sections)
        add("Stacks", record.stacks.map(text), to: &sections)
        add("Bundles", record.bundles.map { "  \($0)" }, to: &sections)
        let needs = record.needs.values.map { "values.\($0)" } + record.needs.secrets.map { "secrets.\($0)" }
        add("Asks for", needs.map { "  \($0)" }, to: &sections)
        var text = sections.map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n")
        if listsFiles { text += "\n" + files }
        return text
    }

    private func add(_ title: String, _ lines: [String], to sections: inout [[String]]) {
        if !lines.isEmpty { sections.append([style.text(title, .strong)] + lines.map(PrintableText.oneLine)) }
    }

    private static let labelWidth = 11

    private func line(_ fact: (label: String, text: String)) -> String {
        let label = fact.label + String(repeating: " ", count: max(1, Self.labelWidth - fact.label.count))
        return style.text(label, .faint) + PrintableText.oneLine(fact.text)
    }

    private var facts: [(label: String, text: String)] {
        let origin = record.provenance
        var facts = [("name", record.name), ("version", record.version)]
        if let digest = record.digest { facts.append(("digest", digest)) }
        let commit = origin.commit.map { "\($0)\(origin.dirty ? " with uncommitted changes" : "")" }
        facts.append(("commit", commit ?? "none"))
        if let tag = origin.tag { facts.append(("tag", tag)) }
        if !origin.subdirectory.isEmpty { facts.append(("directory", origin.subdirectory)) }
        if let time = record.archive?.commitTime, time > 0 {
            facts.append(("committed", Rendering.date(Date(timeIntervalSince1970: TimeInterval(time)))))
        }
        facts.append(("files", Self.files(record.files.count, record.files.reduce(0) { $0 + $1.size })))
        if let archive = record.archive {
            facts.append(("archive", "\(Self.size(archive.size)), format \(archive.formatVersion)"))
            facts.append(("materials", archive.hasBillOfMaterials ? materials : "no bill of materials"))
        }
        return facts
    }

    private var materials: String {
        let counts = [
            (record.images.count, "image"), (record.stacks.count, "stack"), (record.bundles.count, "bundle"),
            (record.files.count, "file"),
        ]
        return "CycloneDX 1.6: " + counts.map(ValidationSummary.count).joined(separator: ", ")
    }

    private var signatures: [String] {
        guard let signatures = record.signatures else { return [] }
        let lines = signatures.isEmpty ? ["none"] : signatures.map(VerificationRecord.line)
        let verdict =
            switch record.trusted {
            case true?: ["trusted: the rules of the trust file are met"]
            case false?: ["NOT TRUSTED: \(record.failure?.message ?? "a rule is not met")"]
            case nil: [String]()
            }
        return (lines + verdict).map { "  \($0)" }
    }

    private func text(_ part: NamedVersion) -> String { "  \(part.name)\(part.version.map { " \($0)" } ?? "")" }

    private var files: String {
        var table = TableText(["size", "mode", "file"])
        for file in record.files {
            table.add([String(file.size), file.mode, file.target.map { "\(file.path) -> \($0)" } ?? file.path])
        }
        return table.render()
    }

    private static func files(_ count: Int, _ size: Int64) -> String {
        "\(count), \(self.size(size)) in all (--files lists them)"
    }

    /// Such as `812 bytes`, `5.8 KiB`, `3.2 MiB`.
    private static func size(_ bytes: Int64) -> String {
        var value = Double(bytes)
        var unit = 0
        let units = ["bytes", "KiB", "MiB", "GiB"]
        while value >= 1024, unit + 1 < units.count {
            value /= 1024
            unit += 1
        }
        guard unit > 0 else { return "\(bytes) bytes" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
