/// Connected components of a set of voxels on a box grid, axis order column, row, slice.
package struct ConnectedComponents {
    /// The component of each voxel, 1 and up; 0 outside the set.
    package let labels: [Int32]
    /// Voxels in each component; `sizes[0]` is component 1.
    package let sizes: [Int]

    /// Labels the components of `isMember` (six neighbours), in the order of their first voxel.
    package init(columns: Int, rows: Int, slices: Int, isMember: [Bool]) {
        precondition(isMember.count == columns * rows * slices)
        var labels = [Int32](repeating: 0, count: isMember.count)
        var sizes: [Int] = []
        var stack: [Int] = []
        let sliceStride = columns * rows
        for start in isMember.indices where isMember[start] && labels[start] == 0 {
            let label = Int32(sizes.count + 1)
            var size = 0
            labels[start] = label
            stack.append(start)
            while let voxel = stack.popLast() {
                size += 1
                let i = voxel % columns
                let j = voxel / columns % rows
                let k = voxel / sliceStride
                func visit(_ neighbour: Int) {
                    if isMember[neighbour], labels[neighbour] == 0 {
                        labels[neighbour] = label
                        stack.append(neighbour)
                    }
                }
                if i > 0 { visit(voxel - 1) }
                if i < columns - 1 { visit(voxel + 1) }
                if j > 0 { visit(voxel - columns) }
                if j < rows - 1 { visit(voxel + columns) }
                if k > 0 { visit(voxel - sliceStride) }
                if k < slices - 1 { visit(voxel + sliceStride) }
            }
            sizes.append(size)
        }
        self.labels = labels
        self.sizes = sizes
    }

    /// The largest component's label; nil where there is none. Ties go to the first.
    package var largest: Int32? {
        guard let size = sizes.max(), let index = sizes.firstIndex(of: size) else { return nil }
        return Int32(index + 1)
    }
}
