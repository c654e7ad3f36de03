import Models
import Wire

/// Files of data sets: IDX, CIFAR-10, Grove's container.
struct DatasetTarget: FuzzTarget {
    static let name = "dataset"

    init(scratch: String) {}

    func seeds() throws -> [[UInt8]] {
        let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2] + [1, 2, 3, 4, 5, 6, 7, 8]
        let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 0, 9]
        let records = (0..<2).flatMap { [UInt8($0)] + [UInt8](repeating: 7, count: 3072) }
        let container = try DatasetContainer.encode(SmallModels.dataset)
        return [
            [("train-images-idx3-ubyte", images), ("train-labels-idx1-ubyte", labels)], [("data_batch_1.bin", records)],
            [("digits.safetensors", container)],
        ].map { files in Pieces(files.flatMap { [Array($0.0.utf8), $0.1] }).bytes }
    }

    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        var pieces = Pieces(input: input)
        pieces.mutate(&random) { $1.oneIn(2) ? ByteMutator.mutate($0, &$1) : SafetensorsMutator.mutate($0, &$1) }
        return pieces.bytes
    }

    /// What a file is told to be from its beginning, also where the file has changed meanwhile.
    private func look(_ file: DatasetReader.File) throws {
        let head = Array(file.bytes.prefix(DatasetFile.headSize))
        for size in [head.count, file.bytes.count, 3, 3073, Int.max] {
            _ = DatasetReader.statedSize(head, fileSize: size)
            do throws(RPCError) {
                _ = try DatasetFile(name: file.name, head: head, size: UInt64(size))
            } catch {
                try Violation.expect(error.code == .invalidArgument, "\(error.code) for a file that is wrong")
            }
        }
    }

    func run(_ input: [UInt8]) throws -> Int {
        let pieces = Pieces(input: input).list
        let files = stride(from: 0, to: pieces.count - 1, by: 2).map { index in
            (name: String(decoding: pieces[index], as: UTF8.self), bytes: pieces[index + 1])
        }
        for file in files { try look(file) }
        let dataset: ImageDataset
        do throws(DatasetError) {
            dataset = try DatasetReader.read(files: files)
        } catch {
            try Violation.expect("\(error)".utf8.count <= 16_000, "a refusal of \("\(error)".utf8.count) bytes")
            return 1
        }
        try Violation.expect(dataset.pixels.count <= input.count, "more pixels than the files have bytes")
        let first = dataset.first(1)
        _ = try DatasetReader.read(files: [(name: "again", bytes: DatasetContainer.encode(first))])
        return 1
    }
}
