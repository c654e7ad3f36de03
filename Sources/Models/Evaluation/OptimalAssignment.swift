/// The Hungarian method: a one-to-one assignment of rows to columns with the smallest total cost.
package enum OptimalAssignment {
    /// - Parameters:
    ///   - cost: row-major, `size` × `size`, finite.
    /// - Returns: the column of each row.
    ///
    /// Shortest augmenting paths with dual potentials (Kuhn 1955, Munkres 1957; the O(n³) form of Edmonds and Karp 1972).
    /// Rows enter one at a time; a row's path grows by the column of smallest reduced cost until it meets a free one.
    package static func minimise(cost: [Double], size: Int) -> [Int] {
        precondition(cost.count == size * size, "The cost matrix must have size × size entries.")
        var rowPotential = [Double](repeating: 0, count: size)
        var columnPotential = [Double](repeating: 0, count: size)
        var rowOfColumn = [Int?](repeating: nil, count: size)
        for entering in 0..<size {
            var distance = [Double](repeating: .infinity, count: size)
            var previousColumn = [Int?](repeating: nil, count: size)
            var visited = [Bool](repeating: false, count: size)
            var currentColumn: Int?
            var currentRow = entering
            while true {
                var nearest = -1
                for column in 0..<size where !visited[column] {
                    let reduced = cost[currentRow * size + column] - rowPotential[currentRow] - columnPotential[column]
                    if reduced < distance[column] {
                        distance[column] = reduced
                        previousColumn[column] = currentColumn
                    }
                    if nearest < 0 || distance[column] < distance[nearest] { nearest = column }
                }
                // Shift the potentials so that the nearest column becomes tight; distances stay relative to the path.
                let step = distance[nearest]
                rowPotential[entering] += step
                for column in 0..<size {
                    if visited[column] {
                        columnPotential[column] -= step
                        if let row = rowOfColumn[column] { rowPotential[row] += step }
                    } else {
                        distance[column] -= step
                    }
                }
                visited[nearest] = true
                currentColumn = nearest
                guard let row = rowOfColumn[nearest] else { break }
                currentRow = row
            }
            augment(from: currentColumn, row: entering, previousColumn: previousColumn, rowOfColumn: &rowOfColumn)
        }
        var columnOfRow = [Int](repeating: 0, count: size)
        for (column, row) in rowOfColumn.enumerated() {
            if let row { columnOfRow[row] = column }
        }
        return columnOfRow
    }

    /// Moves every row along the path one column on, which frees the path's first column for the entering row.
    private static func augment(
        from end: Int?, row entering: Int, previousColumn: [Int?], rowOfColumn: inout [Int?]
    ) {
        var column = end
        while let current = column {
            let previous = previousColumn[current]
            rowOfColumn[current] = previous.flatMap { rowOfColumn[$0] } ?? entering
            column = previous
        }
    }
}
