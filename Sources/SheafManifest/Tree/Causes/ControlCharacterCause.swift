/// Characters that YAML does not allow, such as the remains of a character whose encoding was mistaken.
enum ControlCharacterCause: CauseDetector {
    /// The most that are shown.
    private static let limit = 100

    static func causes(in text: BrokenText) -> [Cause] {
        guard text.failure.isUnreadable else { return [] }
        var findings: [TextFinding] = []
        var edits: [MendedText.Edit] = []
        var offset = 0
        var isMojibake = false
        for scalar in String(decoding: text.bytes, as: UTF8.self).unicodeScalars {
            let length = UTF8.width(scalar)
            defer { offset += length }
            guard !isAllowed(scalar.value) else {
                // How the first bytes of longer sequences look in Windows-1252.
                if scalar.value >= 0xC0 || scalar == "\n" { isMojibake = (0xC0...0xF7).contains(scalar.value) }
                continue
            }
            edits.append(MendedText.Edit(offset..<offset + length, String(repeating: "_", count: length)))
            if findings.count < limit { findings.append(finding(scalar, offset..<offset + length, isMojibake)) }
        }
        return findings.isEmpty ? [] : [Cause(findings, edits)]
    }

    private static func finding(_ scalar: Unicode.Scalar, _ range: Range<Int>, _ isMojibake: Bool) -> TextFinding {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let name = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        let isC1 = (0x80..<0xA0).contains(scalar.value)
        return TextFinding(
            .controlCharacter,
            scalar.value == 0
                ? "a NUL byte, which no text has"
                : "the control character \(name), which YAML does not allow"
                    + (isC1 && isMojibake ? "; it is left of a character that was read in the wrong encoding" : ""),
            at: range,
            help: isC1 && isMojibake
                ? "write the character anew that was meant, and save the file as UTF-8"
                : "remove it; it is invisible in most editors"
        )
    }

    /// The characters of YAML 1.2, section 5.1.
    private static func isAllowed(_ value: UInt32) -> Bool {
        switch value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
