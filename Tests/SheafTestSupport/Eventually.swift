/// Waits until a condition holds, looking again and again, at most for a time.
///
/// The one place where tests wait for what gives no event. A test that passes returns as soon as the condition holds.
/// - Returns: Whether it came to hold.
package func eventually(
    within limit: Duration = .seconds(600),
    _ condition: () async throws -> Bool
) async throws -> Bool {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    while true {
        if try await condition() { return true }
        guard clock.now < deadline else { return false }
        try await clock.sleep(for: .milliseconds(5))
    }
}

/// A condition that did not come true in time.
package struct NeverHappened: Error, CustomStringConvertible {
    package let description: String
}

/// As `eventually(within:_:)`, for a test that cannot go on without it.
///
/// - Parameters:
///   - what: Says in a failure what was waited for.
///   - limit: When to give up; far beyond what the condition needs.
///   - condition: What is to come true.
/// - Throws: `NeverHappened`, or what the condition throws.
package func eventually(
    _ what: String,
    within limit: Duration = .seconds(600),
    _ condition: () async throws -> Bool
) async throws {
    guard try await eventually(within: limit, condition) else {
        throw NeverHappened(description: "never happened: \(what)")
    }
}
