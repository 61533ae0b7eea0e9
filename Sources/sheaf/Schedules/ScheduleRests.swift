import FoundationEssentials

/// Which bundles are left alone for a while after an attempt to do what is due of them.
///
/// Where somebody else is at work, or a run is waited for, the next attempt is soon. An attempt that failed is made again
/// in pauses that grow, so that its words are not said every two seconds for ever; at once where the bundle's transactions
/// are others by then, since somebody has settled them.
struct ScheduleRests {
    private struct Rest {
        var end: Date
        var pause: TimeInterval
        /// What was open of the bundle when the attempt had failed; nil after one that went well.
        var obstacle: Obstacle?
    }

    /// What is open of a bundle, told from what is open at another time.
    struct Obstacle: Hashable {
        /// The number of the revision; nil when nothing is open.
        var revision: Int?
    }

    /// How an attempt went.
    enum Attempt: Hashable {
        /// Everything that was due is done.
        case done
        /// Nothing more could be done by now, without a fault that would be met again.
        case held
        /// Something failed and is still to be done; with what is open of the bundle since.
        case failed(Obstacle)
    }

    private static let firstPause: TimeInterval = 2
    private static let lastPause: TimeInterval = 120

    private var rests: [String: Rest] = [:]

    /// Notes how an attempt went.
    ///
    /// - Returns: Whether it went well and the one before had failed.
    mutating func note(_ attempt: Attempt, of bundle: String, at now: Date) -> Bool {
        let before = rests[bundle]
        switch attempt {
        case .done:
            rests[bundle] = Rest(end: now + Self.firstPause, pause: Self.firstPause)
            return before?.obstacle != nil
        case .held:
            let pause = before?.pause ?? Self.firstPause
            rests[bundle] = Rest(end: now + Self.firstPause, pause: pause, obstacle: before?.obstacle)
        case .failed(let obstacle):
            // Another obstacle is another failure.
            let pause = before?.obstacle == obstacle ? min((before?.pause ?? 0) * 2, Self.lastPause) : Self.firstPause
            rests[bundle] = Rest(end: now + pause, pause: pause, obstacle: obstacle)
        }
        return false
    }

    /// The bundles that are to be left alone at a moment.
    ///
    /// - Parameters:
    ///   - now: The moment, by the clock on the wall.
    ///   - obstacle: What is open of a bundle now; is asked for those of which an attempt failed.
    /// - Returns: Their names.
    /// - Throws: What `obstacle` throws.
    func resting(at now: Date, _ obstacle: (String) throws -> Obstacle) rethrows -> Set<String> {
        let resting = try rests.filter { bundle, rest in
            let left = rest.end.timeIntervalSince(now)
            // More than the pause is left where the clock was set back.
            guard left > 0, left <= rest.pause + 1 else { return false }
            return try rest.obstacle.map { try $0 == obstacle(bundle) } ?? true
        }
        return Set(resting.keys)
    }

    /// When the first of some bundles has rested; nil for none.
    func nextEnd(of bundles: Set<String>) -> Date? { bundles.compactMap { rests[$0]?.end }.min() }
}
