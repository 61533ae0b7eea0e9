import SheafArchive
import SheafModel
import Testing
import sheaf

@Suite struct ArchiveLimitSettingsTests {
    private func parse(_ text: String) -> (configuration: Configuration?, findings: [Diagnostic]) {
        Configuration.parse(Array(text.utf8), file: "config.yaml")
    }

    @Test func everyLimitCanBeSet() throws {
        for name in ArchiveLimits.Name.allCases {
            let value = min(name.range.upperBound, ArchiveLimits.standard[name] * 2)
            let limits = try #require(parse("archiveLimits:\n  \(name.rawValue): \(value)\n").configuration)
                .archiveLimits
            var expected = ArchiveLimits.standard
            expected[name] = value
            #expect(limits == expected, "\(name.rawValue)")
            #expect(name.range.contains(ArchiveLimits.standard[name]), "\(name.rawValue)")
        }
        let both = parse("archiveLimits: {totalBytes: 10GiB, members: 7}\nrequireSignature: true\n").configuration
        #expect(both?.archiveLimits.totalBytes == 10 << 30)
        #expect(both?.archiveLimits.members == 7)
        #expect(both?.requiresSignature == true)
        #expect(parse("").configuration?.archiveLimits == .standard)
    }

    @Test(
        arguments: [
            ("512", 512), ("512B", 512), ("64 KiB", 64 << 10), ("3MiB", 3 << 20), ("10GiB", 10 << 30),
            ("1TiB", 1 << 40),
            ("1PiB", 1 << 50),
        ] as [(String, Int64)]
    )
    func sizesHaveUnits(text: String, bytes: Int64) {
        #expect(parse("archiveLimits:\n  totalBytes: \(text)\n").configuration?.archiveLimits.totalBytes == bytes)
    }

    @Test(arguments: [
        ("totalBytes: 10GB", "config.wrong-type"), ("totalBytes: 1.5GiB", "config.wrong-type"),
        ("totalBytes: -1", "config.out-of-range"), ("totalBytes: 0", "config.out-of-range"),
        ("totalBytes: 99999999PiB", "config.wrong-type"), ("totalBytes: GiB", "config.wrong-type"),
        ("totalBytes:", "config.wrong-type"), ("members: 10GiB", "config.wrong-type"),
        ("members: many", "config.wrong-type"), ("pathDepth: 513", "config.out-of-range"),
        ("member: 3", "config.unknown-key"), ("members: 1\n  members: 2", "config.duplicate-key"),
    ])
    func whatIsNoLimitIsRefusedWithItsPlace(entry: String, code: String) {
        let (configuration, findings) = parse("archiveLimits:\n  \(entry)\n")
        #expect(configuration == nil)
        #expect(findings.first?.code == code, "\(findings)")
        #expect((2...3).contains(findings.first?.span?.line ?? 0), "\(findings)")
    }
}
