/// Looks for what comments hide.
enum CommentCheck {
    static func findings(in bytes: UnsafeBufferPointer<UInt8>) -> [TextFinding] {
        var findings: [TextFinding] = []
        var at = 0
        while findings.count < TreeLimits.findings, let hash = bytes.offset(of: .hash, from: at) {
            let end = bytes.offset(of: .lineFeed, from: hash) ?? bytes.count
            let isComment = hash == 0 || bytes[hash - 1] <= .space
            guard isComment else {
                at = hash + 1
                continue
            }
            if let key = SwallowedKey.find(in: hash..<end, bytes) {
                findings.append(SwallowedKey.finding(key, String(decoding: bytes[key], as: UTF8.self)))
            }
            at = end
        }
        return findings
    }
}
