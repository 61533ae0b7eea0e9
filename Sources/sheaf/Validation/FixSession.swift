import SheafManifest
package import SheafModel

/// Makes the safe fixes of all findings, in memory, and validates again until none is left.
package struct FixSession {
    /// Rounds until nothing can be fixed; more would mean that fixes call each other up again.
    private static let mostRounds = 10

    package let run: ValidationRun
    /// What is found after the fixes so far, a result for each target.
    package private(set) var outcomes: [ValidationRun.Outcome]
    /// Display path -> the file as it is on the disk, for every file that has fixes.
    package private(set) var originals: [String: [UInt8]] = [:]
    /// Display path -> the file with its fixes.
    package private(set) var texts: [String: [UInt8]] = [:]
    /// Findings whose fixes were made, with places in the text of that round.
    package private(set) var applied: [Diagnostic] = []

    /// Takes what was found in the files as they are.
    package init(run: ValidationRun, outcomes: [ValidationRun.Outcome]) {
        self.run = run
        self.outcomes = outcomes
    }

    /// Fixes what can be fixed safely.
    ///
    /// - Throws: `CancellationError`.
    package mutating func fix() async throws {
        for _ in 0..<Self.mostRounds {
            let changed = fixRound()
            guard !changed.isEmpty else { return }
            try await validateAgain(changed)
        }
    }

    /// Takes back the fixes of files that could not be written.
    ///
    /// - Throws: `CancellationError`.
    package mutating func takeBack(_ files: Set<String>) async throws {
        guard !files.isEmpty else { return }
        for file in files { texts[file] = nil }
        applied.removeAll { $0.span.map { files.contains($0.file) } ?? false }
        try await validateAgain(files)
    }

    /// Applies one round of fixes.
    ///
    /// - Returns: The files that are different now.
    private mutating func fixRound() -> Set<String> {
        var changed: Set<String> = []
        for case .success(let result) in outcomes {
            let fixable = Dictionary(grouping: result.diagnostics.filter { $0.fix?.isSafe == true }) { diagnostic in
                diagnostic.fix?.edits.first?.span.file ?? ""
            }
            for (file, diagnostics) in fixable.sorted(by: { $0.key < $1.key }) where !changed.contains(file) {
                guard let bytes = texts[file] ?? result.sources[file] else { continue }
                let outcome = FixApplier.apply(diagnostics, to: bytes, file: file)
                guard outcome.bytes != bytes else { continue }
                if originals[file] == nil { originals[file] = bytes }
                texts[file] = outcome.bytes
                applied += outcome.applied
                changed.insert(file)
            }
        }
        return changed
    }

    private mutating func validateAgain(_ files: Set<String>) async throws {
        let indices = outcomes.indices.filter { index in
            guard case .success(let result) = outcomes[index] else { return false }
            return result.sources.keys.contains(where: files.contains)
        }
        let new = try await run.outcomes(of: indices, texts: texts)
        for (index, outcome) in zip(indices, new) { outcomes[index] = outcome }
    }
}
