import Neural

/// Images as PyTorch orders them, channels first, and as we do, channels last.
package enum ChannelOrder {
    /// (N, C, H, W) to [N, H, W, C]; other numbers of axes stay as they are.
    package static func channelsLast(_ values: [Float], torchShape: [Int]) -> (shape: Shape, values: [Float]) {
        guard torchShape.count == 4 else { return (Shape(torchShape), values) }
        let (images, channels, area) = (torchShape[0], torchShape[1], torchShape[2] * torchShape[3])
        let shape = Shape(images, torchShape[2], torchShape[3], channels)
        return (shape, swapped(values, images: images, rows: channels, columns: area))
    }

    /// [N, H, W, C] to (N, C, H, W); other numbers of axes stay as they are.
    package static func channelsFirst(_ values: [Float], shape: Shape) -> (torchShape: [Int], values: [Float]) {
        guard shape.count == 4 else { return (Array(shape), values) }
        let (images, area, channels) = (shape[0], shape[1] * shape[2], shape[3])
        let torchShape = [images, channels, shape[1], shape[2]]
        return (torchShape, swapped(values, images: images, rows: area, columns: channels))
    }

    private static func swapped(_ values: [Float], images: Int, rows: Int, columns: Int) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        for image in 0..<images {
            let start = image * rows * columns
            for row in 0..<rows {
                for column in 0..<columns {
                    result[start + column * rows + row] = values[start + row * columns + column]
                }
            }
        }
        return result
    }
}
