/// Finds out which nodes of a directed graph lie on common cycles.
enum StrongComponents {
    /// A number for each node, given where its edges lead; two have the same exactly when each reaches the other.
    ///
    /// - Complexity: O(V + E), with Tarjan's algorithm and a stack of its own.
    static func of(_ targets: [[Int]]) -> [Int] {
        let none = -1
        var component = [Int](repeating: none, count: targets.count)
        var number = component
        var low = component
        var open: [Int] = []
        var frames: [(node: Int, next: Int)] = []
        var count = 0
        for root in targets.indices where number[root] == none {
            frames.append((root, 0))
            while let (node, next) = frames.last {
                if next == 0 {
                    number[node] = count
                    low[node] = count
                    count += 1
                    open.append(node)
                }
                if next < targets[node].count {
                    frames[frames.count - 1].next += 1
                    let target = targets[node][next]
                    if number[target] == none {
                        frames.append((target, 0))
                    } else if component[target] == none {
                        low[node] = min(low[node], number[target])
                    }
                    continue
                }
                frames.removeLast()
                if let parent = frames.last?.node { low[parent] = min(low[parent], low[node]) }
                guard low[node] == number[node] else { continue }
                while let member = open.popLast() {
                    component[member] = node
                    if member == node { break }
                }
            }
        }
        return component
    }
}
