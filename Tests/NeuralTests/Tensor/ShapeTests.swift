import Testing

@testable import Neural

@Suite struct ShapeTests {
    @Test func isAListOfAxes() {
        let shape: Shape = [2, 3, 4]
        #expect(shape == Shape(2, 3, 4) && Array(shape) == [2, 3, 4] && shape.values == 24)
        #expect(shape != [2, 3] && shape != [2, 3, 4, 0] && Shape([Int]()).values == 1)
        #expect("\(shape)" == "[2, 3, 4]")
    }

    @Test func otherShapesFromIt() {
        let shape = Shape(2, 3, 4)
        #expect(shape.with(channels: 7) == [2, 3, 7] && shape.with(rows: 7) == [7, 3, 4])
        #expect(shape.times(5) == [5, 2, 3, 4] && shape.ofOne == [3, 4])
        #expect(shape.differsInChannelsAlone(from: [2, 3, 9]) && !shape.differsInChannelsAlone(from: [2, 9, 4]))
        #expect(!shape.differsInChannelsAlone(from: [2, 3]) && !Shape([Int]()).differsInChannelsAlone(from: []))
    }

    /// Sizes are multiples of sixteen, at most an eighth too large from 128 on, and every class finds itself again.
    @Test func sizeClasses() {
        for count in Array(0...5000) + [1 << 20, (1 << 20) + 1, (1 << 40) - 1] {
            let size = SizeClass(count)
            #expect(size.floats >= max(count, 1) && size.floats % 16 == 0)
            #expect(count < 128 || size.floats <= count + count / 8 + 16)
            #expect(SizeClass(index: size.index).floats == size.floats && SizeClass(size.floats).index == size.index)
        }
        for index in 1..<200 { #expect(SizeClass(index: index).floats > SizeClass(index: index - 1).floats) }
    }
}
