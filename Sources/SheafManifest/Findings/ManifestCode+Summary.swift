extension ManifestCode {
    /// What the code means, as one sentence; the same as in `docs/diagnostics.md`.
    package var summary: String {
        switch self {
        case .notUTF8: "The file is not UTF-8; the place is the first broken byte."
        case .tab: "A tab in the indentation, which YAML does not allow."
        case .syntax: "The text is no valid YAML."
        case .duplicateKey: "A mapping has a key twice."
        case .keyNotText: "A key is a list or a mapping."
        case .unquotedPlaceholder: "`{{x}}` stands without quotes, so that YAML reads it as a mapping."
        case .placeholderSplits:
            "A placeholder such as `${{a: b}}` holds a colon, so that YAML makes a key and a value of it."
        case .indentation: "A key or a list item does not begin in the column of its siblings."
        case .missingParent: "A list stands below a key that has a value: the key that it belongs to is missing."
        case .valueAndChildren: "A key has a value and, below it, keys or a list."
        case .sameLine: "A list item, or the text of a block, stands on the line of its key."
        case .missingDash: "A text stands in a list without a dash."
        case .missingColon: "A key has no colon."
        case .missingSpace: "There is no space behind a key's colon, or behind an item's dash."
        case .unquotedText: "A text without quotes holds what has a meaning in YAML, such as `*`, `@` or `: `."
        case .unclosedQuote: "A quote is not closed, or is closed within the text; or an escape is unknown."
        case .unclosedBracket: "A bracket is not closed."
        case .controlCharacter: "A character that YAML does not allow."
        case .oddSpace: "A no-break or other special space in the indentation."
        case .conflictMarker: "The marks of a merge conflict."
        case .markdown: "What is left of a page's Markdown, such as `**bold**` or a code fence."
        case .strayText: "A text that is neither a key nor an item, such as words copied along from a page."
        case .swallowedKey:
            "A comment swallows the key that follows; an error where the document cannot be read because of it."
        case .swallowedLine: "A text goes on in a line that looks like an item or a pair of its own."
        case .spaceBeforeColon: "There is a space between a key and its colon."
        case .implicitTimestamp: "A time without quotes, which other readers of YAML do not take for a text."
        case .trailingPunctuation: "A value ends with a comma or a semicolon."
        case .leftoverAnnotation: "A value ends with a note such as `(default)`."
        case .nullFirstKey: "A list item begins with a key that has no value, other items have one."
        case .typographicQuote: "A value stands in typographic quotes, which are letters for YAML."
        case .tooLarge: "Aliases, nested bundles or nested workflows make the document larger than Sheaf accepts."
        case .tooManyFindings: "There are more findings in the text of a file than are shown."
        case .empty: "The file holds no manifest."
        case .notAMapping: "A document is no mapping, so it is no manifest."
        case .unknownKind: "There is no resource of this `type`."
        case .kindSpelling: "The `type` is written in another way than the kind's name."
        case .invalidVersion: "The `version` is no schema version."
        case .unusualVersion: "The kind has another schema version than the manifest says."
        case .missingKey: "A mandatory key is missing or has no value."
        case .recommendedKey: "A key is missing for which a default is taken."
        case .unknownKey: "A mapping has no such key."
        case .keySpelling: "A key is written in another way than its name."
        case .deprecatedKey: "A key is the older form of another."
        case .misplacedKey: "A key belongs elsewhere; a warning where Sheaf can put it there or leave it out."
        case .conflictingKeys: "One key is given in two spellings."
        case .wrongType: "A value is of another type than its key wants."
        case .convertedType: "A value is of another type and could be converted."
        case .invalidValue: "A value is not among those allowed, or has not the form that is wanted."
        case .unusualValue: "A value is allowed, and probably not what is meant."
        case .emptyList: "A list that should have elements has none."
        case .emptyValue: "A key has no value, which is the same as if it were not there."
        case .invalidName: "A name has characters or a length that are not allowed."
        case .unusualName: "A name is one that the platform's server refuses or that is likely to be cut."
        case .invalidCron: "A cron line has not five valid fields."
        case .unusualCron: "A cron line fires less often than it seems to say."
        case .unresolvedPlaceholder: "A placeholder is left where a bundle is to be deployed."
        case .specOrFile: "An item or a job has both `spec` and `file`, or neither."
        case .emptyFile: "`file` or `spec` is there without a value; a warning in a lone manifest."
        case .missingFile: "A named file is not in the bundle; the help says where it was looked for."
        case .fileOutsideRoot: "A named file lies outside the bundle."
        case .notABundle: "A bundle is expected, the manifest is of another kind."
        case .notAWorkflow: "A job's `file` holds another kind than a workflow."
        case .severalManifests: "A file that should hold one manifest holds several."
        case .missingWorkspace: "An item needs a workspace, and neither it nor its manifest gives one."
        case .workspaceInManifest: "An item has its workspace from its manifest only."
        case .workspaceDiffers: "An item and its manifest give different workspaces; the item's is taken."
        case .workspaceIgnored: "A resource of the instance is given a workspace."
        case .nestedSchedule: "A nested workflow has a schedule, which is ignored."
        case .duplicateItem: "Two items of a bundle have one id."
        case .duplicateResource: "Two items of a bundle define one resource."
        case .duplicateJob: "Two jobs of a workflow have one name."
        case .unknownDependency: "An item or a job depends on one that is not defined."
        case .conditionWithoutDependency:
            "A condition is about an item that is not among the dependencies; it is added."
        case .emptyCondition: "A condition tests nothing."
        case .impossibleCondition: "A condition can never hold."
        case .doubtfulCondition: "A condition will probably not hold."
        case .templateSyntax:
            "A template of a stack cannot be read, as when an `if` has no `end`."
        case .templateUnknownFunction:
            "A template calls a function that neither the language, nor sprig, nor the platform has."
        case .templateUnsupported: "A template calls a function of sprig that Sheaf cannot run, when it is rendered."
        case .templateValue:
            "The data is not as a template needs it."
        case .templateLimit: "A template is too long, goes too deep, takes too long or writes too much."
        case .templateOutput:
            "What a template makes is no YAML, or not of the shape that is wanted."
        case .invalidExpression: "A `${{ … }}` begins as an expression and goes on as none: `${{ values.a b }}`."
        case .undefinedValue:
            "An expression names a value that no place gives: `${{ values.prot }}` with `port: 1` in `values.yaml`."
        case .wrongValueType:
            "A mapping, a list or nothing stands inside a text, or a path leads into what is no mapping or no list."
        case .valueCycle:
            "Values lead back to themselves; the message has the whole path."
        case .notValues: "A file of values or of secrets does not hold one mapping."
        case .unknownEnvironment:
            "There is no `environments/NAME.yaml` for `--environment NAME`; the help has those that exist."
        case .missingSecret:
            "`${{ secrets.NAME }}` is neither in the file of `--secrets` nor in `SHEAF_SECRET_NAME` nor kept by `sheaf secret set`."
        case .secretPlace:
            "A secret stands where it would be shown: in a name, in a reference, or as `$SHEAF_SECRET_NAME`."
        case .secretInArguments: "A secret becomes an argument of a process, which everybody on the machine can read."
        case .undefinedVariable: "`$NAME` is not in the environment and stays as it is written."
        case .unusedSetting:
            "No expression asks for what `--set` gives: `--set image.tga=2` beside `${{ values.image.tag }}`."
        case .literalSecret: "A secret's value stands in a manifest, so the archive holds it. Only `pack` reports it."
        case .selfDependency: "An item or a job depends on itself."
        case .cycle: "Dependencies form a cycle; the message has the whole path."
        case .bundleRecursion: "A bundle holds itself; the message has the files on the way."
        case .workflowRecursion: "A workflow holds itself; the message has the files on the way."
        }
    }

    /// The name of the code's place in `docs/diagnostics.md`, as GitHub makes it of a heading.
    package var anchor: String { rawValue.filter { $0 != "." } }
}
