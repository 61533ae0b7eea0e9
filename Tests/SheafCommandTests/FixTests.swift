import FoundationEssentials
import Glibc
import SheafModel
import SheafTestSupport
import Testing
import sheaf

@Suite struct FixSessionTests {
    /// Finds every tab, and puts two blanks in its place.
    private static let tabs: ValidationRun.Check = { target, texts in
        guard case .text(let name, let bytes) = target else { return ValidationResult(diagnostics: [], sources: [:]) }
        let text = texts[name] ?? bytes
        return ValidationResult(diagnostics: findings(of: text, name), sources: [name: text])
    }

    private static func findings(of text: [UInt8], _ name: String) -> [Diagnostic] {
        guard let tab = text.firstIndex(of: UInt8(ascii: "\t")) else { return [] }
        let span = SourceSpan(file: name, line: 1, column: tab + 1, endLine: 1, endColumn: tab + 2)
        let fix = Diagnostic.Fix(title: "replace the tab", replacing: span, by: "  ", isSafe: true)
        return [Diagnostic(code: "x.tab", message: "a tab", span: span, fix: fix)]
    }

    private func session(_ texts: [String], _ check: @escaping ValidationRun.Check) async throws -> FixSession {
        let targets = texts.enumerated().map { ValidationTarget.text(name: "\($0)", bytes: Array($1.utf8)) }
        let run = ValidationRun(targets: targets, check: check)
        return FixSession(run: run, outcomes: try await run.outcomes(of: Array(targets.indices)))
    }

    @Test func fixesUntilNothingIsLeft() async throws {
        var session = try await session(["\ta\tb", "good", "\t"], Self.tabs)
        try await session.fix()
        #expect(session.texts == ["0": Array("  a  b".utf8), "2": Array("  ".utf8)])
        #expect(session.originals["0"] == Array("\ta\tb".utf8))
        #expect(session.applied.count == 3)
        #expect(try session.outcomes.allSatisfy { try $0.get().diagnostics.isEmpty })
    }

    @Test func endsWhenFixesCallEachOtherUp() async throws {
        var session = try await session(["a"]) { target, texts in
            guard case .text(let name, let bytes) = target else { throw CancellationError() }
            let text = texts[name] ?? bytes
            let span = SourceSpan(file: name, line: 1, column: 1, endLine: 1, endColumn: 2)
            let other = text == Array("a".utf8) ? "b" : "a"
            let fix = Diagnostic.Fix(title: "swap", replacing: span, by: other, isSafe: true)
            return ValidationResult(
                diagnostics: [Diagnostic(code: "x.swap", message: "swap", span: span, fix: fix)],
                sources: [name: text]
            )
        }
        try await session.fix()
        #expect(session.applied.count <= 20)
    }

    @Test func takesBackWhatCouldNotBeWritten() async throws {
        var session = try await session(["\t", "\t"], Self.tabs)
        try await session.fix()
        try await session.takeBack(["1"])
        #expect(session.texts.keys.sorted() == ["0"])
        #expect(session.applied.map { $0.span?.file } == ["0"])
        #expect(try session.outcomes[1].get().diagnostics.count == 1)
    }

    @Test func keepsTheOrderOfManyTargets() async throws {
        let session = try await session((0..<500).map { "\($0)" }) { target, _ in
            guard case .text(let name, _) = target else { throw CancellationError() }
            return ValidationResult(diagnostics: [Diagnostic(code: "x.y", message: name)], sources: [name: []])
        }
        let names = try session.outcomes.map { try $0.get().diagnostics.first?.message }
        #expect(names == (0..<500).map { "\($0)" })
    }

    @Test func anErrorOfOneTargetLeavesTheOthersAlone() async throws {
        let session = try await session(["a", "b"]) { target, _ in
            guard case .text("1", _) = target else { throw CancellationError() }
            return ValidationResult(diagnostics: [], sources: [:])
        }
        #expect(throws: CancellationError.self) { try session.outcomes[0].get() }
        #expect(try session.outcomes[1].get().diagnostics.isEmpty)
    }
}

@Suite struct FixWriterTests {
    private let scratch: ScratchDirectory
    private let path: String
    private let old = Array("old\n".utf8)
    private let new = Array("new\n".utf8)

    init() throws {
        scratch = try ScratchDirectory("fix")
        path = scratch.path("a.yaml")
        try Data(old).write(to: URL(filePath: path))
    }

    private func content(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

    private func mode(_ path: String) -> UInt32 {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test func replacesTheContentAndKeepsTheMode() throws {
        #expect(chmod(path, 0o640) == 0)
        try FixWriter.write(path, from: old, to: new)
        #expect(try content(path) == new)
        #expect(mode(path) == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["a.yaml"])
    }

    @Test func writesTheFileThatALinkPointsTo() throws {
        let link = scratch.path("link.yaml")
        #expect(symlink("a.yaml", link) == 0)
        try FixWriter.write(link, from: old, to: new)
        #expect(try content(path) == new)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "a.yaml")
    }

    @Test func refusesAFileThatHasChanged() throws {
        let other = Array("mine\n".utf8)
        try Data(other).write(to: URL(filePath: path))
        let error = #expect(throws: FixError.self) { try FixWriter.write(path, from: old, to: new) }
        #expect(error?.code == "fix.changed")
        #expect(try content(path) == other)
    }

    @Test func refusesAFileThatIsGone() throws {
        unlink(path)
        let error = #expect(throws: FixError.self) { try FixWriter.write(path, from: old, to: new) }
        #expect(error?.code == "fix.changed")
    }

    @Test func refusesAReadOnlyFileEvenForRoot() throws {
        #expect(chmod(path, 0o444) == 0)
        let error = #expect(throws: FixError.self) { try FixWriter.write(path, from: old, to: new) }
        #expect(error?.code == "fix.read-only")
        #expect(try content(path) == old)
    }

    @Test func refusesWhatIsNoRegularFile() throws {
        let pipe = scratch.path("pipe.yaml")
        #expect(mkfifo(pipe, 0o600) == 0)
        let error = #expect(throws: FixError.self) { try FixWriter.write(pipe, from: old, to: new) }
        #expect(error?.code == "fix.no-file")
    }
}
