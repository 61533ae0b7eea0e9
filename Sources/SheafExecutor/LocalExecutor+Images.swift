package import SheafModel

/// What is kept of the images that workloads ran.
extension LocalExecutor {
    /// The generations of which it is on record what they ran, ascending, by workload.
    package var imageRecords: [ResourceID: [Int]] { keeper.images.all }

    /// Those that nobody asks for any more.
    ///
    /// - Parameters:
    ///   - generations: From `imageRecords`.
    ///   - revisions: In the histories, of the bundles that name the workload; by bundle.
    ///   - present: The generations that are live, or are just being made.
    /// - Returns: Ascending.
    package func unneededImageRecords(
        _ generations: [Int],
        revisions: [String: [Int]],
        present: Set<Int>
    ) -> [Int] {
        ImageRecords.unneeded(generations, revisions: revisions, present: present)
    }

    /// Where the record of a generation is, and what it takes on the disk in bytes.
    package func imageRecord(of workload: ResourceID, generation: Int) -> (path: String, size: Int64) {
        (keeper.images.path(workload, generation), keeper.images.size(workload, generation))
    }

    /// Forgets what a generation ran: a rollback to it runs what its names stand for then.
    ///
    /// - Throws: `ExecutorError` with `file-failure`.
    package func forgetImageRecord(of workload: ResourceID, generation: Int) throws {
        try keeper.images.remove(workload, generation)
    }
}
