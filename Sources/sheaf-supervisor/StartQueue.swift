/// Places of processes, first in, first out.
struct StartQueue {
    private var places: [Int]
    private var next = 0

    init(_ places: [Int]) { self.places = places }

    var isEmpty: Bool { next == places.count }

    mutating func append(_ place: Int) { places.append(place) }

    mutating func removeFirst() -> Int? {
        guard !isEmpty else { return nil }
        next += 1
        return places[next - 1]
    }
}
