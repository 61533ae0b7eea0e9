import SheafArchive

extension HostileCorpus {
    private static let x: [UInt8] = [0x78]

    /// Names that must not be, in the tar and in the table.
    mutating func addNames() throws {
        let names: [(String, String, String)] = [
            ("path-escapes-root", "a name that leaves by ..", "files/../../evil"),
            ("path-escapes-root", "a name that ends with ..", "files/a/.."),
            ("invalid-name", "a name in a git directory", "files/sub/.git/config"),
            ("invalid-name", "a name in a git directory in capitals", "files/.GIT/config"),
            ("invalid-name", "a name with a part .", "files/./a"),
            ("invalid-name", "a name with an empty part", "files/a//b"),
            ("unprintable-name", "a name with an escape sequence", "files/\u{1b}[2Ja"),
            ("unprintable-name", "a name with a line break", "files/a\nb"),
            ("unprintable-name", "a name with a control of the upper half", "files/a\u{9b}1m"),
            ("unprintable-name", "a name that reads backwards", "files/gpj.\u{202e}exe"),
            ("unprintable-name", "a name with an isolate", "files/\u{2066}a\u{2069}"),
            ("unknown-member", "a member outside of files", "evil"),
            ("unknown-member", "a member in another folder", "file/a"),
        ]
        for (code, name, path) in names {
            try addMember(code, "\(name), in the tar", .init(path: path, content: Self.x))
            try add(code, "\(name), in the table") { draft, _ in draft.list(TarForge.row(path, Self.x)) }
        }
        try addMember("absolute-path", "an absolute name, in the tar", .init(path: "/etc/evil", content: Self.x))
        try add("absolute-path", "an absolute name, in the table") { draft, _ in
            draft.list(TarForge.row("files//etc/evil", Self.x))
        }
        try add("invalid-name", "a name with a zero byte, in the table") { draft, _ in
            draft.list(TarForge.row("files/a\u{0}b", Self.x))
        }
        try addMember("folder-member", "a file whose name ends with a slash", .init(path: "files/a/", content: []))
        var foreign = TarForge.Member(path: "files/a", content: Self.x)
        foreign.path = Array("files/".utf8) + [0x80 + UInt8(random.below(0x40)), 0xfe]
        try addMember("invalid-name", "a name that is not UTF-8", foreign)
        let collisions = [
            ("case-colliding files", "files/d9/Name", "files/d9/name"),
            ("case-colliding files beyond ASCII", "files/d9/É", "files/d9/é"),
            ("case-colliding folders", "files/D9/a", "files/d9/b"),
        ]
        for (name, first, second) in collisions {
            try add("name-collision", name) { draft, _ in
                draft.add(first, Self.x)
                draft.add(second, Self.x)
            }
        }
        try add("file-is-folder", "a file that is also a folder") { draft, _ in
            draft.add("files/d9", Self.x)
            draft.add("files/d9/a", Self.x)
        }
    }

    /// Members that are no files and links.
    mutating func addKinds() throws {
        let kinds: [(String, String, Character, String)] = [
            ("device", "a character device", "3", ""), ("device", "a block device", "4", ""),
            ("pipe", "a named pipe", "6", ""), ("folder-member", "a folder", "5", ""),
            ("hard-link", "a hard link to outside", "1", "/etc/passwd"),
            ("hard-link", "a hard link that climbs out", "1", "../../etc/passwd"),
            ("hard-link", "a hard link to another member", "1", "resolved.json"),
            ("special-file", "a contiguous file", "7", ""), ("special-file", "a kind nobody knows", "Q", ""),
        ]
        for (code, name, type, target) in kinds {
            try addMember(code, name, .init(path: "files/\(type)", type: type, target: target))
            try addChanged(code, "\(name) in the place of a file") {
                $0.type = type
                $0.target = target
                $0.content = []
            }
        }
        let modes = [
            ("socket", "a socket", 0o140644), ("device", "a device by its mode", 0o060644),
            ("pipe", "a pipe by its mode", 0o010644), ("foreign-header", "a folder by its mode", 0o040755),
            ("setuid", "a setuid program", 0o4755), ("setuid", "a setgid program", 0o2755),
            ("setuid", "a file with the sticky bit", 0o1644),
        ]
        for (code, name, mode) in modes { try addChanged(code, name) { $0.mode = mode } }
    }

    /// Headers that other programs may read in another way.
    mutating func addHeaders() throws {
        let huge = "4611686018427387904"
        let before: [(String, String, [UInt8])] = [
            ("foreign-header", "a global extended header", TarForge.extended([("comment", "hidden")], type: "g")),
            ("foreign-header", "a global header with a path", TarForge.extended([("path", "evil")], type: "g")),
            (
                "foreign-header", "a long name of GNU",
                TarForge.extended([], type: "L", raw: Array("files/d0/m\u{0}".utf8))
            ),
            ("foreign-header", "a long target of GNU", TarForge.extended([], type: "K", raw: Array("evil\u{0}".utf8))),
            ("foreign-header", "a comment", TarForge.extended([("comment", "hidden")])),
            ("foreign-header", "an attribute", TarForge.extended([("SCHILY.xattr.user.a", "b")])),
            ("foreign-header", "a time in an extended header", TarForge.extended([("mtime", "0")])),
            (
                "foreign-header", "two paths",
                TarForge.extended([("path", "files/d0/a"), ("path", "files/d0/m")])
            ),
            (
                "foreign-header", "two extended headers",
                TarForge.extended([("path", "files/d0/m")]) + TarForge.extended([("path", "files/d0/m")])
            ),
            (
                "sparse", "a sparse file of GNU",
                TarForge.extended([("GNU.sparse.size", "3"), ("GNU.sparse.numblocks", "0")])
            ),
            ("path-escapes-root", "a path in an extended header", TarForge.extended([("path", "files/../evil")])),
            ("absolute-path", "an absolute path in an extended header", TarForge.extended([("path", "/etc/evil")])),
            (
                "path-too-long", "a path of 10,000 bytes in an extended header",
                TarForge.extended([("path", "files/" + String(repeating: "a", count: 10_000))])
            ),
        ]
        for (code, name, blocks) in before { try addChanged(code, name) { $0.before = blocks } }
        // What libarchive makes of these is its own; that they are refused is what counts.
        let broken: [(String, [UInt8])] = [
            ("a size of 4 EiB in an extended header", TarForge.extended([("size", huge)])),
            ("a record that claims to be longer", TarForge.extended([], raw: Array("99 path=a\n".utf8))),
            ("a record without an end", TarForge.extended([], raw: Array("9 path=aaa".utf8))),
            ("a record of no length", TarForge.extended([], raw: Array("0 path=a\n".utf8))),
            ("a negative size in an extended header", TarForge.extended([("size", "-1")])),
        ]
        for (name, blocks) in broken { try addChanged("*", name) { $0.before = blocks } }
        try addChanged("foreign-header", "a header of GNU") { $0.patches = [(257, Array("ustar  \u{0}".utf8))] }
        try addChanged("foreign-header", "a header from before ustar") {
            $0.patches = [(257, [UInt8](repeating: 0, count: 8))]
        }
        try addChanged("foreign-header", "a binary size") {
            $0.patches = [(124, [0x80] + [UInt8](repeating: 0, count: 10) + [3])]
        }
        try addChanged("*", "a wrong checksum") { $0.before = [UInt8](repeating: 0x41, count: 512) }
        try addChanged("sparse", "an old sparse file") { $0.type = "S" }
        try addChanged("foreign-attributes", "a time") { $0.mtime = 7 }
        try addChanged("foreign-attributes", "an owner") { $0.patches = [(108, Array("0001750".utf8))] }
        try addChanged("foreign-attributes", "an owner's name") { $0.patches = [(265, Array("root".utf8))] }
        try add("size-mismatch", "a link with content") { draft, _ in
            draft.list(TarForge.linkRow("files/d0/l", to: "m"))
            let place = draft.rows.firstIndex { $0.path == "files/d0/l" } ?? 0
            draft.members.insert(
                .init(path: "files/d0/l", content: Self.x, type: "2", target: "m", mode: 0o777),
                at: place
            )
        }
    }

    /// Members that are not those of the table.
    mutating func addDifferences() throws {
        try add("duplicate-member", "a member twice in the tar") { draft, random in
            let member = draft.members[random.below(draft.members.count)]
            draft.members.append(member)
        }
        try add("duplicate-member", "a row twice in the table") { draft, random in
            let row = draft.rows[random.below(draft.rows.count)]
            draft.list(row)
        }
        try add("duplicate-member", "a second sheaf.json") { draft, _ in
            draft.members.append(.init(path: "sheaf.json", content: Self.x))
        }
        try addMember("unknown-member", "a file that is not listed", .init(path: "files/zz-extra", content: Self.x))
        try add("missing-member", "the last files are missing") { draft, random in
            draft.members.removeLast(1 + random.below(draft.members.count))
        }
        try add("member-order", "a file is missing in the middle") { draft, random in
            draft.members.remove(at: random.below(draft.members.count - 1))
        }
        try add("member-order", "two files are exchanged") { draft, random in
            let one = random.below(draft.members.count - 1)
            draft.members.swapAt(one, one + 1)
        }
        try add("member-order", "two rows are exchanged") { draft, random in
            let one = random.below(draft.rows.count - 1)
            draft.rows.swapAt(one, one + 1)
        }
        try add("member-order", "resolved.json comes late") { draft, _ in draft.head = { $0.swapAt(1, 2) } }
        try add("index-not-first", "a member before sheaf.json") { draft, _ in
            draft.head = { $0.insert(.init(path: "files/first", content: Self.x), at: 0) }
        }
        try add("index-not-first", "resolved.json before sheaf.json") { draft, _ in draft.head = { $0.swapAt(0, 1) } }
        try add("no-index", "no sheaf.json") { draft, _ in draft.head = { $0.removeFirst() } }
        try add("no-index", "no members at all") { draft, _ in draft.tar = { $0 = TarForge.end } }
        try add("kind-mismatch", "sheaf.json is a link") { draft, _ in
            draft.head = { $0[0] = .init(path: "sheaf.json", type: "2", target: "a", mode: 0o777) }
        }
        try add("mode-mismatch", "sheaf.json is a program") { draft, _ in draft.head = { $0[0].mode = 0o755 } }
        try addChanged("size-mismatch", "a file is longer") { $0.content.append(0) }
        try addChanged("size-mismatch", "a file is shorter") { $0.content.removeLast() }
        try addChanged("too-large", "a header claims 8 GiB", claims: 0o77777777777)
        try addChanged("mode-mismatch", "a file is a program") { $0.mode = 0o755 }
        try addChanged("mode-mismatch", "a file is for everybody to write") { $0.mode = 0o666 }
        try addChanged("digest-mismatch", "a file has another content") { $0.content = [3, 2, 1] }
        try addChanged("kind-mismatch", "a link in the place of a file") {
            $0.type = "2"
            $0.target = "../../../etc/passwd"
            $0.content = []
        }
        try add("kind-mismatch", "a file in the place of a link") { draft, _ in
            draft.add("files/d0/l", [])
            let place = draft.rows.firstIndex { $0.path == "files/d0/l" } ?? 0
            draft.rows[place] = TarForge.linkRow("files/d0/l", to: "m")
        }
        try add("target-mismatch", "a link with another target") { draft, _ in
            draft.add("files/d0/l", []) { ($0.type, $0.target, $0.mode) = ("2", "/etc/passwd", 0o777) }
            let place = draft.rows.firstIndex { $0.path == "files/d0/l" } ?? 0
            draft.rows[place] = TarForge.linkRow("files/d0/l", to: "m")
        }
    }

    private mutating func addChanged(_ code: String, _ name: String, claims size: Int) throws {
        // With a limit that a header can pass.
        try add(code, name, limit: (.totalBytes, 1 << 30)) { draft, _ in
            draft.add("files/d0/m", [1, 2, 3]) { $0.claimedSize = size }
        }
    }

    /// Links that lead where they must not.
    mutating func addLinks() throws {
        let links: [(String, String, [(String, String)])] = [
            ("link-leaves-bundle", "a link to outside", [("l", "../evil")]),
            ("link-leaves-bundle", "a link to outside from a folder", [("d0/l", "../../evil")]),
            ("link-leaves-bundle", "an absolute link", [("l", "/etc/passwd")]),
            ("link-leaves-bundle", "a link to outside through another one", [("d0/up", ".."), ("l", "d0/up/../evil")]),
            ("link-leaves-bundle", "a link to outside through a chain", [("p", "."), ("q", "p/p/.."), ("r", "q/x")]),
            ("link-loop", "a link to itself", [("l", "l")]),
            ("link-loop", "two links to each other", [("l", "m"), ("m", "d0/../l")]),
            ("link-too-long", "a target of 5,000 bytes", [("l", String(repeating: "a/", count: 2_500))]),
            ("path-too-deep", "a link that leads too deep", [("l", String(repeating: "a/", count: 100))]),
            ("invalid-name", "a link to nothing", [("l", "")]),
            ("invalid-name", "a link with a zero byte", [("l", "a\u{0}b")]),
            ("link-loop", "a chain of 60 links", (0..<60).map { ("l\($0 + 100)", "l\($0 + 101)") }),
        ]
        for (code, name, links) in links {
            try add(code, name) { draft, _ in
                for (path, target) in links { draft.list(TarForge.linkRow("files/\(path)", to: target)) }
            }
        }
    }
}
