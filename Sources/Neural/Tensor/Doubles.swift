/// Numbers of double precision in a tensor's memory.
package struct Doubles {
    package let count: Int
    let memory: Tensor

    package var data: UnsafeMutablePointer<Double> {
        UnsafeMutableRawPointer(memory.data).assumingMemoryBound(to: Double.self)
    }

    package subscript(index: Int) -> Double {
        get { data[index] }
        nonmutating set { data[index] = newValue }
    }
}
