/// Waits until a condition holds, looking again and again, at most for a time.
///
/// The one place where tests wait for what gives no event. A test that passes returns as soon as the condition holds.
/// - Returns: Whether it came to hold.
package func eventually(
    within limit: Duration = .seconds(20),
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
