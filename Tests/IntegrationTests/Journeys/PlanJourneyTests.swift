import FoundationEssentials
import SheafSystem
import SheafTestSupport
import Testing

/// Plans that are looked at, saved, and carried out only if nothing has moved.
@Suite struct PlanJourneyTests {
    private let site: Site
    private let scenario: Scenario

    init() throws {
        site = try Site()
        scenario = try Scenario()
        try scenario.write(.one, to: site)
    }

    private var file: String { site.scratch.path("trial.plan") }

    private func save() async throws -> Site.Result { try await site.sheaf("plan", site.bundle, "--save", file) }
    private func applyPlan() async throws -> Site.Result { try await site.sheaf("apply", site.bundle, "--plan", file) }

    @Test func aSavedPlanIsCarriedOutOnce() async throws {
        defer { site.end() }
        let saved = try await save()
        #expect(saved.code == 0, "\(saved)")
        #expect(saved.output.contains("first revision"))
        #expect(saved.output.contains("cannot be undone: its jobs may write somewhere"))
        #expect(saved.output.contains("1 step cannot be undone."))
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let applied = try await applyPlan()
        #expect(applied.code == 0, "\(applied)")
        let again = try await applyPlan()
        #expect(again.code == 1)
        #expect(again.errors.contains("error[plan.moved]"))
        #expect(again.errors.contains("  - the live revision is 1, the plan was made when nothing was\n"))
        #expect(try await Consistency.check(site, "after").revision?.number == 1)
    }

    @Test func aSavedRollbackIsCarriedOutOnlyWhereNothingHasMoved() async throws {
        defer { site.end() }
        for version in 1...3 {
            try FileBundle.write(version, to: site)
            try await CrashOperation.succeed(site, ["apply", site.bundle])
        }
        let name = FileBundle.name
        func rollback(_ options: String...) async throws -> Site.Result {
            try await site.run("\(Site.built)/sheaf", ["rollback", name] + options)
        }
        #expect(try await rollback("--save", file).code == 64)
        let saved = try await rollback("--dry-run", "--save", file)
        #expect(saved.code == 0 && saved.errors.contains("saved: sheaf rollback \(name) --plan \(file)"), "\(saved)")
        #expect(try await site.restorable(name) == [1, 2, 3])

        let other = try await rollback("--to", "1", "--plan", file)
        #expect(other.code == 1 && other.errors.contains("it would restore revision 1"), "\(other)")
        let mistaken = try await site.sheaf("apply", site.bundle, "--plan", file)
        #expect(mistaken.code == 65 && mistaken.errors.contains("plan.other-bundle"), "\(mistaken)")
        let fits = try await rollback("--dry-run", "--plan", file)
        #expect(fits.code == 0, "\(fits)")

        let done = try await rollback("--plan", file)
        #expect(done.code == 0, "\(done)")
        let again = try await rollback("--plan", file)
        #expect(again.code == 1 && again.errors.contains("the live revision is 4"), "\(again)")
        #expect(again.errors.contains("sheaf rollback BUNDLE --dry-run --save FILE"), "\(again)")
    }

    @Test func aPlanOfOtherFilesIsRefused() async throws {
        defer { site.end() }
        #expect(try await site.sheaf("apply", site.bundle).code == 0)
        let before = try await Consistency.check(site, "before")
        try scenario.write(.two, to: site)
        #expect(try await save().code == 0)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(!text.contains("correct-horse"))
        try site.write("page/index.html", "version 3\n")
        let refused = try await applyPlan()
        #expect(refused.code == 1)
        #expect(refused.errors.contains("  - the archive is sha256:"))
        #expect(try await Consistency.check(site, "after") == before)
        try scenario.write(.two, to: site)
        #expect(try await applyPlan().code == 0)
    }

    @Test func aProcessThatEndedSinceIsNamed() async throws {
        defer { site.end() }
        #expect(try await site.sheaf("apply", site.bundle).code == 0)
        try scenario.write(.two, to: site)
        #expect(try await save().code == 0)
        let supervisor = try #require(site.processes().first { $0.isSupervisor(of: "worker/steady/") })
        supervisor.signal(9)
        #expect(supervisor.waitForEnd(atMost: .seconds(5)))
        let refused = try await applyPlan()
        #expect(refused.code == 1)
        let line = "  - worker:steady:trialspace would now also be replaced: its supervisor has ended\n"
        #expect(refused.errors.contains(line), "\(refused.errors)")
        #expect(try await site.status(of: Scenario.name).revision?.number == 1)
    }

    @Test func whatIsNoPlanOfTheBundleIsInvalidInput() async throws {
        defer { site.end() }
        #expect(try await save().code == 0)
        let whole = try String(contentsOfFile: file, encoding: .utf8)
        for (text, code) in [
            (String(whole.prefix(whole.count / 2)), "plan.damaged"), ("[]", "plan.damaged"),
            (whole.replacing("\"formatVersion\" : 1", with: "\"formatVersion\" : 99"), "plan.newer-version"),
            (whole.replacing("\"bundle\" : \"trial\"", with: "\"bundle\" : \"other\""), "plan.other-bundle"),
        ] {
            try Data(text.utf8).write(to: URL(filePath: file))
            let refused = try await applyPlan()
            #expect(refused.code == 65, "\(refused)")
            #expect(refused.errors.contains("error[\(code)]"), "\(refused.errors)")
        }
        let missing = try await site.sheaf("apply", site.bundle, "--plan", site.scratch.path("none"))
        #expect(missing.code == 65)
    }

    @Test(arguments: ["bundle/a.plan", "./bundle/page/a.plan", "bundle/../bundle/a.plan"])
    func aPlanIsNotSavedAmongTheFilesThatItIsAbout(path: String) async throws {
        let refused = try await site.sheaf("plan", site.bundle, "--save", path)
        #expect(refused.code == 64, "\(refused)")
        #expect(refused.errors.contains("error[plan.inside-bundle]"))
        #expect(!FileManager.default.fileExists(atPath: site.scratch.path(path)))
    }

    @Test func anOwnerIsChangedWithoutTouchingAProcess() async throws {
        defer { site.end() }
        #expect(try await site.sheaf("apply", site.bundle).code == 0)
        let before = try await Consistency.check(site, "before")
        let path = "\(site.bundle)/bundle.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let owned = text.replacing("        type: worker\n", with: "        type: worker\n        owner: ann\n")
        try Data(owned.utf8).write(to: URL(filePath: path))
        let plan = try await site.sheaf("plan", site.bundle)
        #expect(plan.output.contains("3 to update"), "\(plan)")
        #expect(plan.output.contains("no interruption"))
        let applied = try await site.sheaf("apply", site.bundle)
        #expect(applied.code == 0, "\(applied)")
        let after = try await Consistency.check(site, "after")
        #expect(after["worker:steady:trialspace"] == before["worker:steady:trialspace"])
        #expect(after["worker:steady:trialspace"]?.pids == before["worker:steady:trialspace"]?.pids)
    }

    @Test func aJobThatRanBeforeTheFailureIsNamed() async throws {
        defer { site.end() }
        let broken = scenario.worker("broken", script: "exit 3") + "\n      dependencies: [once]"
        try scenario.write(.one, to: site, broken: broken)
        let failed = try await site.sheaf("apply", site.bundle)
        #expect(failed.code == 3, "\(failed)")
        let words = "these ran and cannot be undone: workflow:once:trialspace"
        #expect(failed.errors.contains(words))
        #expect(failed.errors.contains("it ran and cannot be undone: its jobs may write somewhere"))
        #expect(!failed.errors.contains("workflow:once:trialspace  undone"))
        #expect(try await site.sheaf("history", Scenario.name).output.contains(words))
    }

    @Test func aDeleteOfDataIsShownAsFinal() async throws {
        defer { site.end() }
        #expect(try await site.sheaf("apply", site.bundle).code == 0)
        let kept = try await site.sheaf("delete", Scenario.name, "--dry-run")
        #expect(kept.output.contains("its data is kept") && !kept.output.contains("cannot be undone"))
        let lost = try await site.sheaf("delete", Scenario.name, "--dry-run", "--delete-data")
        #expect(lost.output.contains("cannot be undone: its data is deleted"))
        #expect(lost.output.contains("1 step cannot be undone."))
        #expect(try await Consistency.check(site, "after").revision?.number == 1)
    }
}
