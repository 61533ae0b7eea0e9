internal import SheafModel

/// Forms of texts that the manifest language knows.
extension KindValidator {
    func check(_ form: ScalarForm, _ id: YAMLTree.NodeID) {
        switch form {
        case .name(let rule): checkName(rule, id)
        case .cron: checkCron(id)
        case .timeZone: checkZone(id)
        case .quantity(let measure): checkQuantity(measure, id)
        case .stack: checkStack(id)
        case .address: checkAddress(id)
        case .duration:
            check(id, TimeText.isDuration, "must be a duration", help: "write it as 30s, 10m or 1h30m")
        case .timestamp:
            check(id, TimeText.isMoment, "must be a moment by RFC 3339", help: "write it as 2030-01-31T23:30:45Z")
        case .javaMemory:
            check(id, Quantity.isJavaMemory, "must be a size of memory", help: "write it as 512m or 2g")
            if tree.withText(id, { $0.allSatisfy { (48...57).contains($0) } }) {
                report(
                    .unusualValue,
                    "'\(self.path(id))' is '\(self.shown(id))', which is a number of bytes",
                    at: self.tree.span(id),
                    help: "write it as 512m or 2g"
                )
            }
        case .secretKey:
            let isGood: (String) -> Bool = { key in
                !key.isEmpty && key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }
            }
            check(id, isGood, "must be a key of letters, digits, '-', '.' and '_'", help: nil)
        case .file: break
        }
    }

    private func check(_ id: YAMLTree.NodeID, _ isGood: (String) -> Bool, _ words: String, help: String?) {
        let text = tree.text(id)
        guard !isGood(text), !isAcceptedPlaceholder(id) else { return }
        report(.invalidValue, "'\(self.path(id))' \(words), but is '\(text)'", at: self.tree.span(id), help: help)
    }

    private func checkName(_ rule: NameRule, _ id: YAMLTree.NodeID) {
        if tree.withText(id, { rule.isPlain($0) }) { return }
        let text = tree.text(id)
        if mode == .draft, PlaceholderText.occurs(in: text) { return }
        // Expressions in what is deployed are reported by the check that looks for them everywhere.
        if PlaceholderText.occursAsExpression(in: text) { return }
        var own = Findings()
        rule.check(text, at: tree.span(id), &own)
        report(own)
    }

    private func checkCron(_ id: YAMLTree.NodeID) {
        if tree.withText(id, CronLine.isPlain) { return }
        do {
            for doubt in try CronLine(tree.text(id)).doubts { report(.unusualCron, doubt, at: self.tree.span(id)) }
        } catch {
            if isAcceptedPlaceholder(id) { return }
            report(
                .invalidCron,
                error.message,
                at: self.tree.span(id),
                help: "such as '0 6 * * 1-5' or '*/10 * * * *'"
            )
        }
    }

    private func checkZone(_ id: YAMLTree.NodeID) {
        let text = tree.text(id)
        guard !TimeZoneNames.contains(text), !isAcceptedPlaceholder(id) else { return }
        report(
            .invalidValue,
            "'\(text)' is no known time zone",
            at: self.tree.span(id),
            help: TimeZoneNames.nearest(to: text).map { "did you mean '\($0)'?" } ?? "such as UTC or Europe/Berlin"
        )
    }

    private func checkQuantity(_ measure: Quantity.Measure, _ id: YAMLTree.NodeID) {
        if tree.withText(id, { Quantity.plainValue($0, measure) }) != nil { return }
        if tree.withText(id, PlaceholderBytes.occurs) { return }
        let text = tree.text(id)
        guard let quantity = Quantity(text) else {
            report(
                .invalidValue,
                "'\(self.path(id))' must be a quantity, but is '\(text)'",
                at: self.tree.span(id),
                help: "write it as 500m, 2 or 512Mi"
            )
            return
        }
        guard let oddity = quantity.oddity(for: measure) else { return }
        report(
            .unusualValue,
            "'\(self.path(id))' is '\(text)', which \(oddity)",
            at: self.tree.span(id),
            help: measure == .cpu
                ? "processors are written as 500m or 2; are cpu and memory swapped?"
                : "memory is written as 512Mi or 2Gi"
        )
    }

    private func checkStack(_ id: YAMLTree.NodeID) {
        guard !tree.withText(id, PlaceholderBytes.occurs) else { return }
        let text = tree.text(id)
        guard StackName(text) == nil else { return }
        report(
            .invalidValue,
            "'\(text)' names no stack",
            at: self.tree.span(id),
            help: "write it as name[+flavor][:version]"
        )
    }

    private func checkAddress(_ id: YAMLTree.NodeID) {
        let isGood = tree.withText(id) { text in
            !text.starts(with: "dataos:".utf8)
                || text.starts(with: "dataos://".utf8) && text.count > 9 && !text.contains(UInt8(ascii: " "))
        }
        guard !isGood, !isAcceptedPlaceholder(id) else { return }
        report(
            .unusualValue,
            "'\(self.path(id))' is '\(self.shown(id))', which is no address",
            at: self.tree.span(id),
            help: "write it as dataos://depot:collection/dataset"
        )
    }

    private func amount(_ id: YAMLTree.NodeID, _ measure: Quantity.Measure) -> Double? {
        guard tree.isScalar(id) else { return nil }
        return tree.withText(id) { Quantity.plainValue($0, measure) } ?? Quantity(tree.text(id))?.value
    }

    /// Holds what is reserved against what is not to be exceeded.
    func compareRequests(_ id: YAMLTree.NodeID, key: Int32) {
        guard let requests = tree.find(id, "requests") ?? tree.find(id, "request"),
            let limits = tree.find(id, "limits") ?? tree.find(id, "limit")
        else { return }
        for (name, measure) in [("cpu", Quantity.Measure.cpu), ("memory", .memory)] {
            guard let request = tree.find(requests, name), let limit = tree.find(limits, name),
                let least = amount(request, measure), let most = amount(limit, measure), least > most
            else { continue }
            report(
                .unusualValue,
                "\(self.owner(id)) requests more \(name) than its limit: \(self.tree.text(request)) is more than "
                    + self.tree.text(limit),
                at: self.keyOrValue(id, key),
                help: "raise 'limits.\(name)' or lower 'requests.\(name)'",
                related: [
                    .init(message: "requested here", span: self.tree.span(request)),
                    .init(message: "limited here", span: self.tree.span(limit)),
                ]
            )
        }
    }
}
