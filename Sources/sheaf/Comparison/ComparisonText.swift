import SheafArchive
import SheafModel

/// How two releases differ, for people.
///
/// A header that names both sides, a section for each sort of difference, the files in the form of git, and the totals.
struct ComparisonText {
    let record: ComparisonRecord
    let style: TextStyle
    let context: Int

    /// Everything.
    func full() throws -> String {
        var sections = [header]
        add("Release", record.release.map { line($0) }, to: &sections)
        add("Bundle", try record.bundle.flatMap { try lines($0, indent: "  ") }, to: &sections)
        add("Resources", try record.resources.flatMap(lines), to: &sections)
        add("Images", record.images.map(line), to: &sections)
        add("Stacks", record.stacks.map(line), to: &sections)
        add("Files", record.files.flatMap(lines), to: &sections)
        return (sections + [[totals]]).map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n")
    }

    /// As `full`, with the number of lines of each file in place of them.
    func statistics() throws -> String {
        var sections = [header]
        add("Release", record.release.map { line($0) }, to: &sections)
        add("Bundle", record.bundle.map { "  " + DifferenceText.line($0) }, to: &sections)
        add("Resources", record.resources.map(title), to: &sections)
        add("Images", record.images.map(line), to: &sections)
        add("Stacks", record.stacks.map(line), to: &sections)
        let width = record.files.map { PrintableText.width(name($0)) }.max() ?? 0
        add("Files", record.files.map { statistic($0, width: width) }, to: &sections)
        return (sections + [[totals]]).map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n")
    }

    /// What differs of the release, the bundle and each resource, without heads and totals.
    func changes() throws -> [String] {
        try record.release.map { line($0) } + record.bundle.flatMap { try lines($0, indent: "  ") }
            + record.resources.flatMap(lines)
    }

    /// The resources and the files that differ, one a line.
    func names() -> String {
        (record.resources.map(\.resource.description) + record.files.map(\.path))
            .map { PrintableText.oneLine($0) + "\n" }.joined()
    }

    private func add(_ title: String, _ lines: [String], to sections: inout [[String]]) {
        if !lines.isEmpty { sections.append([style.text(title, .strong)] + lines) }
    }

    // MARK: Both sides

    private var header: [String] {
        let heads = [style.text("--- \(text(record.from))", .bad), style.text("+++ \(text(record.to))", .good)]
        let other =
            record.from.name == record.to.name
            ? [] : ["note: these are two bundles, '\(record.from.name)' and '\(record.to.name)'"]
        return heads + (other + record.notes.map { "note: \($0)" }).map(PrintableText.oneLine)
    }

    private func text(_ head: ComparedRelease.Head) -> String {
        let form =
            switch head.form {
            case .archive: "archive"
            case .workingTree: "working tree"
            case .revision: "git revision"
            case .release: "revision \(head.revision.map(String.init) ?? "?"), \(head.state ?? "kept")"
            }
        let commit = head.provenance?.commit.map {
            "commit \($0.prefix(12))\(head.provenance?.dirty == true ? " with uncommitted changes" : "")"
        }
        let facts = [
            form, commit ?? (head.form == .release && head.provenance == nil ? nil : "no commit"),
            head.digest.map { "sha256:\($0.short)" }, head.environment.map { "environment \($0)" },
        ].compactMap { $0 }
        let name = [head.name, head.version].compactMap { $0 }.joined(separator: " ")
        return PrintableText.oneLine("\(head.source): \(name) (\(facts.joined(separator: ", ")))")
    }

    private var totals: String {
        if record.isEqual { return "No differences." }
        let resources = record.totals.resources, files = record.totals.files
        let lines = files.insertions + files.deletions > 0 ? " (+\(files.insertions) -\(files.deletions) lines)" : ""
        return "Resources: \(resources.added) added, \(resources.removed) removed, \(resources.changed) changed, "
            + "\(resources.unchanged) unchanged. Files: \(files.added) added, \(files.removed) removed, "
            + "\(files.changed) changed, \(files.renamed) renamed\(lines)."
    }

    // MARK: Fields

    private func line(_ difference: Change.Difference) -> String {
        var shown = difference
        if difference.path == "commit" {
            func short(_ value: JSONValue?) -> JSONValue? { value?.stringValue.map { .string(String($0.prefix(12))) } }
            (shown.before, shown.after) = (short(difference.before), short(difference.after))
        }
        return "  " + DifferenceText.line(shown)
    }

    private func title(_ change: ResourceChange) -> String {
        let name = PrintableText.oneLine(change.resource.description)
        return switch change.action {
        case .added: style.text("  + \(name)", .good)
        case .removed: style.text("  - \(name)", .bad)
        case .changed: style.text("  ~ \(name)", .caution)
        }
    }

    private func lines(_ change: ResourceChange) throws -> [String] {
        [title(change)] + (try change.differences.flatMap { try lines($0, indent: "      ") })
    }

    /// One line, or a unified difference for a text on several lines.
    private func lines(_ difference: Change.Difference, indent: String) throws -> [String] {
        guard let texts = DifferenceText.texts(difference) else {
            let secret = difference.isSecret && difference.before != nil && difference.after != nil
            return [indent + DifferenceText.line(difference) + (secret ? "  (a secret, and another one)" : "")]
        }
        let lines = try TextDifference(
            from: Array(texts.before.utf8),
            to: Array(texts.after.utf8),
            context: context
        )
        let patch = lines.hunks.map { $0.unified { String(decoding: $0.text, as: UTF8.self) } }.joined()
        return ["\(indent)\(PrintableText.oneLine(difference.path)):"]
            + patched(patch).map { "\(indent)  \($0)" }
    }

    private func line(_ change: NamedVersionChange) -> String {
        let name = PrintableText.oneLine(change.name)
        func version(_ text: String?) -> String { PrintableText.oneLine(text ?? "(no version)") }
        return switch change.action {
        case .added: style.text("  + \(name)\(change.after.map { " \(version($0))" } ?? "")", .good)
        case .removed: style.text("  - \(name)\(change.before.map { " \(version($0))" } ?? "")", .bad)
        case .changed:
            style.text("  ~ \(name)", .caution) + ": \(version(change.before)) -> \(version(change.after))"
        }
    }

    // MARK: Files

    private func name(_ file: FileRecord) -> String {
        PrintableText.oneLine(file.oldPath.map { "\($0) => \(file.path)" } ?? file.path)
    }

    private func statistic(_ file: FileRecord, width: Int) -> String {
        let name = name(file)
        let padding = String(repeating: " ", count: width - PrintableText.width(name))
        let what: String
        if let insertions = file.insertions, let deletions = file.deletions {
            what = style.text("+\(insertions)", .good) + " " + style.text("-\(deletions)", .bad)
        } else if file.before?.digest == file.after?.digest, file.before?.target == file.after?.target {
            what = file.before?.mode == file.after?.mode ? "" : modes(file)
        } else {
            what = "\(size(file.before)) -> \(size(file.after))"
        }
        let sign =
            switch file.action {
            case .added: style.text("A", .good)
            case .removed: style.text("D", .bad)
            case .changed: style.text("M", .caution)
            case .renamed: style.text("R", .caution)
            }
        return what.isEmpty ? "  \(sign) \(name)" : "  \(sign) \(name)\(padding)  \(what)"
    }

    private func lines(_ file: FileRecord) -> [String] {
        let path = PrintableText.oneLine(file.path), old = PrintableText.oneLine(file.oldPath ?? file.path)
        var lines = [style.text("diff --git a/\(old) b/\(path)", .strong)]
        switch file.action {
        case .added: lines.append("new file mode 10\(file.after?.mode ?? "")")
        case .removed: lines.append("deleted file mode 10\(file.before?.mode ?? "")")
        case .renamed: lines += ["rename from \(old)", "rename to \(path)"]
        case .changed: break
        }
        if let before = file.before, let after = file.after, before.mode != after.mode {
            lines += ["old mode \(Self.gitMode(before))", "new mode \(Self.gitMode(after))"]
        }
        if file.action == .added || file.action == .removed {
            lines[1] =
                (file.action == .added ? "new file mode " : "deleted file mode ")
                + Self.gitMode(file.after ?? file.before)
        }
        lines += content(file, old: old, path: path)
        return lines
    }

    private func content(_ file: FileRecord, old: String, path: String) -> [String] {
        var lines: [String] = []
        if let patch = file.patch, !patch.isEmpty {
            lines.append(style.text("--- \(file.before == nil ? "/dev/null" : "a/\(old)")", .bad))
            lines.append(style.text("+++ \(file.after == nil ? "/dev/null" : "b/\(path)")", .good))
            lines += patched(patch)
        }
        if let target = file.before?.target {
            lines.append(style.text("-link to \(PrintableText.oneLine(target))", .bad))
        }
        if let target = file.after?.target {
            lines.append(style.text("+link to \(PrintableText.oneLine(target))", .good))
        }
        let differs = file.before?.digest != file.after?.digest
        if file.isBinary == true, differs {
            lines.append("Binary files differ: \(content(file.before)) -> \(content(file.after))")
        } else if file.isSecret == true, differs {
            lines.append("Secret files differ: \(SecretText.mask) -> \(SecretText.mask)")
        } else if file.patch == nil, differs, file.before?.digest != nil || file.after?.digest != nil {
            lines.append("Files differ: \(content(file.before)) -> \(content(file.after))")
        }
        if let note = file.note { lines.append(style.text("(\(note))", .faint)) }
        return lines
    }

    private func modes(_ file: FileRecord) -> String {
        "mode \(Self.gitMode(file.before)) -> \(Self.gitMode(file.after))"
    }

    private static func gitMode(_ facts: FileChange.Facts?) -> String {
        guard let facts else { return "000000" }
        return facts.target == nil ? "10\(facts.mode)" : "120000"
    }

    private func size(_ facts: FileChange.Facts?) -> String { facts.map { "\($0.size) bytes" } ?? "(none)" }

    private func content(_ facts: FileChange.Facts?) -> String {
        guard let facts, let digest = facts.digest else { return "(none)" }
        return "\(facts.size) bytes sha256:\(digest.short)"
    }

    /// The lines of a patch in colour, and nothing in them can change the terminal.
    private func patched(_ patch: String) -> [String] {
        DiffText.lines(of: patch, style: style)
    }
}
