/// Who may sign which bundles, and how many have to.
package struct TrustPolicy: Hashable, Sendable {
    /// A key with the name that people know it by.
    package struct Signer: Hashable, Sendable {
        package var name: String
        package var key: VerificationKey

        package init(name: String, key: VerificationKey) {
            self.name = name
            self.key = key
        }
    }

    /// That bundles of some names need so many of some signatures.
    package struct Rule: Hashable, Sendable {
        /// How the rule is called in messages, such as `rule 2`.
        package var title: String
        /// Names of bundles; `*` stands for any text.
        package var bundles: [String]
        /// Each key once.
        package var signers: [Signer]
        /// At least 1, at most as many as there are signers.
        package var threshold: Int

        package init(title: String, bundles: [String], signers: [Signer], threshold: Int) {
            self.title = title
            self.bundles = bundles
            self.signers = signers
            self.threshold = threshold
        }

        /// Whether the rule is about a bundle.
        package func isAbout(_ bundle: String) -> Bool { bundles.contains { NamePattern.matches($0, bundle) } }
    }

    /// All that are about a bundle have to be met, in whatever order they stand.
    package var rules: [Rule]

    package init(rules: [Rule]) { self.rules = rules }

    /// The policy that each of some keys must have signed, whatever the bundle.
    package static func requiring(_ signers: [Signer]) -> TrustPolicy {
        // A key that is named twice is one key.
        var seen: Set<VerificationKey> = []
        let distinct = signers.filter { seen.insert($0.key).inserted }
        return TrustPolicy(rules: [
            Rule(title: "the option --key", bundles: ["*"], signers: distinct, threshold: distinct.count)
        ])
    }

    /// Every key of every rule, each once.
    var signers: [Signer] {
        var seen: Set<VerificationKey> = []
        return rules.flatMap(\.signers).filter { seen.insert($0.key).inserted }
    }
}

/// Patterns of bundle names in which `*` stands for any text, also for none.
package enum NamePattern {
    /// Whether a name is meant by a pattern.
    ///
    /// - Complexity: O(n · m).
    package static func matches(_ pattern: String, _ name: String) -> Bool {
        let pattern = Array(pattern.utf8), name = Array(name.utf8)
        var (p, n) = (0, 0)
        // The last star, and how much of the name it has taken.
        var star: (pattern: Int, name: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p + 1, n)
                p += 1
            } else if p < pattern.count, pattern[p] == name[n] {
                (p, n) = (p + 1, n + 1)
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                (p, n) = (last.pattern, last.name + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
