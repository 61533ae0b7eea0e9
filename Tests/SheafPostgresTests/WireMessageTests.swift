import SheafPostgres
import Testing

@Suite struct WireMessageTests {
    @Test func hasItsLetterAndItsLengthInFront() {
        #expect(WireMessage("Z", [73]).bytes == [90, 0, 0, 0, 5, 73])
    }

    @Test func readsWhatWasWritten() throws {
        var writer = WireWriter()
        writer.byte(7)
        writer.int16(-2)
        writer.int32(-70_000)
        writer.string("é")
        writer.value(nil)
        writer.value("")
        writer.value("x\0y")
        var reader = WireReader(writer.bytes)
        #expect(try reader.byte() == 7)
        #expect(try reader.int16() == -2)
        #expect(try reader.int32() == -70_000)
        #expect(try reader.string() == "é")
        #expect(try reader.value() == nil)
        #expect(try reader.value()?.isEmpty == true)
        #expect(try reader.value() == "x\0y")
        #expect(reader.isAtEnd)
    }

    @Test(arguments: [[], [0], [0, 0, 0], [0, 0, 0, 9, 1]] as [[UInt8]])
    func refusesAMessageThatEndsTooEarly(bytes: [UInt8]) {
        #expect(throws: PostgresError.self) {
            var reader = WireReader(bytes)
            _ = try reader.value()
        }
    }
}
