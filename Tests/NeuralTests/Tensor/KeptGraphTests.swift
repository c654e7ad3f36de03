import Testing

@testable import Neural

/// A graph that serves pass after pass, as trainings and samplers keep one.
@Suite struct KeptGraphTests {
    private let graph = Graph(training: true, recording: true)
    private let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6], requiresGradient: true)

    /// Σ (2x)², whose gradient is 8x.
    private func pass() -> (doubled: Tensor, loss: Tensor) {
        let doubled = graph.scale(x, by: 2)
        let loss = graph.sum(graph.multiply(doubled, doubled))
        x.clearGradient()
        graph.backward(from: loss)
        return (doubled, loss)
    }

    private var gradient: [Float] { Array(UnsafeBufferPointer(start: x.gradient(), count: x.count)) }

    @Test func passesAreAlike() {
        for _ in 0..<3 {
            #expect(pass().loss.item() == 364)
            #expect(gradient == [8, 16, 24, 32, 40, 48])
        }
    }

    @Test func whatIsHeldOutlivesTheNextPass() {
        let held = pass().doubled
        let view = graph.reshape(held, [3, 2])
        x.data[0] = 100
        let next = pass()
        #expect(held.values == [2, 4, 6, 8, 10, 12])
        #expect(view.shape == [3, 2] && view.values == held.values)
        #expect(next.doubled !== held && next.doubled.values[0] == 200)
    }

    @Test func whatNobodyHoldsServesAgain() {
        let graph = Graph.inference
        var seen: Set<ObjectIdentifier> = []
        for _ in 0..<10 { seen.insert(ObjectIdentifier(graph.add(graph.scale(x, by: 2), x))) }
        #expect(seen.count <= 3)
    }

    @Test func aViewKeepsWhatItLooksAt() {
        let graph = Graph.inference
        let view = graph.reshape(graph.scale(x, by: 3), [6])
        for _ in 0..<5 { _ = graph.scale(x, by: 0) }
        #expect(view.values == [3, 6, 9, 12, 15, 18])
    }

    /// What is recorded and never sent back is released with the graph.
    @Test func anUnusedTapeLetsGo() {
        final class Kept {}
        weak var kept: Kept?
        do {
            let graph = Graph(training: true, recording: true)
            let object = Kept()
            kept = object
            for _ in 0..<5000 { graph.record((object, 1.0)) { _, _ in } }
        }
        #expect(kept == nil)
    }

    /// More than a page of the tape, forth and back, twice.
    @Test func aLongTapeRunsBackwards() {
        final class Order { var numbers: [Int] = [] }
        let order = Order()
        for _ in 0..<2 {
            for number in 0..<5000 { graph.record((order, number)) { kept, _ in kept.0.numbers.append(kept.1) } }
            graph.replay()
        }
        #expect(order.numbers == [Int]((0..<5000).reversed()) + [Int]((0..<5000).reversed()))
    }
}
