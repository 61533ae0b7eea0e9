import FoundationEssentials

/// How long and with which numbers the crash tests go on: `make torture` sets both.
package enum Torture {
    private static func number(_ variable: String) -> UInt64? {
        ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
    }

    /// `SHEAF_TORTURE_SEED`, else 1.
    ///
    /// Equal seeds give equal bundles, faults and moments.
    package static let seed = number("SHEAF_TORTURE_SEED") ?? 1

    /// The random numbers of one test; each test has a stream of its own.
    package static func numbers(_ stream: UInt64) -> SeededRandom {
        SeededRandom(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ stream)
    }

    /// How often a test that can go on kills something: `SHEAF_TORTURE_ROUNDS`, else its usual number.
    package static func rounds(_ usual: Int) -> Int {
        number("SHEAF_TORTURE_ROUNDS").map { Int(clamping: $0) } ?? usual
    }

    /// `SHEAF_TORTURE_MINUTES`; nil when a test is to run its usual number of cases only.
    package static let time = number("SHEAF_TORTURE_MINUTES").map { Duration.seconds(60 * Int64($0)) }

    /// Whether tests that choose among many cases are to try all.
    package static let isThorough = number("SHEAF_TORTURE_ROUNDS") != nil || time != nil

    private static let start = ContinuousClock.now

    /// Whether there is time for another case; false where no time was given.
    package static var goesOn: Bool { time.map { ContinuousClock.now < start + $0 } ?? false }
}
