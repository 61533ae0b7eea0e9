package import SheafModel

/// The stable names of everything that can be wrong in a manifest; `docs/diagnostics.md` explains each.
package enum ManifestCode: String, CaseIterable, Sendable {
    // Text
    case notUTF8 = "manifest.not-utf8"
    case tab = "manifest.tab"
    case syntax = "manifest.syntax"
    case duplicateKey = "manifest.duplicate-key"
    case keyNotText = "manifest.key-not-text"
    case unquotedPlaceholder = "manifest.unquoted-placeholder"
    case placeholderSplits = "manifest.placeholder-splits"
    case indentation = "manifest.indentation"
    case missingParent = "manifest.missing-parent"
    case valueAndChildren = "manifest.value-and-children"
    case sameLine = "manifest.same-line"
    case missingDash = "manifest.missing-dash"
    case missingColon = "manifest.missing-colon"
    case missingSpace = "manifest.missing-space"
    case unquotedText = "manifest.unquoted-text"
    case unclosedQuote = "manifest.unclosed-quote"
    case unclosedBracket = "manifest.unclosed-bracket"
    case controlCharacter = "manifest.control-character"
    case oddSpace = "manifest.odd-space"
    case conflictMarker = "manifest.conflict-marker"
    case markdown = "manifest.markdown"
    case strayText = "manifest.stray-text"
    case swallowedKey = "manifest.swallowed-key"
    case swallowedLine = "manifest.swallowed-line"
    case spaceBeforeColon = "manifest.space-before-colon"
    case implicitTimestamp = "manifest.implicit-timestamp"
    case trailingPunctuation = "manifest.trailing-punctuation"
    case leftoverAnnotation = "manifest.leftover-annotation"
    case nullFirstKey = "manifest.null-first-key"
    case typographicQuote = "manifest.typographic-quote"
    case tooLarge = "manifest.too-large"
    case tooManyFindings = "manifest.too-many-findings"
    case empty = "manifest.empty"

    // Shape
    case notAMapping = "manifest.not-a-mapping"
    case unknownKind = "manifest.unknown-kind"
    case kindSpelling = "manifest.kind-spelling"
    case invalidVersion = "manifest.invalid-version"
    case unusualVersion = "manifest.unusual-version"
    case missingKey = "manifest.missing-key"
    case recommendedKey = "manifest.recommended-key"
    case unknownKey = "manifest.unknown-key"
    case keySpelling = "manifest.key-spelling"
    case deprecatedKey = "manifest.deprecated-key"
    case misplacedKey = "manifest.misplaced-key"
    case conflictingKeys = "manifest.conflicting-keys"
    case wrongType = "manifest.wrong-type"
    case convertedType = "manifest.converted-type"
    case invalidValue = "manifest.invalid-value"
    case unusualValue = "manifest.unusual-value"
    case emptyList = "manifest.empty-list"
    case emptyValue = "manifest.empty-value"
    case invalidName = "manifest.invalid-name"
    case unusualName = "manifest.unusual-name"
    case invalidCron = "manifest.invalid-cron"
    case unusualCron = "manifest.unusual-cron"
    case unresolvedPlaceholder = "manifest.unresolved-placeholder"

    // Bundles and workflows
    case specOrFile = "manifest.spec-or-file"
    case emptyFile = "manifest.empty-file"
    case missingFile = "manifest.missing-file"
    case fileOutsideRoot = "manifest.file-outside-root"
    case notABundle = "manifest.not-a-bundle"
    case notAWorkflow = "manifest.not-a-workflow"
    case severalManifests = "manifest.several-manifests"
    case missingWorkspace = "manifest.missing-workspace"
    case workspaceInManifest = "manifest.workspace-in-manifest"
    case workspaceDiffers = "manifest.workspace-differs"
    case workspaceIgnored = "manifest.workspace-ignored"
    case nestedSchedule = "manifest.nested-schedule"
    case duplicateItem = "manifest.duplicate-item"
    case duplicateResource = "manifest.duplicate-resource"
    case duplicateJob = "manifest.duplicate-job"
    case unknownDependency = "manifest.unknown-dependency"
    case conditionWithoutDependency = "manifest.condition-without-dependency"
    case emptyCondition = "manifest.empty-condition"
    case impossibleCondition = "manifest.impossible-condition"
    case doubtfulCondition = "manifest.doubtful-condition"

    // Templates of stacks
    case templateSyntax = "manifest.template-syntax"
    case templateUnknownFunction = "manifest.template-unknown-function"
    case templateUnsupported = "manifest.template-unsupported"
    case templateValue = "manifest.template-value"
    case templateLimit = "manifest.template-limit"
    case templateOutput = "manifest.template-output"

    // Values
    case invalidExpression = "values.invalid-expression"
    case undefinedValue = "values.undefined"
    case wrongValueType = "values.wrong-type"
    case valueCycle = "values.cycle"
    case notValues = "values.not-a-mapping"
    case unknownEnvironment = "values.unknown-environment"
    case missingSecret = "values.missing-secret"
    case secretPlace = "values.secret-place"
    case secretInArguments = "values.secret-in-arguments"
    case undefinedVariable = "values.undefined-variable"
    case unusedSetting = "values.unused-setting"

    // Archives
    case literalSecret = "archive.literal-secret"

    // Order
    case selfDependency = "graph.self-dependency"
    case cycle = "graph.cycle"
    case bundleRecursion = "graph.bundle-recursion"
    case workflowRecursion = "graph.workflow-recursion"

    /// The severity that the code has unless a check says otherwise.
    package var severity: Diagnostic.Severity {
        switch self {
        case .kindSpelling, .unusualVersion, .recommendedKey, .keySpelling, .deprecatedKey,
            .convertedType, .unusualValue, .emptyList, .emptyValue, .unusualName, .unusualCron, .workspaceInManifest,
            .workspaceDiffers, .workspaceIgnored, .nestedSchedule, .conditionWithoutDependency, .doubtfulCondition,
            .literalSecret, .swallowedKey, .swallowedLine, .spaceBeforeColon, .implicitTimestamp,
            .trailingPunctuation, .leftoverAnnotation, .nullFirstKey, .typographicQuote,
            .templateUnsupported, .secretInArguments, .undefinedVariable, .unusedSetting:
            .warning
        default: .error
        }
    }
}
