import Glibc
import SheafModel

/// Sets the character set of this thread, and no other, while a body runs.
///
/// libarchive converts names by the current locale, and a Swift process starts in "C", whatever the environment says.
/// There, writing a name that is not ASCII fails or crashes. In a UTF-8 locale, reading one changes it: libarchive
/// composes decomposed letters. So archives are written under UTF-8 and read under "C", where names pass unchanged.
enum ThreadLocale {
    case utf8, plain

    /// Runs a body that does not suspend.
    ///
    /// - Throws: `ArchiveError` of kind `internalFailure` when the system has no such locale, and what the body throws.
    func run<Result>(_ body: () throws -> Result) throws -> Result {
        let name = self == .utf8 ? "C.UTF-8" : "C"
        guard let locale = newlocale(LC_CTYPE_MASK, name, nil) else {
            throw ArchiveError(
                .internalFailure,
                "the system has no locale \(name)",
                hint: "install the package 'locales'",
                failureClass: .missingEngine
            )
        }
        defer { freelocale(locale) }
        let previous = uselocale(locale)
        defer { uselocale(previous) }
        return try body()
    }
}
