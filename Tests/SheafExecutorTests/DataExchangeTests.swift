import FoundationEssentials
import Glibc
import SheafExecutor
import SheafModel
import SheafSystem
import SheafTestSupport
import Testing

/// The exchange of a volume's data, begun at every moment at which an earlier one may have stopped.
@Suite struct DataExchangeTests {
    private let scratch: ScratchDirectory
    private let exchange: DataExchange
    private var volume: String { scratch.path("volume") }
    private var staged: String { scratch.path("staged") }
    private var aside: String { scratch.path("aside") }

    init() throws {
        scratch = try ScratchDirectory("exchange")
        exchange = DataExchange(
            volume: scratch.path("volume"),
            staged: scratch.path("staged"),
            aside: scratch.path("aside"),
            id: ResourceID(kind: .volume, workspace: nil, name: "data")
        )
        try make("volume", "own")
        try make("staged", "other")
    }

    /// How far an exchange came.
    enum Moment: CaseIterable, Sendable { case notBegun, swapped, complete }

    private func make(_ folder: String, _ text: String) throws {
        try FileManager.default.createDirectory(atPath: scratch.path(folder), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: scratch.path("\(folder)/file")))
    }

    private func text(_ folder: String) -> String? { TextFile.read("\(folder)/file") }

    /// Brings the folders to a moment of a first exchange.
    private func reach(_ moment: Moment) throws {
        if moment == .notBegun { return }
        try #require(rename(volume, scratch.path("between")) == 0)
        try #require(rename(staged, volume) == 0)
        try #require(rename(scratch.path("between"), moment == .swapped ? staged : aside) == 0)
    }

    @Test(arguments: Moment.allCases)
    func anExchangeMayBeRepeated(from moment: Moment) throws {
        let mark = try exchange.mark()
        try reach(moment)
        for _ in 0..<2 {
            try exchange.exchange(mark: mark)
            #expect(text(volume) == "other")
            #expect(text(aside) == "own")
            #expect(!FileManager.default.fileExists(atPath: staged))
            #expect(!exchange.isUntouched(mark: mark))
        }
    }

    @Test(arguments: Moment.allCases)
    func anUndoMayBeRepeated(from moment: Moment) throws {
        let mark = try exchange.mark()
        try reach(moment)
        for _ in 0..<2 {
            try exchange.revert(mark: mark)
            #expect(text(volume) == "own")
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["volume"])
            #expect(exchange.isUntouched(mark: mark))
        }
    }

    @Test func withoutDataOfItsOwnTheVolumeTakesTheOther() throws {
        let mark = try exchange.mark()
        try FileManager.default.removeItem(atPath: volume)
        #expect(exchange.isUntouched(mark: mark))
        for _ in 0..<2 { try exchange.exchange(mark: mark) }
        #expect(text(volume) == "other")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["volume"])
    }

    @Test func halfAPreparationIsRemovedAndNothingElse() throws {
        try exchange.revert(mark: nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["volume"])
        #expect(text(volume) == "own")
    }

    @Test func aStrangersFolderInThePlaceOfTheVolumeIsNotRemoved() throws {
        let mark = try exchange.mark()
        try exchange.exchange(mark: mark)
        try FileManager.default.removeItem(atPath: volume)
        try make("volume", "stranger")
        let error = #expect(throws: ExecutorError.self) { try exchange.revert(mark: mark) }
        #expect(error?.reason == .dataUnclear)
        #expect(text(volume) == "stranger")
        #expect(text(aside) == "own")
    }
}
