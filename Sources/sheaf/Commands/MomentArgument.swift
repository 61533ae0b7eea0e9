import ArgumentParser
import FoundationEssentials

/// A moment as people write it: a duration ago, or a time in ISO 8601.
struct MomentArgument: ExpressibleByArgument {
    private enum Form {
        case ago(Duration)
        case time(Date)
    }

    private let form: Form

    init?(argument: String) {
        if let duration = DurationArgument(argument: argument) {
            form = .ago(duration.value)
            return
        }
        // A text is tried as a time, then as a day: what is neither is refused by who asks.
        let time = try? Date(argument, strategy: .iso8601)
        let day = try? Date(argument, strategy: .iso8601.year().month().day())
        guard let moment = time ?? day else { return nil }
        form = .time(moment)
    }

    /// The moment, counted from now where it is a duration ago.
    func time(before now: Date) -> Date {
        switch form {
        case .ago(let duration): now.addingTimeInterval(-Double(duration.components.seconds))
        case .time(let time): time
        }
    }
}
