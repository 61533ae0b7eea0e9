import Clibgit2
import Glibc
import SheafModel
import SheafSystem

/// Finds the repository on this machine that has the commit of a submodule.
///
/// Where it lies and what it is called does not matter, because the commit is known by its id and everything that is
/// read is held against its own. So `.gitmodules` need not be read, which is another in every commit.
struct SubmoduleSearch {
    private let repository: GitRepository
    private let superproject: GitRepository?
    /// Names of submodules may have slashes.
    private static let mostDepth = 16

    /// Takes the repository that has the submodule, and the one that it is itself a submodule of.
    init(of repository: GitRepository, superproject: GitRepository?) {
        self.repository = repository
        self.superproject = superproject
    }

    /// Looks where the submodule is checked out, then at all that git keeps below `modules` of the git directory.
    ///
    /// - Parameters:
    ///   - place: From the top of the repository.
    ///   - id: Of the commit.
    ///   - path: For messages.
    /// - Throws: `ArchiveError` of kind `submoduleMissing`, or when a repository on the way cannot be read.
    /// - Returns: A repository that has the commit.
    func repository(at place: String, having id: GitObjectID, named path: [UInt8]) throws -> GitRepository {
        if let top = repository.workingDirectory,
            let checkedOut = try GitRepository.containing("\(top)\(place)", isTop: true), try checkedOut.has(id)
        {
            return checkedOut
        }
        var folders: [String] = []
        for folder in [repository.path, repository.commonDirectory] + (superproject.map { [$0.commonDirectory] } ?? [])
        {
            // Without submodules there is no such folder.
            guard let open = try? OpenFile.open("\(folder)modules", O_RDONLY | O_DIRECTORY) else { continue }
            Self.collect(open, depth: 0, into: &folders)
        }
        for folder in folders {
            if let found = try GitRepository.containing(folder, isTop: true, isBare: true), try found.has(id) {
                return found
            }
        }
        throw Self.missing(path, id, in: repository)
    }

    /// The repository of a submodule that is checked out; nil when it is not.
    static func checkedOut(at place: [UInt8], in repository: GitRepository) throws -> GitRepository? {
        guard let top = repository.workingDirectory else { return nil }
        let folder = top + place.asText
        // A repository may have its files elsewhere; those are not the files in this place.
        guard let found = try GitRepository.containing(folder, isTop: true), let files = found.workingDirectory,
            RealPath.of(files) == RealPath.of(folder)
        else { return nil }
        return found
    }

    /// No repository has what is needed.
    static func missing(_ path: [UInt8], _ id: GitObjectID, in repository: GitRepository) -> ArchiveError {
        let shown = EscapedText.of(path)
        let top = repository.workingDirectory.map { "git -C '\(EscapedText.of($0))' " } ?? "in a clone: git "
        return ArchiveError(
            .submoduleMissing,
            "the commit \(id.short) of the submodule \(shown) is not on this machine",
            hint: "run '\(top)submodule update --init --recursive'; if it has another commit then, fetch there",
            failureClass: .refused
        )
    }

    /// A submodule without files.
    static func notCheckedOut(_ path: [UInt8], in repository: GitRepository) -> ArchiveError {
        let top = EscapedText.of(repository.workingDirectory ?? repository.path)
        return ArchiveError(
            .submoduleMissing,
            "the submodule \(EscapedText.of(path)) is not checked out",
            hint: "run 'git -C '\(top)' submodule update --init --recursive'",
            failureClass: .refused
        )
    }

    private static func collect(_ folder: OpenFile, depth: Int, into folders: inout [String]) {
        // What cannot be listed is not there for us; the error for that tells what to do.
        guard depth <= mostDepth, let names = try? DirectoryListing.names(in: folder) else { return }
        let isRepository = [Array("HEAD".utf8), Array("objects".utf8)].allSatisfy(names.contains)
        if isRepository { folders.append(folder.name) }
        for name in names where !isRepository || name.elementsEqual("modules".utf8) {
            // Files and links cannot be opened as folders.
            guard let inner = try? DirectoryListing.open(name, in: folder) else { continue }
            collect(inner, depth: depth + 1, into: &folders)
        }
    }
}

extension GitRepository {
    /// Whether an object is there.
    func has(_ id: GitObjectID) throws -> Bool { try objects.sizes(of: [id]).contains { $0 != nil } }
}
