/// What a file may ask for before it is refused.
///
/// A manifest is written by people, or by a program for people to read. What goes beyond is a mistake or an attack:
/// without limits a few kilobytes of aliases stand for terabytes, and some texts take libyaml time that grows with
/// the square of their size.
package enum TreeLimits {
    /// The most bytes a file may have; check it before reading the file.
    package static let fileSize = 64 << 20

    /// How deep a document may be nested: what walks a tree is recursive.
    static let depth = 1_000

    /// How deep brackets may be nested; for each token, libyaml visits every bracket that is open.
    static let flowDepth = 100

    /// The most values that aliases may stand for.
    static let aliasNodes = 500_000

    /// The most values that are moved because mappings hold repeated or merged keys; nesting multiplies them.
    static let movedNodes = 10_000_000

    /// The most scalars, lists and mappings of a file.
    static let nodes = 4_000_000

    /// So many brackets that are open cost as much time as one more value.
    static let bracketsOfValue = 16

    /// The most anchors of a document.
    static let anchors = 50_000

    /// The most documents of a file, empty ones included.
    static let documents = 100_000

    /// The most documents that are looked into although they are broken.
    static let brokenDocuments = 100

    /// The most findings about the text of one file.
    static let findings = 1_000

    /// The most `%TAG` lines: libyaml compares each with all others.
    static let directives = 32

    /// How far a placeholder may reach, in bytes.
    static let placeholderLength = 1_024
}
