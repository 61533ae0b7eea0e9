/// All functions that templates can call, by name.
struct FunctionLibrary: Sendable {
    /// Those of Go, of sprig and of the platform.
    static let standard = FunctionLibrary(
        LogicFunctions.all + TextFunctions.all + FormatFunctions.all + ListFunctions.all + MapFunctions.all
            + NumberFunctions.all + DefaultFunctions.all + EncodingFunctions.all + PlatformFunctions.all
    )

    private let functions: [String: TemplateFunction]

    private init(_ functions: [TemplateFunction]) {
        self.functions = Dictionary(functions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The names of the functions that can be called, sorted.
    var names: [String] { functions.keys.sorted() }

    subscript(name: String) -> TemplateFunction? { functions[name] }

    /// Whether a template may name a function, even if it cannot be called here.
    func knows(_ name: String) -> Bool { functions[name] != nil || Self.isOnlyOnPlatform(name) }

    /// Whether sprig has a function that this library has not: its result would differ each time, or needs more than
    /// the template and its data.
    static func isOnlyOnPlatform(_ name: String) -> Bool { sprigOnly.contains(name) }

    private static let sprigOnly: Set<String> = [
        "abbrevboth", "adler32sum", "ago", "bcrypt", "buildCustomCert", "call", "date", "dateInZone", "dateModify",
        "date_in_zone", "date_modify", "decryptAES", "derivePassword", "duration", "durationRound", "encryptAES", "env",
        "expandenv", "genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert", "genSelfSignedCertWithKey",
        "genSignedCert", "genSignedCertWithKey", "getHostByName", "htmlDate", "htmlDateInZone", "htpasswd", "js",
        "mustDateModify", "mustRegexFind", "mustRegexFindAll", "mustRegexMatch", "mustRegexReplaceAll",
        "mustRegexReplaceAllLiteral", "mustRegexSplit", "mustToDate", "must_date_modify", "now", "osBase", "osClean",
        "osDir", "osExt", "osIsAbs", "randAlpha", "randAlphaNum", "randAscii", "randBytes", "randInt", "randNumeric",
        "regexFind", "regexFindAll", "regexMatch", "regexQuoteMeta", "regexReplaceAll", "regexReplaceAllLiteral",
        "regexSplit", "semver", "semverCompare", "sha1sum", "sha512sum", "shuffle", "swapcase", "toDate", "unixEpoch",
        "urlJoin", "urlParse", "uuidv4", "wrap", "wrapWith",
    ]
}
