internal import Dispatch
package import SheafModel
internal import Synchronization

/// Validates manifests by themselves, bundles or not: what they refer to is not read.
package struct ManifestValidator {
    /// Fewer manifests in a bundle than this are not worth another thread.
    private static let parallelThreshold = 200

    /// Validates a file.
    ///
    /// - Parameters:
    ///   - bytes: The file's content.
    ///   - file: How the file is shown in the diagnostics.
    /// - Returns: Everything that is wrong or doubtful, in the order of the text; empty for a good manifest.
    package static func validate(_ bytes: [UInt8], file: String) -> [Diagnostic] {
        var findings = Findings()
        let (tree, diagnostics) = TreeParser.parse(bytes, file: file)
        findings.append(diagnostics)
        if tree.documents.isEmpty, !findings.hasErrors {
            let start = SourceSpan(file: file, line: 1, column: 1, endLine: 1, endColumn: 2)
            findings.report(.empty, "the file holds no manifest", at: start)
        }
        findings.append(check(tree))
        findings.append(StackTemplateCheck.findings(in: tree))
        return findings.inFileOrder
    }

    /// Validates the manifests of a tree.
    ///
    /// - Returns: What is wrong or doubtful, in no particular order.
    package static func validate(_ tree: YAMLTree) -> [Diagnostic] { check(tree).all }

    private static func check(_ tree: YAMLTree) -> Findings {
        let shared = SharedTree(tree)
        var findings = Findings()
        let stacks = stacks(in: tree.documents, tree, &findings)
        let run = Run(shared: shared, stacks: stacks)
        for result in run.check(tree.documents) { findings.append(result.findings) }
        return findings
    }

    /// The stacks that are defined in some manifests.
    private static func stacks(
        in manifests: [YAMLTree.NodeID],
        _ tree: YAMLTree,
        _ findings: inout Findings
    ) -> CustomStacks {
        var stacks = CustomStacks()
        for manifest in manifests where tree.isMapping(manifest) {
            guard let type = tree.value(manifest, "type"), tree.withText(type, { $0.elementsEqual("stack".utf8) })
            else { continue }
            stacks.add(tree, manifest, &findings)
        }
        return stacks
    }

    /// What was found out about one manifest.
    struct Result: Sendable {
        var findings = Findings()
        var facts: BundleCheck.Facts?
        var kind: ResourceKind?
        var workspace: DependencyCheck.Name?
    }

    /// The validation of some manifests of one tree.
    private struct Run: Sendable {
        let shared: SharedTree
        let stacks: CustomStacks

        /// Validates manifests, on several threads when they are many.
        ///
        /// - Returns: What was found, in the order of the manifests.
        func check(_ manifests: [YAMLTree.NodeID]) -> [Result] {
            guard manifests.count >= parallelThreshold else { return check(manifests[...]) }
            let chunkCount = 16
            let size = (manifests.count + chunkCount - 1) / chunkCount
            let results = Mutex([Int: [Result]]())
            DispatchQueue.concurrentPerform(iterations: chunkCount) { chunk in
                let start = min(chunk * size, manifests.count)
                let own = check(manifests[start..<min(start + size, manifests.count)])
                results.withLock { $0[chunk] = own }
            }
            let all = results.withLock { $0 }
            return (0..<chunkCount).flatMap { all[$0] ?? [] }
        }

        private func check(_ manifests: ArraySlice<YAMLTree.NodeID>) -> [Result] {
            let validator = KindValidator(shared, mode: .draft, stacks: stacks)
            return manifests.map { check($0, validator) }
        }

        private func check(_ id: YAMLTree.NodeID, _ validator: KindValidator) -> Result {
            validator.findings = Findings()
            var result = Result()
            guard let manifest = ManifestReader(mode: .draft).check(id, validator) else {
                result.findings = validator.findings
                return result
            }
            result.kind = manifest.kind
            if manifest.kind == .workflow { WorkflowCheck(mode: .draft).run(manifest, validator) }
            if let kind = manifest.kind { takeFacts(of: manifest, kind, validator, &result) }
            if !stacks.isEmpty { CustomStackCheck(stacks: stacks).run(id, validator) }
            result.findings = validator.findings
            if manifest.kind == .bundle { checkBundle(manifest, validator, &result.findings) }
            return result
        }

        private func takeFacts(
            of manifest: CheckedManifest,
            _ kind: ResourceKind,
            _ validator: KindValidator,
            _ result: inout Result
        ) {
            let state = validator.state(manifest.set)
            let section = validator.section(of: manifest.node, manifest.set)
            let schedule = section.flatMap { validator.member($0.member.value, "schedule", $0.shape, state) }
            result.facts = .init(kind: kind, isScheduled: schedule != nil)
            if let own = validator.member(of: manifest.node, manifest.set.workspaceSlot, manifest.set) {
                result.workspace = .init(shared, own.value)
            }
        }

        private func checkBundle(
            _ bundle: CheckedManifest,
            _ validator: KindValidator,
            _ findings: inout Findings
        ) {
            let items = BundleItem.items(of: bundle, validator)
            let stacks = ManifestValidator.stacks(in: bundle.inlineManifests, shared.tree, &findings)
            let results = Run(shared: shared, stacks: stacks).check(bundle.inlineManifests)
            for result in results { findings.append(result.findings) }
            var facts: [String: BundleCheck.Facts] = [:]
            let needsFacts = items.contains { !$0.conditions.isEmpty }
            var index = 0
            for item in items {
                guard let spec = item.spec else { continue }
                // Both are in the order of the text.
                while index < results.count, bundle.inlineManifests[index].index < spec.index { index += 1 }
                guard index < results.count, bundle.inlineManifests[index] == spec else { continue }
                if needsFacts { facts[item.id.text] = results[index].facts }
                _ = WorkspaceRule.workspace(
                    of: results[index].kind,
                    own: results[index].workspace,
                    item: item,
                    &findings
                )
            }
            BundleCheck(mode: .draft).run(items, facts: facts, &findings)
        }
    }
}
