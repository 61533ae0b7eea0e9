import Foundation
import SheafModel

/// The rule of `docs/schedules.md` once more, minute by minute and without any of the product's arithmetic.
struct CronWalk {
    private let fields: [String]
    private let zone: TimeZone
    private var calendar = Calendar(identifier: .gregorian)

    init(_ line: String, zone name: String) throws {
        fields = line.split(separator: " ").map(String.init)
        guard let zone = TimeZone(identifier: name) else { throw CocoaError(.featureUnsupported) }
        self.zone = zone
        calendar.timeZone = zone
    }

    /// All firings after a moment and until another; both are whole minutes.
    func firings(after start: Date, until end: Date) -> [Date] {
        var found: [Date] = []
        var shown: Set<Date> = []
        // A day before, so that a second showing is known as such.
        var last: Date?
        var moment = start - 86_400
        while moment <= end {
            defer { moment += 60 }
            let face = self.face(at: moment)
            let isFirst = shown.insert(face).inserted
            var fires = matches(face) && (isFirst || fields[1].hasPrefix("*"))
            if let last, face.timeIntervalSince(last) > 60, !fields[1].hasPrefix("*") {
                fires = fires || stride(from: last + 60, to: face, by: 60).contains(where: matches)
            }
            last = face
            if fires, moment > start { found.append(moment) }
        }
        return found
    }

    /// What the clock shows, as if that were UTC.
    private func face(at moment: Date) -> Date { moment + TimeInterval(zone.secondsFromGMT(for: moment)) }

    private func matches(_ face: Date) -> Bool {
        var plain = Calendar(identifier: .gregorian)
        plain.timeZone = .gmt
        let parts = plain.dateComponents([.minute, .hour, .day, .month, .weekday], from: face)
        guard holds(0, parts.minute, 0...59), holds(1, parts.hour, 0...23), holds(3, parts.month, 1...12) else {
            return false
        }
        let day = holds(2, parts.day, 1...31), weekday = holds(4, parts.weekday.map { $0 - 1 }, 0...6)
        let isEither = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
        return isEither ? day || weekday : day && weekday
    }

    private func holds(_ field: Int, _ value: Int?, _ range: ClosedRange<Int>) -> Bool {
        fields[field].split(separator: ",").contains { item in
            let halves = item.split(separator: "/")
            let ends = halves[0] == "*" ? [] : halves[0].split(separator: "-").compactMap { Int($0) }
            let low = ends.first ?? range.lowerBound
            let high = ends.count == 2 ? ends[1] : halves.count == 2 || ends.isEmpty ? range.upperBound : low
            return stride(from: low, through: high, by: halves.count == 2 ? Int(halves[1]) ?? 1 : 1).contains { step in
                step == value || (field == 4 && step == 7 && value == 0)
            }
        }
    }
}
